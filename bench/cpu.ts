/** CPU time of a process as Linux's scheduler accounts it: exact to the nanosecond, and blind to waiting. */
import { readdirSync, readFileSync } from "node:fs";

/** CPU time of all living threads. Threads of workerd live as long as it does. */
export function readCpuNanoseconds(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    return sum + Number(onCpu);
  }, 0);
}

/** The one child of this process that runs `command`. */
export function findChild(command: string): number {
  const children = readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  const found = children.filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === command);
  const [pid] = found;
  if (pid === undefined || found.length > 1) throw new Error(`findChild: ${found.length} times ${command}`);
  return pid;
}
