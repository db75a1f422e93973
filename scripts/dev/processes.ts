/** Child processes: each is the leader of its own group, and stopping one leaves nothing of the group behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Part } from "./supervisor.ts";

/** After a polite signal; then the group is killed. */
const STOP_GRACE_MS = 5_000;
const STOP_POLL_MS = 50;
const LEASH = join(import.meta.dirname, "leash.ts");

export interface RunningProcess extends Part {
  pid: number;
  /** Settles with the exit code. */
  exited: Promise<number>;
}

export interface ProcessOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  onLine: (line: string, source: "stdout" | "stderr") => void;
}

/** Starts a script on this Node.js. `args` begin with the script's path. */
export function startProcess(name: string, args: readonly string[], options: ProcessOptions): RunningProcess {
  const child = spawn(process.execPath, [LEASH, ...args], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  createInterface({ input: child.stdout }).on("line", (line) => options.onLine(line, "stdout"));
  createInterface({ input: child.stderr }).on("line", (line) => options.onLine(line, "stderr"));
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  return { name, pid, exited, stop: () => stopGroup(child, pid) };
}

/** Politely first, so that the program ends its own children; what is left of the group then is killed. */
async function stopGroup(leader: ChildProcess, group: number): Promise<void> {
  const deadline = Date.now() + STOP_GRACE_MS;
  // Signals go through the handle, which knows when the process is gone and its number may be somebody else's.
  leader.kill("SIGTERM");
  while (leader.exitCode === null && leader.signalCode === null && Date.now() < deadline) {
    await sleep(STOP_POLL_MS);
  }
  killGroup(group);
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return;
    throw error;
  }
}
