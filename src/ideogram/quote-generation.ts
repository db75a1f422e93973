/**
 * Asks what a generation would cost (`dry_run`): it validates key, model and fields, runs nothing, bills nothing.
 * The free way to find out whether the key still works.
 */

import * as z from "zod/mini";
import { logWarning } from "../log.ts";
import { fail, type Result, succeed } from "../result.ts";
import { callProvider } from "./call-provider.ts";
import { classifyFreeCall, type FreeCallFailure, isSuccess } from "./free-call.ts";
import type { ProviderApi } from "./settings.ts";
import { buildSubmitBody, type GenerationRequest, type UnsupportedRequest } from "./submit-body.ts";

/** Money in millionths of a US dollar. */
export interface PriceQuote {
  usdMicros: number;
  isExact: boolean;
  billingIdentifier: string;
}

export type QuoteFailure = FreeCallFailure | UnsupportedRequest;

export async function quoteGeneration(
  api: ProviderApi,
  request: GenerationRequest,
): Promise<Result<PriceQuote, QuoteFailure>> {
  const { model } = request;
  const body = buildSubmitBody(model, request);
  if (!body.ok) return body;
  const path = `/v2/image/generate/${model}?dry_run=true`;
  const outcome = await callProvider(api, { method: "POST", path, body: body.value });
  if (!isSuccess(outcome)) {
    const failure = classifyFreeCall(outcome);
    logWarning("ideogram_quote_failed", { model, kind: failure.kind });
    return fail(failure);
  }
  const quote = quoteSchema.safeParse(outcome.json);
  if (!quote.success) {
    logWarning("ideogram_quote_failed", { model, kind: "unreachable", status: outcome.status });
    const message = "The provider's price quote can't be read.";
    return fail({ kind: "unreachable", status: outcome.status, message });
  }
  const { usd_micros: usdMicros, qualifier, billing_identifier: billingIdentifier } = quote.data;
  return succeed({ usdMicros, isExact: qualifier === "exact", billingIdentifier });
}

const quoteSchema = z.object({
  billing_identifier: z.string(),
  usd_micros: z.int().check(z.nonnegative()),
  qualifier: z.string(),
});
