/** What the app's own parser says about production's settings, before they are deployed. */
import { mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../src/env.ts";
import { openBindings } from "../dev/bindings.ts";

/** Long enough for every secret. What a secret really holds, only the deployed app knows. */
const SOME_SECRET = "x".repeat(64);

/** Field and message of everything that is missing or wrong in wrangler.toml, given secrets of these names. */
export async function listConfigIssues(secretNames: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "eventide-config-"));
  // No file of development has a say here.
  const local = await openBindings(folder, devNull);
  try {
    const secrets = Object.fromEntries(secretNames.map((name) => [name, SOME_SECRET]));
    const config = parseConfig({ ...local.env, ...secrets });
    return config.ok ? [] : config.error.map(({ field, message }) => `${field} ${message}`);
  } finally {
    await local.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
