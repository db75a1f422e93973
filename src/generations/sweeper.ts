/**
 * The minute's round: every job whose message was lost, whose holder died, or whose time is up.
 * Safe to run twice at once; each job is taken by one of them.
 */
import { failTooOld, failUnknownSubmits, type SweptJob, takeDueJobs } from "../db/generation-sweeps.ts";
import { logAlarm, logError, logInfo } from "../log.ts";
import type { JobContext } from "./job-context.ts";
import { deleteLeftovers } from "./leftovers.ts";
import { enqueueGenerations } from "./message.ts";

/** Jobs of each kind in one round; the next round takes the rest. */
const SWEEP_MAX_JOBS = 500;

export interface SweepCounts {
  unknownSubmits: number;
  tooOld: number;
  resent: number;
}

export async function sweepJobs(context: JobContext): Promise<SweepCounts> {
  const unknown = await take("unknown_submits", () => failUnknownSubmits(context.db, SWEEP_MAX_JOBS));
  for (const job of unknown)
    logAlarm("submit_outcome_unknown", { generationId: job.id, cause: "process_died" });
  const tooOld = await take("too_old", () => failTooOld(context.db, context.maxAgeMs, SWEEP_MAX_JOBS));
  for (const job of tooOld) logAlarm("generation_too_old", { generationId: job.id });
  const due = await take("due", () => takeDueJobs(context.db, SWEEP_MAX_JOBS));
  await enqueueGenerations(
    context.queue,
    due.map((job) => job.id),
  );
  for (const job of tooOld.filter(({ isBought }) => isBought === 1)) {
    await deleteLeftovers(context.bucket, job, null);
  }
  const counts = { unknownSubmits: unknown.length, tooOld: tooOld.length, resent: due.length };
  if (unknown.length + tooOld.length + due.length > 0) logInfo("swept", { ...counts });
  return counts;
}

/** One kind of jobs that can't be swept this minute doesn't keep the others waiting. */
async function take(kind: string, sweep: () => Promise<SweptJob[]>): Promise<SweptJob[]> {
  try {
    return await sweep();
  } catch (error) {
    logError("sweep_failed", error, { kind });
    return [];
  }
}
