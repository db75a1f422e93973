/**
 * The local database before the app starts: which migrations it lacks, and applying them by the same command that a
 * deployment uses, so that what works here works there.
 */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Refusal } from "./refusal.ts";
import { CONFIG_PATH, ROOT, wranglerArgs, wranglerEnvironment } from "./wrangler.ts";

const OUTPUT_MAX_BYTES = 1024 * 1024;

/** The files of the folder, in the order in which they are applied. */
export function listMigrations(): string[] {
  return readdirSync(join(ROOT, "migrations"))
    .filter((name) => name.endsWith(".sql"))
    .sort((a, b) => a.localeCompare(b, "en"));
}

/** Migrations of the folder that the database lacks, in order. */
export async function listPendingMigrations(db: D1Database): Promise<string[]> {
  const known = listMigrations();
  const applied = await listAppliedMigrations(db);
  const unknown = [...applied].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Refusal(
      `The local database has the migration ${unknown}, which this code does not know: use the newer code, or delete .wrangler/state to begin anew.`,
    );
  }
  return known.filter((name) => !applied.has(name));
}

async function listAppliedMigrations(db: D1Database): Promise<Set<string>> {
  const table = await db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'").first();
  if (table === null) return new Set();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  return new Set(results.map((row) => row.name));
}

export async function applyMigrations(stateDir: string): Promise<void> {
  const args = ["d1", "migrations", "apply", "DB", "--local", "-c", CONFIG_PATH, "--persist-to", stateDir];
  try {
    await promisify(execFile)(process.execPath, wranglerArgs(...args), {
      cwd: ROOT,
      env: wranglerEnvironment(stateDir),
      maxBuffer: OUTPUT_MAX_BYTES,
    });
  } catch (error) {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new Refusal(`The migrations could not be applied to the local database:\n${output.trim()}`);
  }
}
