import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { ROOT, wranglerArgs, wranglerEnvironment } from "../../scripts/dev/wrangler.ts";
import { readNamespace } from "../../scripts/flag/namespace.ts";
import { waitForRevision } from "../../scripts/flag/wait.ts";
import { buildSnapshot } from "../../src/flags/snapshot.ts";
import { listen } from "./server.ts";
import { createFolder } from "./temporary.ts";

/** Every command starts wrangler, which takes seconds on a busy machine. */
const WRANGLER_TIMEOUT_MS = 90_000;

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function flag(stateDir: string, ...args: string[]): Promise<Ran> {
  const command = [join(ROOT, "scripts", "flag.ts"), ...args, "--persist-to", stateDir];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: ROOT });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, out: failed.stdout, err: failed.stderr };
  }
}

/** As somebody does it who has never heard of npm run flag. */
async function wranglerPut(stateDir: string, key: string, value: string): Promise<void> {
  const args = ["kv", "key", "put", "--binding", "FLAGS", key, value, "--local", "--persist-to", stateDir];
  await promisify(execFile)(process.execPath, wranglerArgs(...args), {
    cwd: ROOT,
    env: wranglerEnvironment(stateDir),
  });
}

describe("npm run flag", () => {
  it(
    "sets, gets and lists what wrangler sees too, and says which namespace it means",
    async () => {
      const state = createFolder();
      expect(await flag(state, "set", "charts", "off", "--note", "a trial")).toMatchObject({ code: 0 });
      const got = await flag(state, "get", "charts");
      expect(got.out).toMatch(/^LOCAL\n/);
      expect(got.out).toMatch(/charts +off +off by the switch/);
      await wranglerPut(state, "charts", "auto");
      expect((await flag(state, "list")).out).toMatch(/charts +auto +on by default/);
    },
    WRANGLER_TIMEOUT_MS,
  );

  it(
    "fails its doctor for a switch that counts for nothing, and names keys that are no flags",
    async () => {
      const state = createFolder();
      await wranglerPut(state, "charts", "ture");
      await wranglerPut(state, "animation", "off");
      const { code, out } = await flag(state, "doctor");
      expect(code).toBe(1);
      expect(out).toContain("ERROR: The switch of charts says “ture”");
      expect(out).toContain("WARNING: animation is not a flag. Did you mean animations?");
    },
    WRANGLER_TIMEOUT_MS,
  );

  it(
    "refuses what would change nothing, in a sentence",
    async () => {
      const state = createFolder();
      expect(await flag(state, "set", "chrats", "off")).toMatchObject({
        code: 1,
        err: expect.stringContaining("Did you mean charts?"),
      });
      expect(await flag(state, "set", "charts", "ture")).toMatchObject({
        code: 1,
        err: expect.stringContaining("would change nothing"),
      });
      expect(await flag(state, "sett", "charts")).toMatchObject({
        code: 1,
        err: expect.stringContaining("Use it like this"),
      });
      expect(await flag(state, "list", "--remot")).toMatchObject({ code: 1 });
    },
    WRANGLER_TIMEOUT_MS,
  );

  it(
    "waits until the app serves what the namespace holds",
    async () => {
      const state = createFolder();
      await wranglerPut(state, "charts", "off");
      const values = await readNamespace({ isRemote: false, stateDir: state });
      const { rev } = await buildSnapshot(values, { environment: "development", source: "kv", readAt: 0 });
      let answers = 0;
      const url = await listen((_request, response) => {
        answers += 1;
        response.setHeader("X-Flags-Rev", answers < 4 ? "000000000000" : rev).end("{}");
      });
      const { code, out } = await flag(state, "wait", "charts", "off", "--url", url);
      expect(out).toContain(`serves revision ${rev}`);
      expect({ code, isPatient: answers >= 4 }).toEqual({ code: 0, isPatient: true });
      expect((await flag(state, "wait", "charts", "FALSE", "--url", url)).code).toBe(0);
      const other = await flag(state, "wait", "charts", "on", "--url", url);
      expect(other.err).toContain("holds “off” for charts");
    },
    WRANGLER_TIMEOUT_MS,
  );
});

describe("waitForRevision", () => {
  it("asks for several answers in a row and starts over after another one", async () => {
    const given = ["new", "new", "old", "new", "new", "new"];
    const url = await listen((_request, response) => {
      response.setHeader("X-Flags-Rev", given.shift() ?? "new").end();
    });
    await waitForRevision({ url, rev: "new", timeoutMs: 5_000, answers: 3 });
    expect(given).toEqual([]);
  });

  it("gives up in time and says what was served last", async () => {
    const url = await listen((_request, response) => {
      response.setHeader("X-Flags-Rev", "old").end();
    });
    const waiting = waitForRevision({ url, rev: "new", timeoutMs: 600, answers: 1 });
    await expect(waiting).rejects.toThrow("did not serve revision new within 0.6 s; the last one was old");
  });

  it("counts an app that doesn't answer as not there yet", async () => {
    const waiting = waitForRevision({ url: "http://127.0.0.1:9", rev: "new", timeoutMs: 300, answers: 1 });
    await expect(waiting).rejects.toThrow("the last one was no answer");
  });
});
