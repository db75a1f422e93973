/**
 * Runs a program as the leader of its own process group and ends the whole group when its parent is gone, however
 * that happened: nothing that `npm start` began outlives it. Usage: node leash.ts <script> [argument …]
 */
import { spawn } from "node:child_process";
import { onParentGone } from "./parent.ts";

const GRACE_MS = 5_000;

const child = spawn(process.execPath, process.argv.slice(2), { stdio: "inherit" });
let isAlone = false;
child.on("exit", (code) => (isAlone ? killGroup() : process.exit(code ?? 1)));

// The program gets the signal first, because it ends its own children in order; the leash goes when it has gone.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));

onParentGone(() => {
  isAlone = true;
  child.kill("SIGTERM");
  setTimeout(killGroup, GRACE_MS);
});

/** This process too. */
function killGroup(): void {
  process.kill(-process.pid, "SIGKILL");
}
