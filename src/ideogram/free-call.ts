/**
 * What a failed call means when the call costs nothing: polling may be repeated as often as needed, so doubt is
 * `unreachable` and not, as for a purchase, the end.
 */

import type { Answer, Outcome } from "./call-provider.ts";

export type FreeCallFailure =
  /** Wait, without using up an attempt. */
  | { kind: "busy"; retryAfterSeconds: number | null }
  /** Stop and alarm: no request with this key will succeed. */
  | { kind: "credentials"; status: 401 | 403; message: string }
  /** Stop: the provider understood and said no. */
  | { kind: "rejected"; status: number; message: string }
  /** Try again: server error, network, timeout or an unreadable answer. `status` is null without an answer. */
  | { kind: "unreachable"; status: number | null; message: string };

/** The failure behind an outcome that isn't a readable 2xx answer. */
export function classifyFreeCall(outcome: Outcome): FreeCallFailure {
  if (outcome.kind !== "answer") return { kind: "unreachable", status: null, message: outcome.message };
  const { status, message, retryAfterSeconds } = outcome;
  if (status === 401 || status === 403) return { kind: "credentials", status, message };
  if (status === 429) return { kind: "busy", retryAfterSeconds };
  const isFinal = status >= 400 && status <= 499 && status !== REQUEST_TIMEOUT && status !== TOO_EARLY;
  return { kind: isFinal ? "rejected" : "unreachable", status, message };
}

export function isSuccess(outcome: Outcome): outcome is Answer {
  return outcome.kind === "answer" && outcome.status >= 200 && outcome.status <= 299;
}

const REQUEST_TIMEOUT = 408;
const TOO_EARLY = 425;
