/**
 * Asks the provider whether the picture is ready. Asking is free, so every passing failure is asked again at once; a
 * picture that isn't ready is waited for in the queue, where it keeps no other job waiting.
 */
import {
  findGeneration,
  type Poll,
  type PolledPicture,
  type PollFailure,
} from "../ideogram/find-generation.ts";
import { logAlarm, logWarning } from "../log.ts";
import {
  failed,
  failedAttempt,
  goOn,
  type HeldJob,
  type JobContext,
  type JobEnd,
  type StepResult,
} from "./job-context.ts";

export type ReadyPicture = Extract<PolledPicture, { kind: "ready" }>;

/** How long one delivery tries to get an answer before it puts the job down. Well within POLL_LEASE_MS. */
const POLL_BUDGET_MS = 2_500;
const POLLS_MAX = 4;
const POLL_FIRST_DELAY_MS = 700;
const POLL_DELAY_FACTOR = 1.4;
const POLL_MAX_DELAY_MS = 3_000;
/** Between two deliveries of a job whose picture isn't ready: a share of the time that it has taken so far. */
const POLL_PAUSE_SHARE = 0.2;
const POLL_PAUSE_MIN_MS = 1_000;
const POLL_PAUSE_MAX_MS = 10_000;
/** Right after a purchase the provider may not know its own id yet. */
const UNKNOWN_ID_GRACE_MS = 30_000;

export async function awaitPicture(
  context: JobContext,
  { row }: HeldJob,
  providerGenerationId: string,
): Promise<StepResult<ReadyPicture>> {
  const startedAt = Date.now();
  let delayMs = POLL_FIRST_DELAY_MS;
  for (let polls = 1; ; polls++) {
    const polled = await findGeneration(context.provider, providerGenerationId);
    const elapsedMs = Date.now() - startedAt;
    const sinceSubmitMs = (row.sinceSubmitMs ?? 0) + elapsedMs;
    const step = polled.ok
      ? explainPoll(row.id, sinceSubmitMs, polled.value)
      : explainPollFailure(row.id, sinceSubmitMs, polled.error);
    if (polled.ok || step.kind === "failed") return step;
    const nextMs = Math.max(delayMs, askedDelay(polled));
    if (polls === POLLS_MAX || elapsedMs + nextMs > POLL_BUDGET_MS) return step;
    await context.sleep(nextMs);
    delayMs = Math.min(delayMs * POLL_DELAY_FACTOR, POLL_MAX_DELAY_MS);
  }
}

/** What the provider asks for is obeyed: when it is more than this delivery has left, the next one asks. */
function askedDelay(polled: Awaited<ReturnType<typeof findGeneration>>): number {
  if (polled.ok || polled.error.kind !== "busy") return 0;
  return (polled.error.retryAfterSeconds ?? 0) * 1000;
}

function pauseMs(sinceSubmitMs: number): number {
  return Math.min(Math.max(sinceSubmitMs * POLL_PAUSE_SHARE, POLL_PAUSE_MIN_MS), POLL_PAUSE_MAX_MS);
}

function explainPoll(id: string, sinceSubmitMs: number, poll: Poll): StepResult<ReadyPicture> {
  switch (poll.status) {
    case "pending":
      return { kind: "wait", delayMs: pauseMs(sinceSubmitMs) };
    case "failed":
      logWarning("generation_failed_at_provider", { generationId: id, isPolicy: poll.isPolicy });
      return failed(poll.isPolicy ? "prompt_refused" : "provider_failed");
    case "completed":
      return explainPicture(id, poll.picture);
  }
}

function explainPicture(id: string, picture: PolledPicture): StepResult<ReadyPicture> {
  switch (picture.kind) {
    case "ready":
      return goOn(picture);
    case "blocked":
      return failed("picture_blocked");
    case "missing":
      logAlarm("completed_without_picture", { generationId: id });
      return failed("provider_failed", "paid_not_delivered");
  }
}

/** The picture is paid for: what passes is waited out, what doesn't is given back and marked for review. */
function explainPollFailure(id: string, sinceSubmitMs: number, failure: PollFailure): JobEnd {
  switch (failure.kind) {
    case "busy":
      return { kind: "wait", delayMs: (failure.retryAfterSeconds ?? 5) * 1000 };
    case "unknown_id":
      if (sinceSubmitMs < UNKNOWN_ID_GRACE_MS) return { kind: "wait", delayMs: pauseMs(sinceSubmitMs) };
      logAlarm("provider_forgot_generation", { generationId: id });
      return failedAttempt("provider_failed", "paid_not_delivered");
    case "credentials":
      logAlarm("provider_refuses_key", { generationId: id, status: failure.status });
      return failed("provider_failed", "paid_not_delivered");
    case "rejected":
      return failed("provider_failed", "paid_not_delivered");
    case "unreachable":
      return failedAttempt(
        failure.status === null ? "provider_unreachable" : "provider_failed",
        "paid_not_delivered",
      );
  }
}
