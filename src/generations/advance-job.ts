/**
 * One delivery of a job: claim, buy, await, collect, finish. Any line may be the last one that runs; the row always
 * says what is true, and the next delivery goes on from there.
 */
import { claimJob, failJob, putDownJob, type ReviewReason } from "../db/generation-jobs.ts";
import { newId } from "../ids.ts";
import { logAlarm, logError, logInfo } from "../log.ts";
import { awaitPicture } from "./await-picture.ts";
import { buyPicture } from "./buy-picture.ts";
import { collectPicture } from "./collect-picture.ts";
import type { FailureCode } from "./failures.ts";
import { finishPicture } from "./finish-picture.ts";
import { CLAIM_LEASE_MS, failed, goOn, type HeldJob, type JobContext, type JobEnd } from "./job-context.ts";
import { deleteLeftovers } from "./leftovers.ts";

/** Failed attempts of one job, a dead holder included; waiting is not a failure. */
export const FAILURES_MAX = 4;
/** Each pause after a failed attempt is so much longer than the one before: a paid picture outlives a short outage. */
const PATIENCE_FACTOR = 3;
/** Between two attempts when ours broke: the database or the bucket may need a moment. */
const BROKEN_PAUSE_MS = 5_000;
/** How soon a job goes on after an administrator has switched cloud services on again. */
const SWITCHED_OFF_PAUSE_MS = 10_000;
const SETTLE_TRIES = 3;
const SETTLE_PAUSE_MS = 500;

export type Delivery = { kind: "done" } | { kind: "again"; delaySeconds: number };

const DONE: Delivery = { kind: "done" };

/** A purchase began and nobody wrote down how it ended. */
const UNKNOWN_SUBMIT = { kind: "failed", code: "provider_unreachable", review: "submit_unknown" } as const;

export async function advanceJob(context: JobContext, id: string): Promise<Delivery> {
  const lease = newId();
  const row = await claimJob(context.db, id, lease, CLAIM_LEASE_MS);
  if (row === null) return DONE;
  const job = { row, lease };
  let end: JobEnd;
  try {
    end = await runJob(context, job);
  } catch (error) {
    logError("attempt_broke", error, { generationId: id, attempt: row.attempt });
    return recover(context, job);
  }
  return settleSurely(context, job, end);
}

async function runJob(context: JobContext, job: HeldJob): Promise<JobEnd> {
  const { row } = job;
  const bought = row.providerGenerationId;
  if (bought === null && row.submitStartedAt !== null) return UNKNOWN_SUBMIT;
  const review: ReviewReason | null = bought === null ? null : "paid_not_delivered";
  if (row.ageMs > context.maxAgeMs) return failed("timed_out", review);
  if (row.failures >= FAILURES_MAX) return failed(explainExhaustion(bought), review);
  // What is paid for is collected all the same: waiting would only lose it.
  if (bought === null && !(await context.isCloudOn(row.userId))) {
    return { kind: "wait", delayMs: SWITCHED_OFF_PAUSE_MS };
  }
  const purchase = bought === null ? await buyPicture(context, job) : goOn(bought);
  if (purchase.kind !== "go_on") return purchase;
  const ready = await awaitPicture(context, job, purchase.value);
  if (ready.kind !== "go_on") return ready;
  const stored = await collectPicture(context, job, purchase.value, ready.value);
  if (stored.kind !== "go_on") return stored;
  return finishPicture(context, job, { id: newId(), seed: ready.value.seed, ...stored.value });
}

/** Attempts that died without saying why: a bought picture was made and not kept. */
function explainExhaustion(bought: string | null): FailureCode {
  return bought === null ? "provider_failed" : "storage_failed";
}

/**
 * How the delivery ended is known only here: a refusal that is not written down would count as an unknown purchase.
 * Repeating is safe, since each write is tied to the lease that the first of them ends.
 */
async function settleSurely(context: JobContext, job: HeldJob, end: JobEnd): Promise<Delivery> {
  for (let tries = 1; ; tries++) {
    try {
      return await settle(context, job, end);
    } catch (error) {
      logError("settle_failed", error, { generationId: job.row.id, end: end.kind, tries });
      if (tries === SETTLE_TRIES) throw error;
      await context.sleep(SETTLE_PAUSE_MS * tries);
    }
  }
}

/** Writes the end of this delivery into the row, and tells the queue whether to come again. */
async function settle(context: JobContext, job: HeldJob, end: JobEnd): Promise<Delivery> {
  switch (end.kind) {
    case "over":
      return DONE;
    case "failed":
      return giveBack(context, job, end);
    case "wait":
      return putDown(context, job, end.delayMs, false);
    case "failed_attempt":
      if (job.row.failures + 1 >= FAILURES_MAX) return giveBack(context, job, end);
      return putDown(context, job, end.delayMs * PATIENCE_FACTOR ** job.row.failures, true);
  }
}

async function putDown(
  context: JobContext,
  { row, lease }: HeldJob,
  askedMs: number,
  hasFailed: boolean,
): Promise<Delivery> {
  const delaySeconds = Math.max(1, Math.ceil(askedMs / 1000));
  const pause = { delayMs: delaySeconds * 1000, hasFailed, isUnbought: true };
  const isDown = await putDownJob(context.db, row.id, lease, pause);
  return isDown ? { kind: "again", delaySeconds } : DONE;
}

/**
 * Something threw in the middle: the attempt is over, and the row knows how far it came. A purchase that was begun and
 * not checkpointed stays unrepeatable, so that job ends here.
 */
async function recover(context: JobContext, job: HeldJob): Promise<Delivery> {
  const pause = { delayMs: BROKEN_PAUSE_MS, hasFailed: true, isUnbought: false };
  if (await putDownJob(context.db, job.row.id, job.lease, pause)) {
    return { kind: "again", delaySeconds: BROKEN_PAUSE_MS / 1000 };
  }
  return giveBack(context, job, UNKNOWN_SUBMIT);
}

async function giveBack(
  context: JobContext,
  { row, lease }: HeldJob,
  { code, review }: { code: FailureCode; review: ReviewReason | null },
): Promise<Delivery> {
  if (await failJob(context.db, row.id, lease, { code, review })) {
    // With a reason for review, our money may be gone.
    const log = review === null ? logInfo : logAlarm;
    log("generation_failed", { generationId: row.id, code, review });
    await deleteLeftovers(context.bucket, row, null);
  }
  return DONE;
}
