/**
 * Buys the picture, once. The intention is written down before the request and the provider's id right after it:
 * whatever happens in between counts as an unknown outcome and is never repeated.
 */
import { checkpointSubmit, type SubmitStart, startSubmit } from "../db/generation-purchase.ts";
import { type SubmitFailure, type Submitted, submitGeneration } from "../ideogram/submit-generation.ts";
import { logAlarm, logError } from "../log.ts";
import {
  failed,
  failedAttempt,
  goOn,
  type HeldJob,
  type JobContext,
  type JobEnd,
  OVER,
  POLL_LEASE_MS,
  type StepResult,
  SUBMIT_LEASE_MS,
} from "./job-context.ts";

/** The least that a picture takes at the provider: rather does a job come too early than that a place stays free. */
const QUICK_PICTURE_MS = 5_000;
/** Without room, a job comes again when those ahead of it may be through; spread, so that jobs don't come at once. */
const ROOM_WAIT_MIN_MS = 3_000;
const ROOM_WAIT_MAX_MS = 300_000;
const ROOM_WAIT_SPREAD_MS = 4_000;
/** How long to wait when the provider says that it is busy and doesn't say for how long; doubled at random. */
const BUSY_WAIT_MS = 5_000;
const WALLET_WAIT_MS = 60_000;
const CHECKPOINT_TRIES = 5;
const CHECKPOINT_PAUSE_MS = 500;

/** The provider's id of the bought picture. */
export async function buyPicture(context: JobContext, { row, lease }: HeldJob): Promise<StepResult<string>> {
  const start = await writeIntention(context, row.id, lease);
  if (start === null) return failedAttempt("provider_failed");
  if (start.kind === "refused") {
    return { kind: "wait", delayMs: roomWaitMs(start.ahead, context.maxInFlight) };
  }
  const submitted = await submitGeneration(context.provider, {
    model: row.model,
    prompt: row.prompt,
    quality: row.quality === "high" ? "high" : "medium",
    size: row.providerSize,
    magicPrompt: row.magicPrompt,
    seed: row.seed ?? undefined,
  });
  if (!submitted.ok) return explainRefusal(row.id, submitted.error);
  if (await keepCheckpoint(context, row.id, lease, submitted.value)) {
    return goOn(submitted.value.providerGenerationId);
  }
  // The answer came after the lease had ended: the outcome was called unknown and the credits are back.
  const { providerGenerationId } = submitted.value;
  logAlarm("submit_accepted_too_late", { generationId: row.id, providerGenerationId });
  return OVER;
}

/** Null when the database didn't answer: whether or not it wrote, nothing is sent. */
async function writeIntention(context: JobContext, id: string, lease: string): Promise<SubmitStart | null> {
  const { db, maxInFlight } = context;
  try {
    const aheadMax = Math.ceil(ROOM_WAIT_MAX_MS / QUICK_PICTURE_MS) * maxInFlight;
    return await startSubmit(db, id, lease, { leaseMs: SUBMIT_LEASE_MS, maxInFlight, aheadMax });
  } catch (error) {
    logError("submit_not_started", error, { generationId: id });
    return null;
  }
}

function roomWaitMs(ahead: number, maxInFlight: number): number {
  const untilThrough = ((ahead + 1) / maxInFlight) * QUICK_PICTURE_MS;
  const waitMs = Math.min(Math.max(untilThrough, ROOM_WAIT_MIN_MS), ROOM_WAIT_MAX_MS);
  return waitMs + Math.random() * ROOM_WAIT_SPREAD_MS;
}

function explainRefusal(id: string, failure: SubmitFailure): JobEnd {
  switch (failure.kind) {
    case "refused_prompt":
      return failed("prompt_refused");
    case "rejected":
      return failed("provider_failed");
    case "unsupported":
      logAlarm("generation_unsupported", { generationId: id, field: failure.field });
      return failed("provider_failed");
    case "credentials":
      logAlarm("provider_refuses_key", { generationId: id, status: failure.status });
      return failed("provider_failed");
    case "wallet_empty":
      logAlarm("provider_wallet_empty", { generationId: id, rejectReason: failure.rejectReason });
      return { kind: "wait", delayMs: WALLET_WAIT_MS };
    case "busy":
      return { kind: "wait", delayMs: busyWaitMs(failure.retryAfterSeconds) };
    case "not_sent":
      return failedAttempt("provider_unreachable");
    case "unknown":
      logAlarm("submit_outcome_unknown", { generationId: id, cause: failure.cause, status: failure.status });
      return failed("provider_unreachable", "submit_unknown");
  }
}

function busyWaitMs(retryAfterSeconds: number | null): number {
  return retryAfterSeconds === null ? BUSY_WAIT_MS * (1 + Math.random()) : retryAfterSeconds * 1000;
}

/** The one write that must not be lost: tried again while the lease lasts, since it is what stops a second purchase. */
async function keepCheckpoint(
  context: JobContext,
  id: string,
  lease: string,
  submitted: Submitted,
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await checkpointSubmit(context.db, id, lease, { ...submitted, leaseMs: POLL_LEASE_MS });
    } catch (error) {
      const { providerGenerationId } = submitted;
      logError("checkpoint_failed", error, { generationId: id, providerGenerationId, tries });
      if (tries === CHECKPOINT_TRIES) throw error;
      await context.sleep(CHECKPOINT_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}
