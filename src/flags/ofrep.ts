/**
 * Evaluations in the words of the OpenFeature Remote Evaluation Protocol 0.3.0. Pure.
 * An answer without `value` tells the client to use its own default.
 */
import { evaluateFlag, evaluateOther, type FlagDetails } from "./evaluate.ts";
import { FLAG_KEYS, isFlagKey } from "./registry.ts";
import type { EvaluationContext, EvaluationErrorCode, JsonValue } from "./rule.ts";
import type { FlagSnapshot } from "./snapshot.ts";

export interface OfrepSuccess {
  key: string;
  reason: "STATIC" | "TARGETING_MATCH" | "SPLIT" | "DISABLED" | "DEFAULT";
  variant?: string;
  value?: JsonValue;
  metadata?: Record<string, string | number | boolean>;
}

export interface OfrepFailure {
  key: string;
  errorCode: EvaluationErrorCode | "FLAG_NOT_FOUND" | "INVALID_CONTEXT";
  errorDetails?: string;
}

export type OfrepAnswer = OfrepSuccess | OfrepFailure;

export function isFailure(answer: OfrepAnswer): answer is OfrepFailure {
  return "errorCode" in answer;
}

/** Every flag that can be asked for: the product's own, and those of the document. */
export function listEvaluableKeys(snapshot: FlagSnapshot): string[] {
  return [...new Set<string>([...FLAG_KEYS, ...snapshot.document.keys])];
}

export function answerOfrep(snapshot: FlagSnapshot, key: string, context: EvaluationContext): OfrepAnswer {
  return isFlagKey(key)
    ? answerOwn(snapshot, evaluateFlag(snapshot, key, context))
    : answerOther(snapshot, key, context);
}

/** The product goes on with its default when a rule is broken, and clients have to do the same as the product. */
function answerOwn(snapshot: FlagSnapshot, details: FlagDetails): OfrepAnswer {
  const { key, value, variant, source, error } = details;
  if (error?.code === "TARGETING_KEY_MISSING") {
    return { key, errorCode: error.code, errorDetails: error.message };
  }
  const metadata = {
    ...snapshot.flags[key].rule?.metadata,
    source,
    ...(error === null ? {} : { error: error.code }),
  };
  return { key, value, variant, reason: toReason(details.reason), metadata };
}

function toReason(reason: FlagDetails["reason"]): OfrepSuccess["reason"] {
  if (reason === "ERROR") return "DEFAULT";
  return reason === "PREREQUISITE" ? "DISABLED" : reason;
}

function answerOther(snapshot: FlagSnapshot, key: string, context: EvaluationContext): OfrepAnswer {
  const outcome = evaluateOther(snapshot, key, context);
  if (outcome === null) return notFound(key);
  const given = snapshot.document.rules.get(key)?.metadata ?? {};
  const metadata = Object.keys(given).length === 0 ? {} : { metadata: given };
  switch (outcome.kind) {
    case "value":
      return { key, value: outcome.value, variant: outcome.variant, reason: outcome.reason, ...metadata };
    case "code_default":
      return { key, reason: outcome.reason, ...metadata };
    case "prerequisite":
      return {
        key,
        reason: "DISABLED",
        ...(outcome.value === undefined ? {} : { value: outcome.value }),
        ...metadata,
      };
    case "error":
      return { key, errorCode: outcome.code, errorDetails: outcome.message };
  }
}

export function notFound(key: string): OfrepFailure {
  return {
    key,
    errorCode: "FLAG_NOT_FOUND",
    errorDetails: "There is no flag of this name, or it is not for you.",
  };
}
