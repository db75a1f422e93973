/** The switches in the hands of somebody who knows only wrangler, in a folder where `npm start` runs. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { expect, it, vi } from "vitest";
import { findFreePort } from "../../scripts/dev/ports.ts";
import { type Client, createClient, signInClient } from "./api.ts";
import { createCopy, runNpmStart } from "./copy.ts";

const TEST_MS = 300_000;
/** FLAGS_TTL_SECONDS of a fresh copy, and the time that a busy machine may need for one answer. */
const FOLLOWED_WITHIN_MS = 1_000 + 2_000;
/** A value that the history has seen before is taken for an old copy of the store for 1.5 × FLAGS_TTL_SECONDS. */
const NOTICED_WITHIN_MS = 1_500 + 3_000;

interface Flag {
  key: string;
  value: boolean;
  source: string;
  switch: { raw: string | null; valid: boolean };
}

interface Change {
  via: string;
  actor: string | null;
  old: string;
  new: string;
}

/** As it stands in the README. Neither a folder nor a port is named. */
async function runWrangler(folder: string, ...command: string[]): Promise<void> {
  const args = ["wrangler", "kv", "key", ...command, "--binding", "FLAGS", "--local"];
  await promisify(execFile)("npx", args, { cwd: folder });
}

async function followed(client: Client, value: boolean): Promise<void> {
  const hasFollowed = async () => {
    const path = "/ofrep/v1/evaluate/flags/charts";
    return (await client.readJson<{ value: boolean }>(200, "POST", path, { json: {} })).value === value;
  };
  await vi.waitUntil(hasFollowed, { timeout: FOLLOWED_WITHIN_MS, interval: 100 });
}

it(
  "a running app follows plain wrangler within its documented time, and tells it once in the history",
  async () => {
    const folder = createCopy();
    const port = await findFreePort();
    const start = runNpmStart(folder, port);
    await start.ready();
    const origin = `http://localhost:${port}`;
    const demoPassword = parseEnv(readFileSync(join(folder, ".dev.vars"), "utf8"))["DEMO_PASSWORD"] ?? "";
    const visitor = createClient(undefined, origin);
    const admin = await signInClient("admin", { origin, demoPassword });
    const readCharts = async () => {
      const { items } = await admin.readJson<{ items: Flag[] }>(200, "GET", "/api/admin/flags");
      return items.find(({ key }) => key === "charts");
    };

    const path = "/api/admin/flags/charts/history";
    const readHistory = () => admin.readJson<{ items: Change[] }>(200, "GET", path);
    const noticed = async (value: string) => {
      const isNewest = async () => (await readHistory()).items[0]?.new === value;
      await vi.waitUntil(isNewest, { timeout: NOTICED_WITHIN_MS, interval: 100 });
    };

    await followed(visitor, true);
    await runWrangler(folder, "put", "charts", "off");
    await followed(visitor, false);
    expect(await readCharts()).toMatchObject({ value: false, source: "switch", switch: { raw: "off" } });
    const page = await (await admin.call("GET", "/admin/flags")).text();
    expect(page).toContain("The switch says “off”.");
    expect(page).toContain("by wrangler");

    await runWrangler(folder, "put", "charts", "ture");
    await followed(visitor, true);
    expect(await readCharts()).toMatchObject({ source: "default", switch: { raw: "ture", valid: false } });
    const { findings } = await admin.readJson<{ findings: { id: string }[] }>(
      200,
      "GET",
      "/api/admin/diagnostics",
    );
    expect(findings.map(({ id }) => id)).toEqual(["flags.switch_invalid.charts"]);

    await runWrangler(folder, "put", "charts", "off");
    await followed(visitor, false);
    await noticed("off");
    await runWrangler(folder, "delete", "charts");
    await followed(visitor, true);
    await noticed("auto");

    await Promise.all(Array.from({ length: 5 }, readHistory));
    const { items } = await readHistory();
    expect(items.map(({ via, actor, old, new: to }) => [via, actor, old, to])).toEqual([
      ["wrangler", null, "off", "auto"],
      ["wrangler", null, "ture", "off"],
      ["wrangler", null, "off", "ture"],
      ["wrangler", null, "auto", "off"],
    ]);
    start.interrupt();
    expect(await start.ended()).toBe(0);
  },
  TEST_MS,
);
