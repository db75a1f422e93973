/**
 * Everything about the flags that somebody should know: values that count for nothing, rules that can't be used,
 * a namespace that doesn't answer, keys that no flag has. For the admin page, the doctor and the diagnostics. Pure.
 */
import { listRequired } from "./evaluate.ts";
import { RULES_KEY } from "./keys.ts";
import { FLAG_KEYS, isFlagKey } from "./registry.ts";
import type { FlagSnapshot } from "./snapshot.ts";
import { suggestKey } from "./suggest.ts";

export type FindingCode =
  | "flags_unreadable"
  | "flags_stale"
  | "switch_invalid"
  | "rules_unreadable"
  | "rule_broken"
  | "requirement_unknown"
  | "key_unknown";

export interface FlagFinding {
  severity: "warning" | "error";
  code: FindingCode;
  /** The key in the namespace, or the flag of the document; null when all are meant. */
  key: string | null;
  message: string;
}

export interface UnknownKey {
  key: string;
  didYouMean: string | null;
}

export function describeUnknownKeys(keys: readonly string[]): UnknownKey[] {
  return keys.map((key) => ({ key, didYouMean: suggestKey(key) }));
}

export function listFlagFindings(snapshot: FlagSnapshot, unknown: readonly UnknownKey[]): FlagFinding[] {
  return [
    ...listSourceFindings(snapshot),
    ...listSwitchFindings(snapshot),
    ...listRuleFindings(snapshot),
    ...unknown.map(({ key, didYouMean }) =>
      finding(
        "warning",
        "key_unknown",
        key,
        `${key} is not a flag.${didYouMean === null ? "" : ` Did you mean ${didYouMean}?`}`,
      ),
    ),
  ];
}

function listSourceFindings({ source, readAt }: FlagSnapshot): FlagFinding[] {
  switch (source) {
    case "kv":
      return [];
    case "last_known_good": {
      const since = readAt === null ? "earlier" : `at ${new Date(readAt).toISOString()}`;
      return [finding("warning", "flags_stale", null, `KV does not answer. What was read ${since} holds.`)];
    }
    case "defaults":
      return [
        finding(
          "error",
          "flags_unreadable",
          null,
          "KV does not answer and nothing was read before: the code's defaults hold.",
        ),
      ];
  }
}

function listSwitchFindings(snapshot: FlagSnapshot): FlagFinding[] {
  return FLAG_KEYS.filter((key) => snapshot.flags[key].switch.kind === "invalid").map((key) =>
    finding(
      "error",
      "switch_invalid",
      key,
      `The switch of ${key} says “${(snapshot.flags[key].raw ?? "").slice(0, RAW_SHOWN_CHARACTERS)}”, which means nothing. It changes nothing.`,
    ),
  );
}

const RAW_SHOWN_CHARACTERS = 60;

function listRuleFindings({ document }: FlagSnapshot): FlagFinding[] {
  const problems = document.problems.map(({ key, message }) => {
    if (key === null)
      return finding("error", "rules_unreadable", RULES_KEY, `No rule is in force. ${message}`);
    const severity = isFlagKey(key) ? "error" : "warning";
    return finding(severity, "rule_broken", key, `The rule of ${key} is not in force. ${message}`);
  });
  const requirements = [...document.rules].flatMap(([key, rule]) =>
    listRequired(null, rule)
      .filter((other) => !(isFlagKey(other) || document.rules.has(other)))
      .map((other) =>
        finding(
          "warning",
          "requirement_unknown",
          key,
          `${key} requires ${other}, which is not a flag: it is off.`,
        ),
      ),
  );
  return [...problems, ...requirements];
}

function finding(
  severity: FlagFinding["severity"],
  code: FindingCode,
  key: string | null,
  message: string,
): FlagFinding {
  return { severity, code, key, message };
}
