/** A copy of the project in a folder of its own, and `npm start` in it as somebody at a terminal would run it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { ROOT } from "../../scripts/dev/wrangler.ts";

/** What a clone has and a start needs. The installed packages are shared. */
const CONTENTS = [
  "src",
  "dev",
  "public",
  "migrations",
  "scripts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "wrangler.toml",
];
const READY_TIMEOUT_MS = 240_000;
const END_TIMEOUT_MS = 180_000;

export function createCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), "eventide-copy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of CONTENTS) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

export interface Start {
  /** Everything that it has printed so far. */
  output(): string;
  ready(): Promise<void>;
  /** What Ctrl-C does in a terminal: the signal goes to every process of the foreground group. */
  interrupt(): void;
  /** A polite end for npm alone, as a service manager sends it. */
  terminate(): void;
  /** The exit code of npm. */
  ended(): Promise<number | null>;
}

export function runNpmStart(folder: string, port: number): Start {
  const child: ChildProcess = spawn("npm", ["start"], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  const { promise: exited, resolve } = Promise.withResolvers<number | null>();
  child.once("exit", (code) => resolve(code));
  const signal = (target: number, name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(target, name);
  };
  const pid = child.pid;
  if (pid === undefined) throw new Error("npm start could not be run");
  onTestFinished(async () => {
    signal(-pid, "SIGINT");
    await exited;
  });
  return {
    output: () => output,
    interrupt: () => signal(-pid, "SIGINT"),
    terminate: () => signal(pid, "SIGTERM"),
    async ready() {
      const isReady = () => output.includes("Eventide is ready") || child.exitCode !== null;
      await vi.waitUntil(isReady, { timeout: READY_TIMEOUT_MS });
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${output}`);
    },
    ended: () => Promise.race([exited, failAfter(END_TIMEOUT_MS, () => `npm start did not end:\n${output}`)]),
  };
}

function failAfter(ms: number, explain: () => string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(explain())), ms).unref();
  });
}

export interface RunningCommand {
  pid: number;
  /** The process group, which a child shares with whoever started it. */
  group: number;
  args: string;
}

/** Zombies have ended and don't count. */
function listAllProcesses(): RunningCommand[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,pgid=,stat=,args="], { encoding: "utf8" });
  return stdout
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && !(match[3] ?? "").startsWith("Z"))
    .map((match) => ({ pid: Number(match?.[1]), group: Number(match?.[2]), args: match?.[4] ?? "" }));
}

/** Every process of a copy: those that name its folder, and all that they started. */
export function listProcesses(folder: string): RunningCommand[] {
  const all = listAllProcesses();
  const groups = new Set(all.filter(({ args }) => args.includes(folder)).map(({ group }) => group));
  return all.filter(({ group }) => groups.has(group));
}

/** Those of `processes`, and of their groups, that are still there. */
export function listSurvivors(processes: readonly RunningCommand[]): RunningCommand[] {
  const groups = new Set(processes.map(({ group }) => group));
  return listAllProcesses().filter(({ group }) => groups.has(group));
}
