import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const SCRIPT = join(import.meta.dirname, "..", "..", "scripts", "make-hero.ts");

interface Ended {
  code: number;
  stderr: string;
}

async function run(...args: string[]): Promise<Ended> {
  try {
    const { stderr } = await promisify(execFile)(process.execPath, [SCRIPT, ...args]);
    return { code: 0, stderr };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || !("stderr" in error)) throw error;
    return { code: Number(error.code), stderr: String(error.stderr) };
  }
}

/** What it does to a database is in test/db/make-hero.test.ts. */
describe("npm run make-hero", () => {
  it.each([
    [[]],
    [["nobody"]],
    [["a@example.test", "b@example.test"]],
    [["a@example.test", "--local", "--remote"]],
  ])("says how it is used, and does nothing, for %j", async (args) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain("npm run make-hero -- you@example.com [--remote]");
  });
});
