/**
 * Buys one picture. The provider has no idempotency key and bills every accepted request, so this file sends once,
 * never repeats, and calls every outcome that it can't be sure of `unknown`.
 */

import * as z from "zod/mini";
import { orElse } from "../fields.ts";
import { logInfo, logWarning } from "../log.ts";
import { fail, type Result, succeed } from "../result.ts";
import { type Answer, callProvider, type NoAnswer, type Outcome } from "./call-provider.ts";
import { providerIdSchema } from "./provider-id.ts";
import type { ProviderApi } from "./settings.ts";
import { buildSubmitBody, type GenerationRequest, type UnsupportedRequest } from "./submit-body.ts";

/** To be stored before anything else happens: a lost id is a paid picture that nobody can collect. */
export interface Submitted {
  providerGenerationId: string;
  /** The seed that the provider used; null when it doesn't say. */
  seed: number | null;
}

/** Each kind says what the job must do. No message holds the key or the prompt. */
export type SubmitFailure =
  /** Fail and give back: our request or configuration is wrong, and nothing was sent. */
  | UnsupportedRequest
  /** Retry later: certainly nothing was sent, and nothing bought. */
  | { kind: "not_sent"; message: string }
  /** Fail and give back; never send the same prompt again. Not billed. */
  | { kind: "refused_prompt"; message: string }
  /** Fail and give back: the provider understood and said no. Not billed. */
  | { kind: "rejected"; status: number; message: string }
  /** Fail, give back, alarm: no request with this key will succeed. Not billed. */
  | { kind: "credentials"; status: 401 | 403; message: string }
  /** Wait and alarm: the operator has to fill the provider's wallet or change its plan. Not billed. */
  | { kind: "wallet_empty"; rejectReason: string | null; message: string }
  /** Wait without using up an attempt. Not billed. */
  | { kind: "busy"; retryAfterSeconds: number | null }
  /** Fail, give back, mark for review, never submit again: a picture may have been bought. */
  | { kind: "unknown"; cause: UnknownCause; status: number | null; message: string };

export type UnknownCause = "server_error" | "unexpected_answer" | "network" | "timeout";

export async function submitGeneration(
  api: ProviderApi,
  request: GenerationRequest,
): Promise<Result<Submitted, SubmitFailure>> {
  const { model, quality, size } = request;
  const body = buildSubmitBody(model, request);
  if (!body.ok) return body;
  const path = `/v2/image/generate/${model}`;
  const startedAt = Date.now();
  const outcome = await callProvider(api, { method: "POST", path, body: body.value });
  const result = outcome.kind === "answer" ? readSubmitAnswer(outcome) : fail(explainSilence(outcome));
  const facts = { model, quality, size, status: statusOf(outcome), elapsedMs: Date.now() - startedAt };
  if (result.ok) {
    logInfo("ideogram_accepted", { ...facts, providerGenerationId: result.value.providerGenerationId });
  } else {
    logWarning("ideogram_submit_failed", {
      ...facts,
      kind: result.error.kind,
      rejectReason: rejectReasonOf(outcome),
      message: findLoggableMessage(result.error),
    });
  }
  return result;
}

const acceptanceSchema = z.object({
  generation_id: providerIdSchema,
  seed: orElse(z.nullish(z.int()), null),
});

function readSubmitAnswer(answer: Answer): Result<Submitted, SubmitFailure> {
  if (answer.status < 200 || answer.status > 299) return fail(classifyRefusal(answer));
  // The data of a synchronous answer is left unread: the id leads to the same pictures by the one way that is tested.
  const acceptance = acceptanceSchema.safeParse(answer.json);
  if (acceptance.success) {
    const { generation_id: providerGenerationId, seed } = acceptance.data;
    return succeed({ providerGenerationId, seed: seed ?? null });
  }
  const trouble = answer.bodyTrouble ?? "without a generation id";
  return fail(
    buildUnknown(
      causeOf(answer.bodyTrouble),
      answer.status,
      `The provider's acceptance can't be read (${trouble}).`,
    ),
  );
}

function causeOf(bodyTrouble: Answer["bodyTrouble"]): UnknownCause {
  if (bodyTrouble === "timeout") return "timeout";
  return bodyTrouble === "incomplete" ? "network" : "unexpected_answer";
}

function classifyRefusal(answer: Answer): SubmitFailure {
  const { status, message, rejectReason, retryAfterSeconds } = answer;
  switch (status) {
    case 401:
    case 403:
      return { kind: "credentials", status, message };
    case 402:
      return rejectReason === "inflight_limit"
        ? { kind: "busy", retryAfterSeconds }
        : { kind: "wallet_empty", rejectReason, message };
    case 422:
      return { kind: "refused_prompt", message };
    case 429:
      return { kind: "busy", retryAfterSeconds };
    // A gateway answers this also when it has passed the request on and lost patience.
    case 408:
      return buildUnknown("server_error", status, message);
  }
  if (status >= 400 && status <= 499) return { kind: "rejected", status, message };
  return buildUnknown(status >= 500 ? "server_error" : "unexpected_answer", status, message);
}

function explainSilence({ kind, message }: NoAnswer): SubmitFailure {
  return kind === "not_sent" ? { kind, message } : buildUnknown(kind, null, message);
}

function buildUnknown(cause: UnknownCause, status: number | null, message: string): SubmitFailure {
  return { kind: "unknown", cause, status, message };
}

/** The provider's words, without key and prompt. About a refused prompt they may quote a part of it. */
function findLoggableMessage(failure: SubmitFailure): string | null {
  return "message" in failure && failure.kind !== "refused_prompt" ? failure.message : null;
}

function statusOf(outcome: Outcome): number | null {
  return outcome.kind === "answer" ? outcome.status : null;
}

function rejectReasonOf(outcome: Outcome): string | null {
  return outcome.kind === "answer" ? outcome.rejectReason : null;
}
