/**
 * Whether a flag is on for everybody, for nobody or perhaps not for all, judged by the switch and the document and
 * never by whoever is looking: an administrator for whom it is on must not take it to be on for the customers.
 * Where a rule can't be read without asking it, it counts as not the same for all. Pure.
 */
import { evaluateFlag, listRequired } from "./evaluate.ts";
import { type FlagKey, getDefinition, isFlagKey } from "./registry.ts";
import type { JsonValue, Rule } from "./rule.ts";
import type { FlagSnapshot } from "./snapshot.ts";

export interface FlagReach {
  kind: "everybody" | "some" | "nobody";
  /** What decides it. */
  by: "switch" | "share" | "rule" | "requirement" | "default";
}

export function judgeReach(snapshot: FlagSnapshot, key: FlagKey): FlagReach {
  return judgeWithin(snapshot, key, { asking: [], judged: new Map() });
}

/** As in an evaluation: the flags whose requirements led here, and what was judged on the way. */
interface Inquiry {
  asking: readonly string[];
  judged: Map<string, FlagReach["kind"]>;
}

function judgeWithin(snapshot: FlagSnapshot, key: FlagKey, inquiry: Inquiry): FlagReach {
  const { rule, split, switch: parsed } = snapshot.flags[key];
  if (split !== null) return { kind: "some", by: "share" };
  if (parsed.kind === "variant" || parsed.kind === "percentage") {
    return { kind: kindOf([evaluateFlag(snapshot, key, {}).value]), by: "switch" };
  }
  const fallback = getDefinition(key).default[snapshot.environment];
  const own: FlagReach =
    rule === null
      ? { kind: kindOf([fallback]), by: "default" }
      : { kind: judgeRule(rule, (value) => (typeof value === "boolean" ? value : fallback)), by: "rule" };
  return limitByRequired(snapshot, own, key, listRequired(key, rule), inquiry);
}

/** A requirement can take away and never add. */
function limitByRequired(
  snapshot: FlagSnapshot,
  own: FlagReach,
  key: string,
  required: readonly string[],
  { asking, judged }: Inquiry,
): FlagReach {
  const inquiry = { asking: [...asking, key], judged };
  const kinds = required.map((other) => {
    const kind = judged.get(other) ?? judgeRequired(snapshot, other, inquiry).kind;
    judged.set(other, kind);
    return kind;
  });
  if (kinds.includes("nobody")) return { kind: "nobody", by: "requirement" };
  if (kinds.includes("some") && own.kind === "everybody") return { kind: "some", by: "requirement" };
  return own;
}

function judgeRequired(snapshot: FlagSnapshot, key: string, inquiry: Inquiry): FlagReach {
  if (inquiry.asking.includes(key)) return { kind: "nobody", by: "requirement" };
  if (isFlagKey(key)) return judgeWithin(snapshot, key, inquiry);
  const rule = snapshot.document.rules.get(key);
  if (rule === undefined) return { kind: "nobody", by: "default" };
  const own: FlagReach = { kind: judgeRule(rule, Boolean), by: "rule" };
  return limitByRequired(snapshot, own, key, listRequired(null, rule), inquiry);
}

/** `read` takes undefined for an answer that leaves the value to the code. */
function judgeRule(rule: Rule, read: (value: JsonValue | undefined) => boolean): FlagReach["kind"] {
  if (rule.isDisabled || rule.defect !== null) return kindOf([read(undefined)]);
  if (rule.answers === null) return kindOf([...rule.variants.values(), undefined].map(read));
  return kindOf(rule.answers.map((name) => read(name === null ? undefined : rule.variants.get(name))));
}

function kindOf(values: readonly boolean[]): FlagReach["kind"] {
  if (values.every(Boolean)) return "everybody";
  return values.some(Boolean) ? "some" : "nobody";
}

const CAUSES: Readonly<Record<FlagReach["by"], string>> = {
  switch: "by its switch",
  share: "by its share",
  rule: "by its rule",
  requirement: "by a flag that it requires",
  default: "by its default",
};

/** Without a capital and a full stop. Null when it is on for everybody. */
export function describeReach({ kind, by }: FlagReach): string | null {
  switch (kind) {
    case "everybody":
      return null;
    case "some":
      return `may be off for some people, ${CAUSES[by]}`;
    case "nobody":
      return by === "switch" ? "switched off" : `off for everybody, ${CAUSES[by]}`;
  }
}
