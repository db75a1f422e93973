/**
 * What the Workers of the bench run. The product is bundled as `npm run deploy` bundles it: by wrangler, with the flags
 * of wrangler.toml, minified; nothing is sent anywhere. The bench's own Workers are small: their files are used as they are.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { V4ModuleDefinition } from "miniflare";

export const ROOT = join(import.meta.dirname, "..");
export const CONFIG_PATH = join(ROOT, "wrangler.toml");

const BUILD_TIMEOUT_MS = 60_000;
const OUTPUT_MAX_BYTES = 1024 * 1024;

/** The entry that wrangler.toml names, and the name under which the bench's Workers import it. */
export const PRODUCT_ENTRY = "src/index.ts";

/** The text of the product's bundle. */
export async function buildProduct(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), "eventide-bench-"));
  try {
    await runWrangler(["deploy", "--dry-run", "--minify", "-c", CONFIG_PATH, "--outdir", outDir], outDir);
    return readFileSync(join(outDir, "index.js"), "utf8");
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

async function runWrangler(args: string[], logDir: string): Promise<void> {
  const commandLine = fileURLToPath(import.meta.resolve("wrangler"));
  await promisify(execFile)(process.execPath, ["--no-warnings", commandLine, ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      CI: "true",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_LOG_PATH: logDir,
    },
    timeout: BUILD_TIMEOUT_MS,
    maxBuffer: OUTPUT_MAX_BYTES,
  });
}

/** Files of this repository as modules, without their types. The first one is the entry. */
export function readModules(...paths: string[]): V4ModuleDefinition[] {
  return paths.map((path) => ({
    type: "ESModule",
    path: join(ROOT, path),
    contents: stripTypeScriptTypes(readFileSync(join(ROOT, path), "utf8")),
  }));
}

/** The product's bundle as the module that its entry is. */
export function describeProduct(bundle: string): V4ModuleDefinition {
  return { type: "ESModule", path: join(ROOT, PRODUCT_ENTRY), contents: bundle };
}
