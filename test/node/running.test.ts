import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Refusal } from "../../scripts/dev/refusal.ts";
import { claimFolder } from "../../scripts/dev/running.ts";
import { listen } from "./server.ts";
import { createFolder } from "./temporary.ts";

const ANY_PORT = 9200;

/** The number of a process that goes on until the test is over. */
async function startOther(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 60_000)"], { stdio: "ignore" });
  await once(child, "spawn");
  onTestFinished(() => void child.kill());
  if (child.pid === undefined) throw new Error("startOther: no process");
  return child.pid;
}

async function findEndedPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await once(child, "exit");
  if (child.pid === undefined) throw new Error("findEndedPid: no process");
  return child.pid;
}

async function takePort(): Promise<number> {
  return Number(new URL(await listen((_request, response) => response.end())).port);
}

describe("claimFolder", () => {
  it("refuses a second start in one sentence that says where the first one is", async () => {
    const folder = createFolder();
    const port = await takePort();
    writeFileSync(join(folder, "running"), `${await startOther()} ${port}\n`);
    await expect(claimFolder(folder, ANY_PORT)).rejects.toThrow(
      new Refusal(
        `Eventide runs in this folder already, at http://localhost:${port}: stop it first, or start a second clone in another folder.`,
      ),
    );
  });

  it.each([
    ["a process that is gone", async () => `${await findEndedPid()} ${await takePort()}\n`],
    [
      "this very process, as in a container started again",
      async () => `${process.pid} ${await takePort()}\n`,
    ],
    ["another program that has the number now, and nothing answers", async () => `${await startOther()} 1\n`],
    ["nobody knows whom", async () => "x"],
  ])("takes a folder over that belonged to %s", async (_whom, write) => {
    const folder = createFolder();
    writeFileSync(join(folder, "running"), await write());
    const release = await claimFolder(folder, ANY_PORT);
    release();
    expect(existsSync(join(folder, "running"))).toBe(false);
  });

  it("makes the folder of a fresh clone, and gives it back", async () => {
    const folder = join(createFolder(), ".wrangler", "state");
    const release = await claimFolder(folder, ANY_PORT);
    expect(existsSync(join(folder, "running"))).toBe(true);
    release();
    expect(existsSync(join(folder, "running"))).toBe(false);
  });
});
