/** Child processes: each is the leader of its own group, and stopping one leaves nothing of the group behind. */
import { spawn } from "node:child_process";
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
  return { name, pid, exited, stop: () => stopGroup(pid) };
}

/** Politely first, so that the program ends its own children; what is left of the group then is killed. */
async function stopGroup(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_GRACE_MS;
  let isLeaderThere = sendSignal(pid, "SIGTERM");
  while (isLeaderThere && Date.now() < deadline) {
    await sleep(STOP_POLL_MS);
    isLeaderThere = sendSignal(pid, 0);
  }
  sendSignal(-pid, "SIGKILL");
}

/** False when there is no such process or group any more. A negative id is a group; signal 0 only asks. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
