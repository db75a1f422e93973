import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type RunningProcess, startProcess } from "../../scripts/dev/processes.ts";
import { ROOT } from "../../scripts/dev/wrangler.ts";
import { eventually } from "../support/eventually.ts";
import { createFolder } from "./temporary.ts";

const CHILD = 'spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], { stdio: "inherit" }).pid';

/** A program with a child of its own, that says who both are, and goes on until it is ended. */
function writeProgram(folder: string, onTerminate: "ends" | "ignores"): string {
  const path = join(folder, "program.mjs");
  writeFileSync(
    path,
    `import { spawn } from "node:child_process";
     ${onTerminate === "ignores" ? 'process.on("SIGTERM", () => console.error("not now"));' : ""}
     console.log("pids", process.pid, ${CHILD});
     setInterval(() => 0, 1000);`,
  );
  return path;
}

/** A zombie is dead: it only waits for somebody to take note of it. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

function parsePids(line: string | undefined): number[] {
  return (line ?? "").split(" ").slice(1).map(Number);
}

/** Starts it and waits until it has said its process ids. */
async function start(program: string): Promise<{ running: RunningProcess; pids: number[]; lines: string[] }> {
  const lines: string[] = [];
  const running = startProcess("program", [program], {
    cwd: ROOT,
    env: process.env,
    onLine: (line) => lines.push(line),
  });
  onTestFinished(() => running.stop());
  await eventually(() => expect(lines[0]).toMatch(/^pids \d+ \d+$/));
  return { running, pids: parsePids(lines[0]), lines };
}

describe("startProcess", () => {
  it("hands over every line with its source, and the exit code", async () => {
    const path = join(createFolder(), "program.mjs");
    writeFileSync(path, 'console.log("out"); console.error("err"); process.exitCode = 3;');
    const lines: string[] = [];
    const running = startProcess("program", [path], {
      cwd: ROOT,
      env: process.env,
      onLine: (line, source) => lines.push(`${source}: ${line}`),
    });
    expect(await running.exited).toBe(3);
    await eventually(() => expect(lines.toSorted()).toEqual(["stderr: err", "stdout: out"]));
  });
});

describe("stop", () => {
  it("leaves neither the program nor its children", async () => {
    const { running, pids } = await start(writeProgram(createFolder(), "ends"));
    expect(pids.map(isAlive)).toEqual([true, true]);
    await running.stop();
    await eventually(() => expect(pids.map(isAlive)).toEqual([false, false]));
  });

  it("kills a program that ignores the polite signal", async () => {
    const { running, pids, lines } = await start(writeProgram(createFolder(), "ignores"));
    await running.stop();
    expect(lines).toContain("not now");
    await eventually(() => expect(pids.map(isAlive)).toEqual([false, false]));
  });

  it("takes away the children of a program that was killed", async () => {
    const { running, pids } = await start(writeProgram(createFolder(), "ends"));
    const [pid] = pids;
    if (pid === undefined) throw new Error("the program said no process id");
    process.kill(pid, "SIGKILL");
    await running.exited;
    await running.stop();
    await eventually(() => expect(pids.map(isAlive)).toEqual([false, false]));
  });
});

describe("the leash", () => {
  it("ends the program and its children when whoever started them is killed", async () => {
    const folder = createFolder();
    const starter = join(folder, "starter.ts");
    writeFileSync(
      starter,
      `import { startProcess } from ${JSON.stringify(join(ROOT, "scripts/dev/processes.ts"))};
       startProcess("program", [${JSON.stringify(writeProgram(folder, "ends"))}], {
         cwd: "/", env: process.env, onLine: (line) => console.log(line),
       });`,
    );
    const parent: ChildProcess = spawn(process.execPath, [starter], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    parent.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    await eventually(() => expect(output).toMatch(/^pids \d+ \d+\n/));
    parent.kill("SIGKILL");
    await eventually(() => expect(parsePids(output.trim()).map(isAlive)).toEqual([false, false]));
  });
});
