/**
 * The value of a flag for one person at one moment, and why: the switch beats the rules, the rules beat the code's
 * default. Pure; it never throws for anything that is stored, and always has an answer.
 */
import { type FlagKey, getDefinition, isFlagKey, variantOf } from "./registry.ts";
import type { EvaluationContext, EvaluationErrorCode, JsonValue, Rule, RuleOutcome } from "./rule.ts";
import type { FlagSnapshot, FlagState } from "./snapshot.ts";
import { PERCENTAGE_MAX } from "./switch-value.ts";

export type Reason =
  | "STATIC"
  | "SPLIT"
  | "TARGETING_MATCH"
  | "DEFAULT"
  | "DISABLED"
  /** A flag that this one requires is off. */
  | "PREREQUISITE"
  /** A rule for it is there and can't be used: the code's default holds. */
  | "ERROR";

export type ValueSource = "switch" | "rules" | "default";

export interface FlagDetails {
  key: FlagKey;
  value: boolean;
  variant: string;
  reason: Reason;
  source: ValueSource;
  /** What kept the switch or the rule from counting. */
  error: { code: EvaluationErrorCode | "TYPE_MISMATCH"; message: string } | null;
}

export function evaluateFlag(snapshot: FlagSnapshot, key: FlagKey, context: EvaluationContext): FlagDetails {
  return evaluateWithin(snapshot, key, context, { asking: [], judged: new Map() });
}

/** One question, with all that it leads to. */
interface Inquiry {
  /** The flags whose prerequisites led here: a circle counts as not met. */
  asking: readonly string[];
  /** What was judged on the way: flags that many others require would be asked once for every path to them. */
  judged: Map<string, Requirement>;
}

function evaluateWithin(
  snapshot: FlagSnapshot,
  key: FlagKey,
  context: EvaluationContext,
  inquiry: Inquiry,
): FlagDetails {
  const state = snapshot.flags[key];
  const fallback = getDefinition(key).default[snapshot.environment];
  const switched = evaluateSwitch(key, state, fallback, context);
  if (switched !== null) return switched;
  const required = judgeRequired(snapshot, key, listRequired(key, state.rule), context, inquiry);
  if (required === "unmet") return found(key, false, "off", "PREREQUISITE", "rules");
  if (required === "keyless") return byDefault(key, fallback, "ERROR", KEYLESS);
  if (state.rule !== null) return evaluateByRule(key, state.rule, fallback, context);
  const broken = snapshot.document.problems.find((problem) => problem.key === key || problem.key === null);
  if (broken !== undefined)
    return byDefault(key, fallback, "ERROR", { code: "PARSE_ERROR", message: broken.message });
  return byDefault(key, fallback, "DEFAULT");
}

/** Null when the switch leaves it to the rules. */
function evaluateSwitch(
  key: FlagKey,
  state: FlagState,
  fallback: boolean,
  context: EvaluationContext,
): FlagDetails | null {
  switch (state.switch.kind) {
    case "auto":
    case "invalid":
      return null;
    case "variant": {
      const { variant } = state.switch;
      const value = variant === "on" || state.rule?.variants.get(variant) === true;
      return found(key, value, variant, "STATIC", "switch");
    }
    case "percentage": {
      const isEverybody = state.switch.percentage === PERCENTAGE_MAX;
      if (state.split === null) return found(key, isEverybody, variantOf(isEverybody), "SPLIT", "switch");
      return bySplit(key, state.split, fallback, context);
    }
  }
}

function bySplit(key: FlagKey, split: Rule, fallback: boolean, context: EvaluationContext): FlagDetails {
  const outcome = split.evaluate(context);
  if (outcome.kind === "value") {
    return found(key, outcome.value === true, outcome.variant, "SPLIT", "switch");
  }
  const error =
    outcome.kind === "error"
      ? { code: outcome.code, message: outcome.message }
      : { code: "GENERAL" as const, message: "The share can't be chosen." };
  return byDefault(key, fallback, "ERROR", error);
}

