/** What a job needs to run, and what it says when a delivery is over. */
import type { JobRow, ReviewReason } from "../db/generation-jobs.ts";
import type { IdeogramSettings } from "../ideogram/settings.ts";
import type { FailureCode } from "./failures.ts";
import type { GenerationMessage } from "./message.ts";

export interface JobContext {
  db: D1Database;
  bucket: R2Bucket;
  images: ImagesBinding;
  queue: Queue<GenerationMessage>;
  provider: IdeogramSettings;
  /** Pictures at the provider at one time, over all people. */
  maxInFlight: number;
  maxAgeMs: number;
  /** False while the flag cloud_services is off for this person: their jobs wait, held and unpaid. */
  isCloudOn: (userId: string) => Promise<boolean>;
  sleep: (ms: number) => Promise<void>;
}

/** A job that this delivery holds by its lease. */
export interface HeldJob {
  row: JobRow;
  lease: string;
}

/** How a step ends: the delivery is over, or the job goes on with a value. */
export type StepResult<Value> = { kind: "go_on"; value: Value } | JobEnd;

/** Every failure of a job says whether it can be retried, and the consumer obeys it. */
export type JobEnd =
  /** Ended, or somebody else's: nothing is left to do for this message. */
  | { kind: "over" }
  /** Waiting for something that is not the job's fault: no attempt is used up. */
  | { kind: "wait"; delayMs: number }
  /** This attempt failed, another may succeed; `code` and `review` are for the last one. */
  | { kind: "failed_attempt"; delayMs: number; code: FailureCode; review: ReviewReason | null }
  /** No attempt can succeed: the credits go back now. */
  | { kind: "failed"; code: FailureCode; review: ReviewReason | null };

export function goOn<Value>(value: Value): StepResult<Value> {
  return { kind: "go_on", value };
}

export const OVER: JobEnd = { kind: "over" };

export function failed(code: FailureCode, review: ReviewReason | null = null): JobEnd {
  return { kind: "failed", code, review };
}

/** What makes an attempt fail is waited out for a moment. */
const FAILED_ATTEMPT_PAUSE_MS = 5_000;

export function failedAttempt(code: FailureCode, review: ReviewReason | null = null): JobEnd {
  return { kind: "failed_attempt", delayMs: FAILED_ATTEMPT_PAUSE_MS, code, review };
}

/**
 * A delivery holds a job at most this long before another may take it over, in milliseconds. Each is longer than the
 * longest that its step may take: a call to the provider has 30 s, a download 60 s, a crop 30 s.
 */
export const CLAIM_LEASE_MS = 60_000;
/** Shorter, because a process that dies here leaves a purchase of unknown outcome: given back within two minutes. */
export const SUBMIT_LEASE_MS = 45_000;
export const POLL_LEASE_MS = 60_000;
export const DOWNLOAD_LEASE_MS = 120_000;
export const STORE_LEASE_MS = 90_000;
