/** Asks the provider how a bought picture is doing. Free, so it may be asked again after any failure. */

import * as z from "zod/mini";
import { orElse } from "../fields.ts";
import { logWarning } from "../log.ts";
import { fail, type Result, succeed } from "../result.ts";
import { type Answer, callProvider, type Outcome } from "./call-provider.ts";
import { classifyFreeCall, type FreeCallFailure, isSuccess } from "./free-call.ts";
import { providerIdSchema } from "./provider-id.ts";
import { redactText } from "./provider-message.ts";
import type { ProviderApi } from "./settings.ts";

export type Poll =
  | { status: "pending" }
  /** Not billed. `isPolicy`: the provider's rules were the reason, so the same prompt will fail again. */
  | { status: "failed"; reason: string | null; isPolicy: boolean }
  | { status: "completed"; picture: PolledPicture };

/** One picture was asked for, so one is looked at. */
export type PolledPicture =
  | { kind: "ready"; url: string; seed: number | null }
  /** The picture was made, judged unsafe and withheld. Billed to us; the same prompt would be billed again. */
  | { kind: "blocked" }
  /** Completed without a picture: the provider broke its contract. */
  | { kind: "missing" };

export type PollFailure =
  | FreeCallFailure
  /** The provider doesn't know the id: normal for some seconds after submitting, final later. */
  | { kind: "unknown_id"; message: string };

export async function findGeneration(
  api: ProviderApi,
  providerGenerationId: string,
): Promise<Result<Poll, PollFailure>> {
  if (!providerIdSchema.safeParse(providerGenerationId).success) {
    return fail({ kind: "unknown_id", message: "This can't be an id of the provider." });
  }
  const path = `/v2/generations/${encodeURIComponent(providerGenerationId)}`;
  const outcome = await callProvider(api, { method: "GET", path });
  const poll = isSuccess(outcome) ? readPoll(outcome, providerGenerationId) : null;
  if (poll !== null) return succeed(poll);
  const failure = explainFailure(outcome);
  logWarning("ideogram_poll_failed", {
    providerGenerationId,
    kind: failure.kind,
    status: outcome.kind === "answer" ? outcome.status : null,
    message: "message" in failure ? failure.message : null,
  });
  return fail(failure);
}

const POLICY_REASON = /policy|safety|unsafe|moderat|prohibited/i;

const pollSchema = z.object({
  generation_id: z.nullish(z.string()),
  status: z.enum(["pending", "failed", "completed"]),
  failure_reason: orElse(z.nullish(z.string()), null),
  data: orElse(z.nullish(z.array(z.unknown())), null),
});

const pictureSchema = z.object({
  object_type: z.nullish(z.string().check(z.startsWith("image."))),
  url: z.nullish(z.string()),
  is_image_safe: z.nullish(z.boolean()),
  seed: orElse(z.nullish(z.int()), null),
});

function explainFailure(outcome: Outcome): PollFailure {
  if (outcome.kind === "answer" && outcome.status === 404) {
    return { kind: "unknown_id", message: outcome.message };
  }
  if (!isSuccess(outcome)) return classifyFreeCall(outcome);
  return { kind: "unreachable", status: outcome.status, message: "The provider's answer can't be read." };
}

/** null when the body isn't a poll's, or is another generation's: that picture could be somebody else's. */
function readPoll(answer: Answer, providerGenerationId: string): Poll | null {
  const body = pollSchema.safeParse(answer.json);
  if (!body.success) return null;
  const { generation_id, status, failure_reason, data } = body.data;
  if ((generation_id ?? providerGenerationId) !== providerGenerationId) return null;
  switch (status) {
    case "pending":
      return { status };
    case "failed":
      return { status, ...readFailureReason(failure_reason ?? "") };
    case "completed":
      return { status, picture: readPicture(data?.[0]) };
  }
}

function readFailureReason(text: string): { reason: string | null; isPolicy: boolean } {
  const reason = redactText(text, []);
  return { reason: reason === "" ? null : reason, isPolicy: POLICY_REASON.test(reason) };
}

function readPicture(entry: unknown): PolledPicture {
  const picture = pictureSchema.safeParse(entry);
  if (!picture.success) return { kind: "missing" };
  const { url, is_image_safe, seed } = picture.data;
  // The docs call the address of an unsafe picture empty, the schema null or absent: all three occur.
  if (is_image_safe === false || url === undefined || url === null || url === "") return { kind: "blocked" };
  return { kind: "ready", url, seed: seed ?? null };
}
