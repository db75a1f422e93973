import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { buildDevVars, createSecrets } from "../../scripts/dev/dev-vars.ts";
import { findFreePort } from "../../scripts/dev/ports.ts";
import { eventually, PATIENCE_MS } from "../support/eventually.ts";
import { signInClient } from "./api.ts";
import { createCopy, listProcesses, listSurvivors, type RunningCommand, runNpmStart } from "./copy.ts";

const TWO_STARTS_MS = 15 * 60_000;

function readDemoPassword(folder: string): string {
  const password = parseEnv(readFileSync(join(folder, ".dev.vars"), "utf8"))["DEMO_PASSWORD"];
  if (password === undefined) throw new Error("no DEMO_PASSWORD in .dev.vars");
  return password;
}

/** Null until the first part of a start runs. */
function findFirstProcesses(folder: string): RunningCommand[] | null {
  const running = listProcesses(folder);
  return running.some(({ args }) => args.includes("wrangler-dist/cli.js")) ? running : null;
}

async function occupy(port: number): Promise<void> {
  const server = createServer();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(port, "127.0.0.1", resolve);
  await listening;
  onTestFinished(() => void server.close());
}

describe("npm start", { timeout: TWO_STARTS_MS }, () => {
  it("prepares a fresh copy, keeps the data for the next start, and leaves no process behind", async () => {
    const folder = createCopy();
    const port = await findFreePort();
    const first = runNpmStart(folder, port);
    await first.ready();
    const demoPassword = readDemoPassword(folder);
    expect(first.output()).toContain(`http://localhost:${port}`);
    expect(first.output()).toContain(demoPassword);
    const devVars = readFileSync(join(folder, ".dev.vars"), "utf8");
    const hero = await signInClient("hero", { origin: `http://localhost:${port}`, demoPassword });
    const { user } = await hero.readJson<{ user: { id: string } }>(200, "GET", "/api/me");
    await hero.readJson(200, "PATCH", `/api/admin/users/${user.id}`, {
      json: { addCredits: 32, reason: "to be found again" },
      headers: { "Idempotency-Key": randomUUID() },
    });
    const running = listProcesses(folder);
    expect(running.filter(({ args }) => args.includes("workerd serve")).length).toBeGreaterThanOrEqual(2);
    first.interrupt();
    expect(await first.ended()).toBe(0);
    await eventually(() => expect(listSurvivors(running)).toEqual([]));

    const otherPort = await findFreePort();
    const second = runNpmStart(folder, otherPort);
    await second.ready();
    const again = await signInClient("hero", { origin: `http://localhost:${otherPort}`, demoPassword });
    expect(await again.readJson(200, "GET", "/api/me")).toMatchObject({
      user: { id: user.id },
      credits: { available: 42, held: 0 },
    });
    expect(readFileSync(join(folder, ".dev.vars"), "utf8")).toBe(devVars);
    const runningAgain = listProcesses(folder);
    second.terminate();
    expect(await second.ended()).toBe(0);
    await eventually(() => expect(listSurvivors(runningAgain)).toEqual([]));
  });

  it("ends with nothing left when it is interrupted while it starts", async () => {
    const folder = createCopy();
    const start = runNpmStart(folder, await findFreePort());
    const running = await vi.waitUntil(() => findFirstProcesses(folder), {
      timeout: PATIENCE_MS,
      interval: 250,
    });
    start.interrupt();
    expect(await start.ended()).toBe(0);
    expect(start.output()).not.toContain("Error");
    await eventually(() => expect(listSurvivors(running)).toEqual([]));
  });

  it("stops everything and says which part it was when one of them dies", async () => {
    const folder = createCopy();
    const start = runNpmStart(folder, await findFreePort());
    await start.ready();
    const running = listProcesses(folder);
    const simulator = running.find(
      ({ args }) => args.includes("wrangler-dist/cli.js dev") && args.includes("dev/ideogram/wrangler.toml"),
    );
    if (simulator === undefined) throw new Error(`no simulator among ${JSON.stringify(running)}`);
    process.kill(simulator.pid, "SIGKILL");
    expect(await start.ended()).toBe(1);
    expect(start.output()).toContain("The simulator has ended or hangs");
    await eventually(() => expect(listSurvivors(running)).toEqual([]));
  });

  it("says which field of .dev.vars is wrong, and starts nothing", async () => {
    const folder = createCopy();
    const port = await findFreePort();
    const text = buildDevVars(port, { ...createSecrets(), authSecret: "short" });
    writeFileSync(join(folder, ".dev.vars"), text);
    const start = runNpmStart(folder, port);
    expect(await start.ended()).toBe(1);
    expect(start.output()).toContain(
      ".dev.vars can't be used: AUTH_SECRET must have at least 32 characters.\n",
    );
    expect(readFileSync(join(folder, ".dev.vars"), "utf8")).toBe(text);
    expect(listProcesses(folder)).toEqual([]);
  });

  it("says which line of .dev.vars is not a setting", async () => {
    const folder = createCopy();
    writeFileSync(join(folder, ".dev.vars"), "ENVIRONMENT=development\nAUTH_SECRET\n");
    const start = runNpmStart(folder, await findFreePort());
    expect(await start.ended()).toBe(1);
    expect(start.output()).toContain("Line 2 of .dev.vars is not of the form NAME=value");
  });

  it.each([
    ["the app", 0],
    ["the provider's simulator", 1],
  ])("says that the port of %s is in use, and starts nothing", async (part, offset) => {
    const folder = createCopy();
    const port = await findFreePort();
    await occupy(port + offset);
    const start = runNpmStart(folder, port);
    expect(await start.ended()).toBe(1);
    expect(start.output()).toContain(`Port ${port + offset}, which ${part} needs, is in use`);
    expect(listProcesses(folder)).toEqual([]);
    expect(existsSync(join(folder, ".wrangler", "state", "logs"))).toBe(false);
  });
});
