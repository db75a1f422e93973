import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { findFreePort } from "../../scripts/dev/ports.ts";
import { ROOT, wranglerArgs, wranglerEnvironment } from "../../scripts/dev/wrangler.ts";
import { findLocalUrl } from "../../scripts/flag/address.ts";
import { readNamespace } from "../../scripts/flag/namespace.ts";
import { waitForRevision } from "../../scripts/flag/wait.ts";
import { buildSnapshot } from "../../src/flags/snapshot.ts";
import { listen } from "./server.ts";
import { createFolder } from "./temporary.ts";

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
  it("sets, gets and lists what wrangler sees too, and says which namespace it means", async () => {
    const state = createFolder();
    const explained = await flag(state, "set", "charts", "off", "--note", "a trial");
    expect(explained).toMatchObject({ code: 0, out: expect.not.stringContaining("It is critical") });
    const got = await flag(state, "get", "charts");
    expect(got.out).toMatch(/^LOCAL\n/);
    expect(got.out).toMatch(/charts +off +off by the switch/);
    await wranglerPut(state, "charts", "auto");
    expect((await flag(state, "list")).out).toMatch(/charts +auto +on by default/);
  });

  it("fails its doctor for a switch that counts for nothing, and names keys that are no flags", async () => {
    const state = createFolder();
    await wranglerPut(state, "charts", "ture");
    await wranglerPut(state, "animation", "off");
    const { code, out } = await flag(state, "doctor");
    expect(code).toBe(1);
    expect(out).not.toContain("Every switch and every rule counts");
    expect(out).toContain("ERROR: The switch of charts says “ture”");
    expect(out).toContain("WARNING: animation is not a flag. Did you mean animations?");
  });

  it("says in its doctor that everything counts when it does, and not beside a warning, which is no failure", async () => {
    const state = createFolder();
    const clean = await flag(state, "doctor");
    expect(clean).toMatchObject({ code: 0, out: "LOCAL\nEvery switch and every rule counts.\n" });
    await wranglerPut(state, "animation", "off");
    const { code, out } = await flag(state, "doctor");
    expect(code).toBe(0);
    expect(out).toContain("WARNING: animation is not a flag.");
    expect(out).not.toContain("Every switch and every rule counts");
  });

  it("asks for the reason of a critical change, after it was made", async () => {
    const { code, out } = await flag(createFolder(), "set", "charts", "25%");
    expect(code).toBe(0);
    expect(out).toMatch(/charts is 25% in the namespace.*It is critical.*--note/s);
  });

  it("refuses what would change nothing, in a sentence", async () => {
    const state = createFolder();
    expect(await flag(state, "set", "chrats", "off")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Did you mean charts?"),
    });
    expect(await flag(state, "set", "charts", "ture")).toMatchObject({
      code: 1,
      err: expect.stringContaining("would change nothing"),
    });
    expect(await flag(state, "set", "charts", "off", "--note", "n".repeat(301))).toMatchObject({
      code: 1,
      err: expect.stringContaining("in at most 300 characters"),
    });
    expect(await flag(state, "sett", "charts")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Use it like this"),
    });
    expect(await flag(state, "list", "--remot")).toMatchObject({ code: 1 });
  });

  it("waits until the app serves what the namespace holds", async () => {
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
    expect(out).toContain(`LOCAL\nAsking ${url}\n`);
    expect(out).toContain(`serves revision ${rev}`);
    expect({ code, isPatient: answers >= 4 }).toEqual({ code: 0, isPatient: true });
    expect((await flag(state, "wait", "charts", "FALSE", "--url", url)).code).toBe(0);
    const other = await flag(state, "wait", "charts", "on", "--url", url);
    expect(other.err).toContain("holds “off” for charts");
  });
});

describe("npm run flag, before it asks wrangler anything", () => {
  it("prints how it is used for --help, and fails with that without a command", async () => {
    const state = createFolder();
    const helped = await flag(state, "--help");
    expect(helped).toMatchObject({ code: 0, out: expect.stringMatching(/^Use it like this/) });
    const empty = await flag(state);
    expect(empty).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/^Use it like this/) });
  });

  it("refuses to wait for a flag that there isn't, or at no address", async () => {
    const state = createFolder();
    const unknown = await flag(state, "wait", "chart");
    expect(unknown).toMatchObject({ code: 1, err: "chart is not a flag. Did you mean charts?\n" });
    const nowhere = await flag(state, "wait", "--url", "eventide");
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining("--url must be an address") });
  });
});

describe("findLocalUrl", () => {
  it("is the port of this run, else the origin of the settings, else the usual port", () => {
    const path = join(createFolder(), ".dev.vars");
    expect(findLocalUrl(undefined, path)).toBe("http://localhost:8787");
    writeFileSync(path, "ENVIRONMENT=development\nAPP_ORIGIN=http://localhost:9641/ # moved\n");
    expect(findLocalUrl(undefined, path)).toBe("http://localhost:9641");
    expect(findLocalUrl("", path)).toBe("http://localhost:9641");
    expect(findLocalUrl("9642", path)).toBe("http://localhost:9642");
    expect(() => findLocalUrl("many", path)).toThrow("PORT must be a whole number");
  });

  it("refuses an origin that is no address, by its name", () => {
    const path = join(createFolder(), ".dev.vars");
    writeFileSync(path, "APP_ORIGIN=localhost\n");
    expect(() => findLocalUrl(undefined, path)).toThrow("APP_ORIGIN must be an address");
  });
});

describe("waitForRevision", () => {
  it("asks for several answers in a row and starts over after another one", async () => {
    const given = ["new", "new", "old", "new", "new", "new"];
    const url = await listen((_request, response) => {
      response.setHeader("X-Flags-Rev", given.shift() ?? "new").end();
    });
    await waitForRevision({ url, rev: "new", timeoutMs: 60_000, answers: 3 });
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
    const url = await listen((request) => request.socket.destroy());
    const waiting = waitForRevision({ url, rev: "new", timeoutMs: 300, answers: 1 });
    await expect(waiting).rejects.toThrow("the last one was no answer");
  });

  it("gives up early where the connection is refused, and says how to name another address", async () => {
    const url = `http://localhost:${await findFreePort()}`;
    const waiting = waitForRevision({ url, rev: "new", timeoutMs: 3_600_000, answers: 1 });
    await expect(waiting).rejects.toThrow(
      `Nothing answers at ${url}: the connection is refused. Start the app`,
    );
  });
});
