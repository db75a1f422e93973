/**
 * One flag of a flagd document, ready to be evaluated. The only file that knows @openfeature/flagd-core.
 * Each flag is loaded on its own, so that a broken one never takes its neighbours with it; the library's default
 * mode compiles rules with `new Function`, which Workers forbid, so it runs as an interpreter.
 */
import type { EvaluationContext, FlagMetadata, JsonValue, Logger } from "@openfeature/core";
import { type FeatureFlag, FlagdCore, MemoryStorage } from "@openfeature/flagd-core";
import * as z from "zod/mini";
import { fail, type Result, succeed } from "../result.ts";
import { isJsonObject, type JsonObject, parseJson } from "./json.ts";
import { findForeignOperator } from "./operators.ts";
import { shortenValue } from "./switch-value.ts";
import { listPossibleAnswers } from "./targeting-answers.ts";
import { needsTargetingKey } from "./targeting-key.ts";

export type { EvaluationContext, JsonValue } from "@openfeature/core";

/** The error codes of the OpenFeature specification that an evaluation can end with. */
export type EvaluationErrorCode = "PARSE_ERROR" | "TARGETING_KEY_MISSING" | "GENERAL";

export type RuleOutcome =
  | {
      kind: "value";
      value: JsonValue;
      variant: string;
      reason: "STATIC" | "TARGETING_MATCH" | "DEFAULT";
    }
  /** The rule leaves the value to the code's own default. */
  | { kind: "code_default"; reason: "DEFAULT" | "DISABLED" }
  | { kind: "error"; code: EvaluationErrorCode; message: string };

export interface Rule {
  key: string;
  isDisabled: boolean;
  variants: ReadonlyMap<string, JsonValue>;
  metadata: FlagMetadata;
  /** Set when the targeting can't be evaluated at all, whoever asks. */
  defect: string | null;
  /** A share of people is chosen by the context's targeting key: without one there is no answer. */
  needsTargetingKey: boolean;
  /** Every variant that it may answer with, null where it leaves the value to the code; null when that is computed. */
  answers: readonly (string | null)[] | null;
  evaluate(context: EvaluationContext): RuleOutcome;
}

const SILENT: Logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };

/** Whatever the library has to say is in its return values too. */
function ignore(): void {
  // Its log lines would name flags and rules once a request.
}

/** `definition` has its $ref replaced already. The error says what is wrong with it, in the library's words. */
export function loadRule(key: string, definition: JsonObject, metadata: FlagMetadata): Result<Rule, string> {
  const foreign = findForeignOperator(definition["targeting"]);
  if (foreign === null) return loadWith(key, definition, metadata, null);
  const { targeting: _, ...untargeted } = definition;
  return loadWith(key, untargeted, metadata, `Its targeting uses “${foreign}”, which flagd doesn't define.`);
}

/** `defect` is what is known to be wrong with a targeting that `definition` then doesn't have. */
function loadWith(
  key: string,
  definition: JsonObject,
  metadata: FlagMetadata,
  defect: string | null,
): Result<Rule, string> {
  const stray = findStrayDefault(definition);
  if (stray !== null) return fail(stray);
  const core = new FlagdCore(undefined, SILENT, { disableDynamicCodeGeneration: true });
  try {
    core.setConfigurations(JSON.stringify({ flags: { [key]: definition }, metadata }));
  } catch (error) {
    return fail(describeDefect(error));
  }
  const flag = core.getFlag(key);
  if (flag === undefined) return fail("The key can't be used.");
  return succeed(toRule(flag, definition["targeting"], defect));
}

/** The library says this one of a list that it can't print. */
function findStrayDefault({ variants, defaultVariant }: JsonObject): string | null {
  if (typeof defaultVariant !== "string" || defaultVariant === "" || !isJsonObject(variants)) return null;
  if (Object.hasOwn(variants, defaultVariant)) return null;
  const names = Object.keys(variants).join(", ");
  const known = names === "" ? "it has none" : shortenValue(names);
  return `Its default variant ${shortenValue(defaultVariant)} is none of its variants: ${known}.`;
}

function toRule(flag: FeatureFlag, targeting: unknown, known: string | null): Rule {
  const needsKey = needsTargetingKey(targeting);
  const defect = known ?? findDefect(flag);
  return {
    key: flag.key,
    isDisabled: flag.state === "DISABLED",
    variants: flag.variants,
    metadata: flag.metadata,
    defect,
    needsTargetingKey: needsKey,
    answers: listAnswers(flag, targeting),
    evaluate: (context) => evaluateRule(flag, needsKey, known, context),
  };
}

