/** The namespace FLAGS as wrangler reaches it: here or deployed. Every call is a plain wrangler command. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { RULES_KEY, STORED_KEYS, type StoredKey } from "../../src/flags/keys.ts";
import { isFlagKey } from "../../src/flags/registry.ts";
import { NOTHING_STORED, type StoredValues } from "../../src/flags/snapshot.ts";
import { Refusal } from "../dev/refusal.ts";
import { CONFIG_PATH, ROOT, wranglerArgs, wranglerEnvironment } from "../dev/wrangler.ts";

export interface Target {
  isRemote: boolean;
  /** Where the local state lies; also wrangler's scratch folder for remote calls. */
  stateDir: string;
}

const OUTPUT_MAX_BYTES = 8 * 1024 * 1024;

const bulkSchema = z.record(z.string(), z.object({ value: z.string().nullable() }).nullable());
const keysSchema = z.array(z.object({ name: z.string() }));

/** In capitals, because wrangler itself says it quietly and takes the local one for granted. */
export function describeTarget(target: Target): string {
  return target.isRemote ? "REMOTE" : "LOCAL";
}

/** All switches and the rules, by one command. */
export async function readNamespace(target: Target): Promise<StoredValues> {
  const folder = mkdtempSync(join(tmpdir(), "flags-"));
  try {
    const file = join(folder, "keys.json");
    writeFileSync(file, JSON.stringify(STORED_KEYS));
    const found = bulkSchema.parse(parseOutput(await runKv(target, "bulk", "get", file)));
    const values = STORED_KEYS.map((key) => [key, { value: found[key]?.value ?? null, metadata: null }]);
    return { ...NOTHING_STORED, ...Object.fromEntries(values) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function writeKey(
  target: Target,
  key: StoredKey,
  value: string,
  metadata: { by: string; note?: string },
): Promise<void> {
  await runKv(target, "key", "put", key, value, "--metadata", JSON.stringify(metadata));
}

export async function listStrangers(target: Target): Promise<string[]> {
  const keys = keysSchema.parse(parseOutput(await runKv(target, "key", "list")));
  return keys.map((key) => key.name).filter((name) => name !== RULES_KEY && !isFlagKey(name));
}

async function runKv(target: Target, ...command: string[]): Promise<string> {
  const where = target.isRemote ? ["--remote"] : ["--local", "--persist-to", target.stateDir];
  const args = ["kv", ...command, "--binding", "FLAGS", ...where, "-c", CONFIG_PATH];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, wranglerArgs(...args), {
      cwd: ROOT,
      env: wranglerEnvironment(target.stateDir),
      maxBuffer: OUTPUT_MAX_BYTES,
    });
    return stdout;
  } catch (error) {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new Refusal(`wrangler kv ${command.slice(0, 2).join(" ")} failed:\n${output.trim()}`);
  }
}

/** Some commands say something before their JSON. */
function parseOutput(text: string): unknown {
  const start = text.search(/^[[{]/m);
  if (start === -1) throw new Refusal(`wrangler did not answer with JSON: ${text.trim()}`);
  return JSON.parse(text.slice(start));
}
