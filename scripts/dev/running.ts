/**
 * Which start a folder's data belongs to. Two on the same databases would answer for each other, so a second one is
 * refused; what a killed one left behind is nobody's, and never keeps a start from beginning.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildLocalOrigin, isPortInUse } from "./ports.ts";
import { Refusal } from "./refusal.ts";

interface Owner {
  pid: number;
  port: number;
}

/** Resolves with what gives the folder back. */
export async function claimFolder(stateDir: string, port: number): Promise<() => void> {
  const path = join(stateDir, "running");
  const owner = findOwner(path);
  if (owner !== null && isAlive(owner.pid) && (await isPortInUse(owner.port))) {
    throw new Refusal(
      `Eventide runs in this folder already, at ${buildLocalOrigin(owner.port)}: stop it first, or start a second clone in another folder.`,
    );
  }
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(path, `${process.pid} ${port}\n`);
  return () => rmSync(path, { force: true });
}

function findOwner(path: string): Owner | null {
  if (!existsSync(path)) return null;
  const [, pid, port] = /^(\d+) (\d+)\n$/.exec(readFileSync(path, "utf8")) ?? [];
  return pid === undefined || port === undefined ? null : { pid: Number(pid), port: Number(port) };
}

/** A process of the same number as this one, as in a container that was started again, is this one. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