function listAnswers(flag: FeatureFlag, targeting: unknown): Rule["answers"] {
  const isTargeted = typeof targeting === "string" || isFilled(targeting);
  const answers = isTargeted ? listPossibleAnswers(targeting) : [null];
  return answers?.map((name) => name ?? flag.defaultVariant ?? null) ?? null;
}

/** Any other targeting is none, to the library. */
function isFilled(targeting: unknown): boolean {
  return typeof targeting === "object" && targeting !== null && Object.keys(targeting).length > 0;
}

function findDefect(flag: FeatureFlag): string | null {
  const probe = evaluateSafely(flag, {});
  return probe.kind === "error" && probe.code === "PARSE_ERROR" ? probe.message : null;
}

function evaluateRule(
  flag: FeatureFlag,
  needsKey: boolean,
  defect: string | null,
  context: EvaluationContext,
): RuleOutcome {
  // DISABLED means "use the code's default" in flagd, not "off": with a default of true it is on.
  if (flag.state === "DISABLED") return { kind: "code_default", reason: "DISABLED" };
  if (needsKey && !context.targetingKey) {
    return {
      kind: "error",
      code: "TARGETING_KEY_MISSING",
      message: "This rule chooses a share of people, and the context has no targetingKey to choose by.",
    };
  }
  if (defect !== null) return { kind: "error", code: "PARSE_ERROR", message: defect };
  return evaluateSafely(flag, context);
}

/** The library answers most faults by itself. One that it throws must not be the fault of every flag beside it. */
function evaluateSafely(flag: FeatureFlag, context: EvaluationContext): RuleOutcome {
  try {
    return toOutcome(flag.evaluate(context));
  } catch (error) {
    return { kind: "error", code: "GENERAL", message: describeDefect(error) };
  }
}

function toOutcome(details: ReturnType<FeatureFlag["evaluate"]>): RuleOutcome {
  if (details.reason === "ERROR") {
    const code = details.errorCode === "PARSE_ERROR" ? "PARSE_ERROR" : "GENERAL";
    return { kind: "error", code, message: details.errorMessage ?? PARSE_DEFECT };
  }
  if (details.value === undefined || details.variant === undefined) {
    return { kind: "code_default", reason: "DEFAULT" };
  }
  return { kind: "value", value: details.value, variant: details.variant, reason: toReason(details.reason) };
}

function toReason(reason: string | undefined): "STATIC" | "TARGETING_MATCH" | "DEFAULT" {
  return reason === "STATIC" || reason === "TARGETING_MATCH" ? reason : "DEFAULT";
}

function describeDefect(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message.replaceAll(/\s+/g, " ") : String(cause);
}

const PARSE_DEFECT = "The targeting can't be evaluated.";

/** On for a sticky share of people; a person who is in stays in while the share grows. */
export function buildSplit(key: string, percentage: number): Rule {
  const on = Math.round(percentage * BUCKETS_PER_PERCENT);
  const loaded = loadRule(
    key,
    {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "off",
      targeting: {
        fractional: [
          ["on", on],
          ["off", 100 * BUCKETS_PER_PERCENT - on],
        ],
      },
    },
    {},
  );
  if (!loaded.ok) throw new Error(`buildSplit: ${loaded.error}`);
  return loaded.value;
}

const BUCKETS_PER_PERCENT = 100;

// The library's first evaluation costs tens of milliseconds of compilation: paid while the isolate starts, not by
// the first request.
buildSplit("warm-up", 50).evaluate({ targetingKey: "warm-up" });

const SCHEMA_PROBLEMS_MAX = 10;
const SCHEMA_ERRORS_START = /^[^[]*/;

const schemaErrors = z.array(z.object({ instancePath: z.string(), message: z._default(z.string(), "") }));

/** What the published JSON schema of flagd documents says against this one. Many things that it refuses work anyway. */
export function listSchemaProblems(document: JsonObject): { field: string; message: string }[] {
  const storage = new MemoryStorage(SILENT, { disableDynamicCodeGeneration: true });
  // Without them nothing is replaced: the library does it on the text, without a bound.
  const { $evaluators: _, ...checked } = document;
  try {
    storage.setConfigurations(JSON.stringify(checked), true);
    return [];
  } catch (error) {
    const parsed = parseJson(describeDefect(error).replace(SCHEMA_ERRORS_START, ""));
    const errors = schemaErrors.safeParse(parsed.ok ? parsed.value : null);
    if (!errors.success) return [];
    const problems = errors.data.map(({ instancePath, message }) => ({
      field: instancePath.slice(1).replaceAll("/", ".") || "document",
      message: `The flagd schema says: ${message}.`,
    }));
    // It says the same once for each shape that it has tried.
    const unique = new Map(problems.map((problem) => [`${problem.field} ${problem.message}`, problem]));
    return [...unique.values()].slice(0, SCHEMA_PROBLEMS_MAX);
  }
}
