/** The switches in the hands of somebody who knows only wrangler, in a folder where `npm start` runs. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { expect, it } from "vitest";
import { findFreePort } from "../../scripts/dev/ports.ts";
import { eventually } from "../support/eventually.ts";
import { type Client, createClient, signInClient } from "./api.ts";
import { createCopy, runNpmStart } from "./copy.ts";

const TEST_MS = 15 * 60_000;

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

/** How soon it follows is a matter of FLAGS_TTL_SECONDS, on a clock of its own in test/flags/load.test.ts. */
async function followed(client: Client, value: boolean): Promise<void> {
  const path = "/ofrep/v1/evaluate/flags/charts";
  await eventually(async () => {
    expect(await client.readJson(200, "POST", path, { json: {} })).toMatchObject({ value });
  });
}

it(
  "a running app follows plain wrangler by itself, and tells it once in the history",
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
    // The next change comes after that: of two between two looks, only the second would be seen.
    const noticed = (value: string) =>
      eventually(async () => expect((await readHistory()).items[0]?.new).toBe(value));

    await followed(visitor, true);
    await runWrangler(folder, "put", "charts", "off");
    await followed(visitor, false);
    await noticed("off");
    expect(await readCharts()).toMatchObject({ value: false, source: "switch", switch: { raw: "off" } });
    const page = await (await admin.call("GET", "/admin/flags")).text();
    expect(page).toContain("The switch says “off”.");
    expect(page).toContain("by wrangler");

    await runWrangler(folder, "put", "charts", "ture");
    await followed(visitor, true);
    await noticed("ture");
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
