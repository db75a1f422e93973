/**
 * One delivery of a job: claim, buy, await, collect, finish. Any line may be the last one that runs; the row always
 * says what is true, and the next delivery goes on from there.
 */
import {
  claimJob,
  failJob,
  findImageKey,
  finishJob,
  type NewImage,
  pauseJob,
  requeueJob,
} from "../db/generation-jobs.ts";
import { newId } from "../ids.ts";
import { logError, logInfo } from "../log.ts";
import { deleteObjects } from "../r2/objects.ts";
import { awaitPicture } from "./await-picture.ts";
import { buyPicture } from "./buy-picture.ts";
import { collectPicture } from "./collect-picture.ts";
import { failed, type HeldJob, type JobContext, type JobEnd, OVER, SUBMIT_LEASE_MS } from "./job-context.ts";
import { deleteLeftovers } from "./leftovers.ts";

/** Failed attempts of one job, a dead holder included; waiting is not a failure. */
export const FAILURES_MAX = 4;

export type Delivery = { kind: "done" } | { kind: "again"; delaySeconds: number };

const DONE: Delivery = { kind: "done" };

export async function advanceJob(context: JobContext, id: string): Promise<Delivery> {
  const lease = newId();
  const row = await claimJob(context.db, id, lease, SUBMIT_LEASE_MS);
  if (row === null) return DONE;
  const job = { row, lease };
  return settle(context, job, await runJob(context, job));
}

async function runJob(context: JobContext, job: HeldJob): Promise<JobEnd> {
  const { row } = job;
  const bought = row.providerGenerationId;
  if (bought === null && row.submitStartedAt !== null)
    return failed("provider_unreachable", "submit_unknown");
  if (row.ageMs > context.maxAgeMs) return failed("timed_out", bought === null ? null : "paid_not_delivered");
  if (row.failures >= FAILURES_MAX) {
    return failed("provider_failed", bought === null ? null : "paid_not_delivered");
  }
  const purchase =
    bought === null ? await buyPicture(context, job) : { kind: "go_on" as const, value: bought };
  if (purchase.kind !== "go_on") return purchase;
  const ready = await awaitPicture(context, job, purchase.value);
  if (ready.kind !== "go_on") return ready;
  const stored = await collectPicture(context, job, purchase.value, ready.value);
  if (stored.kind !== "go_on") return stored;
  await finish(context, job, { id: newId(), seed: ready.value.seed, ...stored.value });
  return OVER;
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
      if (job.row.failures + 1 >= FAILURES_MAX) return giveBack(context, job, { ...end, kind: "failed" });
      return putDown(context, job, end.delayMs, true);
  }
}

async function putDown(
  context: JobContext,
  { row, lease }: HeldJob,
  delayMs: number,
  hasFailed: boolean,
): Promise<Delivery> {
  const pause = { delayMs: Math.round(delayMs), hasFailed };
  const isDown =
    (await requeueJob(context.db, row.id, lease, pause)) ||
    (await pauseJob(context.db, row.id, lease, pause));
  return isDown ? { kind: "again", delaySeconds: Math.max(1, Math.ceil(delayMs / 1000)) } : DONE;
}

async function giveBack(
  context: JobContext,
  { row, lease }: HeldJob,
  end: Extract<JobEnd, { kind: "failed" }>,
): Promise<Delivery> {
  const hasFailed = await failJob(context.db, row.id, lease, { code: end.code, review: end.review });
  if (hasFailed) {
    logInfo("generation_failed", { generationId: row.id, code: end.code, review: end.review });
    await deleteLeftovers(context.bucket, row, null);
  }
  return DONE;
}

async function finish(context: JobContext, { row, lease }: HeldJob, image: NewImage): Promise<void> {
  const isFinished = await finishSurely(context.db, row.id, lease, image);
  if (isFinished) {
    logInfo("generation_succeeded", { generationId: row.id, attempt: row.attempt, bytes: image.bytes });
    await deleteLeftovers(context.bucket, row, image.key);
    return;
  }
  // Another attempt won, or the credits are back already: this object is nobody's.
  await deleteObjects(context.bucket, [image.key]);
}

/**
 * The commit may succeed and its answer be lost. It is repeated once, and then the image's row tells which it was.
 * When the database stays away, the object is left alone: the next attempt, or the reconciler, clears it.
 */
async function finishSurely(db: D1Database, id: string, lease: string, image: NewImage): Promise<boolean> {
  try {
    return await finishJob(db, id, lease, image);
  } catch (error) {
    logError("finish_unclear", error, { generationId: id });
  }
  const isFinished = await finishJob(db, id, lease, image);
  return isFinished || (await findImageKey(db, id)) === image.key;
}
