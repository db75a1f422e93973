/** What the minute's cron does. Each part runs on its own: one that fails doesn't keep the others from running. */
import { deleteExpiredSessions } from "../db/sessions.ts";
import { logError } from "../log.ts";
import type { JobContext } from "./job-context.ts";
import { reconcileIfDue } from "./reconciler.ts";
import { sweepJobs } from "./sweeper.ts";

const EXPIRED_SESSIONS_MAX = 500;

export async function runSchedule(context: JobContext): Promise<void> {
  await runPart("sweep", () => sweepJobs(context));
  await runPart("expired_sessions", () =>
    deleteExpiredSessions(context.db, Date.now(), EXPIRED_SESSIONS_MAX),
  );
  await runPart("reconcile", () => reconcileIfDue(context.db, context.bucket));
}

async function runPart(part: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    logError("schedule_failed", error, { part });
  }
}
