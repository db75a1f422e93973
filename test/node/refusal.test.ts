import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/dev/wrangler.ts";

async function run(...args: string[]): Promise<{ code: number; stderr: string }> {
  try {
    await promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
      cwd: ROOT,
    });
    return { code: 0, stderr: "" };
  } catch (error) {
    const failed = error as { code: number; stderr: string };
    return { code: failed.code, stderr: failed.stderr };
  }
}

describe("a command line that makes no sense", () => {
  it.each([
    [
      "npm run doctor, with an option that there isn't",
      "scripts/doctor/main.ts",
      "--adress",
      "Unknown option '--adress'",
    ],
    [
      "npm run doctor, with no address",
      "scripts/doctor/main.ts",
      "--url=eventide",
      "--url must be an address",
    ],
    ["npm run bench, with an option that there isn't", "bench/run.ts", "--quik", "Unknown option '--quik'"],
    [
      "npm run bench, with a route that there isn't",
      "bench/run.ts",
      "galery",
      "Unknown route galery; there are me,",
    ],
  ])("is refused in a sentence by %s", async (_, script, argument, sentence) => {
    const { code, stderr } = await run(join(ROOT, script), argument);
    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
