import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { CommandResult, RunWrangler } from "../../scripts/deploy/run-wrangler.ts";
import { makeHero } from "../../scripts/hero/make-hero.ts";

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
    [["a@example.test", "--force"]],
    [["a@example.test'; DROP TABLE users; --"]],
  ])("says how it is used, and does nothing, for %j", async (args) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain("npm run make-hero -- you@example.com [--remote]");
  });
});

function scriptedWrangler(answer: Partial<CommandResult>) {
  const asked: (readonly string[])[] = [];
  const run: RunWrangler = async (args) => {
    asked.push(args);
    return { code: 0, stdout: "", stderr: "", ...answer };
  };
  return { asked, run };
}

/** As `wrangler d1 execute --json` answers: one element a statement. */
function answerOf(before: string | null, after: string | null): Partial<CommandResult> {
  const rows = (role: string | null) => ({ results: role === null ? [] : [{ role }], success: true });
  const stdout = JSON.stringify([rows(before), rows(null), rows(null), rows(null), rows(after)]);
  return { stdout };
}

describe("makeHero", () => {
  it.each([
    [true, ["--remote"]],
    [false, ["--local", "--persist-to"]],
  ])("asks wrangler for one command on the right database (remote: %s)", async (isRemote, target) => {
    const { asked, run } = scriptedWrangler(answerOf("USER", "HERO"));
    expect(await makeHero(run, "o'hara@example.com", isRemote)).toBe("made");
    expect(asked).toHaveLength(1);
    const [args = []] = asked;
    expect(args.slice(0, 3 + target.length)).toEqual(["d1", "execute", "DB", ...target]);
    expect(args.includes("--remote")).toBe(isRemote);
    expect(args).toEqual(expect.arrayContaining(["-c", "--json", "--yes", "--command"]));
    const sql = args.at(-1) ?? "";
    expect(sql).toContain("email = 'o''hara@example.com'");
    expect(sql).toContain("UPDATE users SET role = 'HERO'");
    expect(sql).toContain("INSERT INTO audit_log");
  });

  it("tells who was one before, and who isn't there", async () => {
    expect(await makeHero(scriptedWrangler(answerOf("HERO", "HERO")).run, "a@example.com", true)).toBe(
      "was_one",
    );
    expect(await makeHero(scriptedWrangler(answerOf(null, null)).run, "a@example.com", true)).toBe("unknown");
  });

  it("says what wrangler says when it fails, and what to do, without the statement", async () => {
    const stdout = '\n{\n  "error": { "text": "Set a CLOUDFLARE_API_TOKEN." }\n}';
    const failing = makeHero(scriptedWrangler({ code: 1, stdout }).run, "a@example.com", true);
    await expect(failing).rejects.toThrow(/nothing was changed.*Set a CLOUDFLARE_API_TOKEN.*wrangler login/s);
    await expect(failing).rejects.not.toThrow(/UPDATE users/);
    const silent = makeHero(scriptedWrangler({ stdout: "hello" }).run, "a@example.com", false);
    await expect(silent).rejects.toThrow("something else than expected");
  });
});
