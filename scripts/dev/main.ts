/**
 * `npm start` after the installation: settings, database, app, simulator and cron, and one screen that says where
 * everything is. Ctrl-C, a stop signal, or the death of one part ends all of it.
 */
import { join, relative } from "node:path";
import { DEMO_PEOPLE } from "./demo-people.ts";
import { requireReadableLines, writeDevVarsIfMissing } from "./dev-vars.ts";
import { onParentGone } from "./parent.ts";
import { parsePort, requireFreePort } from "./ports.ts";
import { runScript } from "./refusal.ts";
import { claimFolder } from "./running.ts";
import { type Stack, startStack } from "./stack.ts";
import { ROOT } from "./wrangler.ts";

const DEV_VARS_PATH = join(ROOT, ".dev.vars");
const STATE_DIR = join(ROOT, ".wrangler", "state");
const ASKED = Symbol("asked to stop");
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

await runScript(async () => {
  const port = parsePort(process.env["PORT"]);
  const release = await claimFolder(STATE_DIR, port);
  try {
    await runUntilStopped(port);
  } finally {
    release();
  }
});

async function runUntilStopped(port: number): Promise<void> {
  await requireFreePort(port, "the app");
  if (writeDevVarsIfMissing(DEV_VARS_PATH, port)) console.log("Wrote .dev.vars with fresh secrets.");
  requireReadableLines(DEV_VARS_PATH);
  const { asked, signal } = listenForStop();
  console.log("Starting …");
  const stack = await startUnlessStopped(port, signal);
  if (stack === null) return;
  greet(stack);
  const end = await Promise.race([asked, stack.died]);
  if (end !== ASKED) {
    console.error(
      `The ${end} has ended or hangs; its log is in ${relative(ROOT, stack.logsDir)}. Stopping the rest.`,
    );
    process.exitCode = 1;
  }
  await stack.stop();
  if (end === ASKED) console.log("Stopped.");
}

/** Settles at the first stop signal, and when the process that started this one is gone. */
function listenForStop(): { asked: Promise<typeof ASKED>; signal: AbortSignal } {
  const controller = new AbortController();
  const asked = new Promise<typeof ASKED>((resolve) => {
    controller.signal.addEventListener("abort", () => resolve(ASKED));
  });
  for (const name of STOP_SIGNALS) process.on(name, () => controller.abort());
  const isChild = process.env["EVENTIDE_STOP_WITH_PARENT"] ?? process.env["npm_lifecycle_event"];
  if (isChild !== undefined) onParentGone(() => controller.abort());
  return { asked, signal: controller.signal };
}

async function startUnlessStopped(port: number, signal: AbortSignal): Promise<Stack | null> {
  try {
    return await startStack({ port, stateDir: STATE_DIR, signal, show: (line) => console.error(line) });
  } catch (error) {
    // A start that was stopped half way fails in whatever it was doing; that isn't a failure.
    if (signal.aborted) return null;
    throw error;
  }
}

function greet(stack: Stack): void {
  const people = DEMO_PEOPLE.map(({ email, role }) => `  ${email.padEnd(20)} ${role}`).join("\n");
  const provider = stack.provider.isSimulator
    ? `the simulator at ${stack.provider.baseUrl}, which costs nothing`
    : stack.provider.baseUrl;
  const letters = stack.hasMailbox ? `stay here: ${stack.origin}/dev/mail` : "are really sent.";
  console.log(`
Eventide is ready: ${stack.origin}

Sign in as one of these, all with the password ${stack.demoPassword}
${people}

First: sign in as user@example.test at ${stack.origin}/signin and make a picture;
then, as admin@example.test, add credits at ${stack.origin}/admin/users.

Pictures come from ${provider}.
Letters ${letters}
Logs: ${relative(ROOT, stack.logsDir)} (EVENTIDE_VERBOSE=1 shows them here). Stop with Ctrl-C.
`);
}
