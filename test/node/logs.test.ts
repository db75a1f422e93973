import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createSorter, openLog } from "../../scripts/dev/logs.ts";
import { eventually } from "../support/eventually.ts";
import { createFolder } from "./temporary.ts";

const INFO = '{"level":"info","event":"request","status":200}';
const ALARM = '{"level":"alarm","event":"provider_wallet_empty","generationId":"01"}';

function shown(lines: readonly (readonly [string, "stdout" | "stderr"])[]): string[] {
  const sort = createSorter();
  return lines
    .map(([line, source]) => sort(line, source))
    .filter((line) => line.isShown)
    .map(({ text }) => text);
}

describe("createSorter", () => {
  it("keeps the app's information for the file", () => {
    expect(shown([[INFO, "stdout"]])).toEqual([]);
  });

  it("shows warnings, alarms and errors of the app, without wrangler's badge and colours", () => {
    const warning = '{"level":"warning","event":"enqueue_failed"}';
    const esc = String.fromCharCode(27);
    expect(
      shown([
        [`✘ [ERROR] ${ALARM}`, "stderr"],
        [
          `${esc}[33m▲ ${esc}[43;33m[${esc}[43;30mWARNING${esc}[43;33m]${esc}[0m ${esc}[1m${warning}${esc}[0m`,
          "stderr",
        ],
      ]),
    ).toEqual([ALARM, warning]);
  });

  it("shows every line of a failed build", () => {
    expect(
      shown([
        ["✘ [ERROR] Build failed with 1 error:", "stderr"],
        ["", "stderr"],
        ['  ✘ [ERROR] Could not resolve "./gone.ts"', "stderr"],
        ["    src/index.ts:1:7:", "stderr"],
      ]),
    ).toEqual([
      "✘ [ERROR] Build failed with 1 error:",
      '  ✘ [ERROR] Could not resolve "./gone.ts"',
      "    src/index.ts:1:7:",
    ]);
  });

  it("keeps wrangler's advice and progress for the file", () => {
    expect(
      shown([
        ["⎔ Starting local server...", "stdout"],
        ["▲ [WARNING] Scheduled Workers are not automatically triggered", "stderr"],
        ["  To manually trigger a scheduled event, run:", "stderr"],
      ]),
    ).toEqual([]);
  });

  it("stops showing at the next line of the app", () => {
    expect(
      shown([
        ["✘ [ERROR] something of wrangler's", "stderr"],
        [INFO, "stdout"],
        ["a line that belongs to nothing", "stderr"],
      ]),
    ).toEqual(["✘ [ERROR] something of wrangler's"]);
  });
});

describe("openLog", () => {
  it("writes every line into the file and shows what matters with the name in front", async () => {
    const lines: string[] = [];
    const log = openLog(createFolder(), "app", (line) => lines.push(line));
    log.write(INFO, "stdout");
    log.write(ALARM, "stderr");
    await eventually(() => expect(readFileSync(log.path, "utf8")).toBe(`${INFO}\n${ALARM}\n`));
    expect(lines).toEqual([`[app] ${ALARM}`]);
  });

  it("shows every line when EVENTIDE_VERBOSE is 1", async () => {
    vi.stubEnv("EVENTIDE_VERBOSE", "1");
    onTestFinished(() => void vi.unstubAllEnvs());
    const lines: string[] = [];
    const log = openLog(createFolder(), "app", (line) => lines.push(line));
    log.write(INFO, "stdout");
    expect(lines).toEqual([`[app] ${INFO}`]);
    await eventually(() => expect(readFileSync(log.path, "utf8")).toBe(`${INFO}\n`));
  });
});
