/**
 * Buys the picture, once. The intention is written down before the request and the provider's id right after it:
 * whatever happens in between counts as an unknown outcome and is never repeated.
 */
import { checkpointSubmit, startSubmit } from "../db/generation-jobs.ts";
import { type SubmitFailure, submitGeneration } from "../ideogram/submit-generation.ts";
import { logAlarm, logError } from "../log.ts";
import {
  failed,
  goOn,
  type HeldJob,
  type JobContext,
  type JobEnd,
  OVER,
  POLL_LEASE_MS,
  type StepResult,
  SUBMIT_LEASE_MS,
} from "./job-context.ts";

/** How long to wait when as many pictures as we may have are at the provider; spread so that jobs don't come at once. */
const CAPACITY_WAIT_MS = 3_000;
const CAPACITY_SPREAD_MS = 4_000;
/** How long to wait when the provider says that it is busy and doesn't say for how long. */
const BUSY_WAIT_MS = 5_000;
const WALLET_WAIT_MS = 60_000;
const NOT_SENT_WAIT_MS = 5_000;
const CHECKPOINT_TRIES = 3;

/** The provider's id of the bought picture. */
export async function buyPicture(context: JobContext, { row, lease }: HeldJob): Promise<StepResult<string>> {
  const hasStarted = await startSubmit(context.db, row.id, lease, {
    leaseMs: SUBMIT_LEASE_MS,
    maxInFlight: context.maxInFlight,
  });
  if (!hasStarted) return { kind: "wait", delayMs: CAPACITY_WAIT_MS + Math.random() * CAPACITY_SPREAD_MS };
  const submitted = await submitGeneration(context.provider, {
    model: row.model,
    prompt: row.prompt,
    quality: row.quality === "high" ? "high" : "medium",
    size: row.providerSize,
    magicPrompt: row.magicPrompt,
    seed: row.seed ?? undefined,
  });
  if (!submitted.ok) return explainRefusal(row.id, submitted.error);
  const { providerGenerationId, seed } = submitted.value;
  const isKept = await keepCheckpoint(context, row.id, lease, providerGenerationId, seed);
  // A lost lease here means that the sweeper has already called the outcome unknown and given the credits back.
  return isKept ? goOn(providerGenerationId) : OVER;
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
      return {
        kind: "wait",
        delayMs: failure.retryAfterSeconds === null ? busyWaitMs() : failure.retryAfterSeconds * 1000,
      };
    case "not_sent":
      return {
        kind: "failed_attempt",
        delayMs: NOT_SENT_WAIT_MS,
        code: "provider_unreachable",
        review: null,
      };
    case "unknown":
      logAlarm("submit_outcome_unknown", { generationId: id, cause: failure.cause, status: failure.status });
      return failed("provider_unreachable", "submit_unknown");
  }
}

function busyWaitMs(): number {
  return BUSY_WAIT_MS * (1 + Math.random());
}

/** The one write that must not be lost: tried again while the lease lasts, since it is what stops a second purchase. */
async function keepCheckpoint(
  context: JobContext,
  id: string,
  lease: string,
  providerGenerationId: string,
  seed: number | null,
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      const checkpoint = { providerGenerationId, seed, leaseMs: POLL_LEASE_MS };
      return await checkpointSubmit(context.db, id, lease, checkpoint);
    } catch (error) {
      logError("checkpoint_failed", error, { generationId: id, providerGenerationId, tries });
      if (tries === CHECKPOINT_TRIES) throw error;
      await context.sleep(500 * tries);
    }
  }
}