function evaluateByRule(
  key: FlagKey,
  rule: Rule,
  fallback: boolean,
  context: EvaluationContext,
): FlagDetails {
  const outcome = rule.evaluate(context);
  switch (outcome.kind) {
    case "code_default":
      return byDefault(key, fallback, outcome.reason);
    case "error":
      return byDefault(key, fallback, "ERROR", { code: outcome.code, message: outcome.message });
    case "value":
      if (typeof outcome.value !== "boolean") return mismatch(key, outcome.variant, fallback);
      return found(key, outcome.value, outcome.variant, outcome.reason, "rules");
  }
}

function found(
  key: FlagKey,
  value: boolean,
  variant: string,
  reason: Reason,
  source: ValueSource,
): FlagDetails {
  return { key, value, variant, reason, source, error: null };
}

function mismatch(key: FlagKey, variant: string, fallback: boolean): FlagDetails {
  const message = `The variant ${variant} is not true or false.`;
  return byDefault(key, fallback, "ERROR", { code: "TYPE_MISMATCH", message });
}

function byDefault(
  key: FlagKey,
  value: boolean,
  reason: Reason,
  error: FlagDetails["error"] = null,
): FlagDetails {
  return { key, value, variant: variantOf(value), reason, source: "default", error };
}

/** Of the table, and of the rule's metadata: `"requires": "charts, animations"`. */
export function listRequired(key: FlagKey | null, rule: Rule | null): string[] {
  const byRule = rule?.metadata["requires"];
  return [
    ...(key === null ? [] : getDefinition(key).requires),
    ...(typeof byRule === "string" ? byRule.split(",").map((name) => name.trim()) : []),
  ].filter((name) => name !== "");
}

/** keyless: a share of people decides, and the context has nothing to choose by. */
type Requirement = "met" | "unmet" | "keyless";

const KEYLESS = {
  code: "TARGETING_KEY_MISSING",
  message: "A flag that this one requires chooses a share of people, and the context has no targetingKey.",
} as const;

function judgeRequired(
  snapshot: FlagSnapshot,
  key: string,
  required: readonly string[],
  context: EvaluationContext,
  { asking, judged }: Inquiry,
): Requirement {
  const inquiry = { asking: [...asking, key], judged };
  const answers = required.map((other) => {
    const answer = judged.get(other) ?? judgeOne(snapshot, other, context, inquiry);
    judged.set(other, answer);
    return answer;
  });
  if (answers.includes("unmet")) return "unmet";
  return answers.includes("keyless") ? "keyless" : "met";
}

function judgeOne(
  snapshot: FlagSnapshot,
  key: string,
  context: EvaluationContext,
  inquiry: Inquiry,
): Requirement {
  if (inquiry.asking.includes(key)) return "unmet";
  if (isFlagKey(key)) {
    const { value, error } = evaluateWithin(snapshot, key, context, inquiry);
    if (error?.code === KEYLESS.code) return "keyless";
    return value ? "met" : "unmet";
  }
  const outcome = evaluateOtherWithin(snapshot, key, context, inquiry);
  if (outcome?.kind === "error" && outcome.code === KEYLESS.code) return "keyless";
  return outcome?.kind === "value" && outcome.value ? "met" : "unmet";
}

export type OtherOutcome = RuleOutcome | { kind: "prerequisite"; value: JsonValue | undefined };

/** A flag that only the document defines. Null when it doesn't. */
export function evaluateOther(
  snapshot: FlagSnapshot,
  key: string,
  context: EvaluationContext,
): OtherOutcome | null {
  return evaluateOtherWithin(snapshot, key, context, { asking: [], judged: new Map() });
}

function evaluateOtherWithin(
  snapshot: FlagSnapshot,
  key: string,
  context: EvaluationContext,
  inquiry: Inquiry,
): OtherOutcome | null {
  const rule = snapshot.document.rules.get(key);
  if (rule === undefined) {
    const problem = snapshot.document.problems.find((one) => one.key === key);
    return problem === undefined ? null : { kind: "error", code: "PARSE_ERROR", message: problem.message };
  }
  const required = judgeRequired(snapshot, key, listRequired(null, rule), context, inquiry);
  if (required === "met") return rule.evaluate(context);
  if (required === "keyless") return { kind: "error", ...KEYLESS };
  return { kind: "prerequisite", value: [...rule.variants.values()].includes(false) ? false : undefined };
}
