/**
 * Everything about the flags that somebody should know, and what to do about it: values that count for nothing, rules
 * that can't be used, a namespace that doesn't answer, keys that no flag has, plans that nobody carries out. For the
 * admin page, the doctor and the diagnostics. Pure.
 */
import { RULES_KEY } from "./keys.ts";
import { FLAG_KEYS, isFlagKey } from "./registry.ts";
import { listRequirementFaults } from "./requirements.ts";
import type { FlagSnapshot } from "./snapshot.ts";
import { suggestKey } from "./suggest.ts";

export type FindingCode =
  | "flags_unreadable"
  | "flags_stale"
  | "switch_invalid"
  | "rules_unreadable"
  | "rule_broken"
  | "requirement_unknown"
  | "requirement_circular"
  | "key_unknown"
  | "plan_overdue";

export interface FlagFinding {
  severity: "warning" | "error";
  code: FindingCode;
  /** The key in the namespace, or the flag of the document; null when all are meant. */
  key: string | null;
  message: string;
  /** What to do about it. */
  fix: string;
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
    ...listProblemFindings(snapshot),
    ...listRequirementFindings(snapshot),
    ...unknown.map((stranger) => findUnknownKey(snapshot, stranger)),
  ];
}

const KV_FIX = "Look at the status of Cloudflare KV and at the binding FLAGS. It is tried again by itself.";

function listSourceFindings({ source, readAt }: FlagSnapshot): FlagFinding[] {
  if (source === "kv") return [];
  const shared = { key: null, fix: KV_FIX };
  if (source === "last_known_good") {
    const since = readAt === null ? "earlier" : `at ${new Date(readAt).toISOString()}`;
    const message = `KV does not answer. What was read ${since} holds.`;
    return [{ severity: "warning", code: "flags_stale", message, ...shared }];
  }
  const message = "KV does not answer and nothing was read before: the code's defaults hold.";
  return [{ severity: "error", code: "flags_unreadable", message, ...shared }];
}

const RAW_SHOWN_CHARACTERS = 60;

function listSwitchFindings({ flags, environment }: FlagSnapshot): FlagFinding[] {
  const where = environment === "production" ? " --remote" : "";
  return FLAG_KEYS.filter((key) => flags[key].switch.kind === "invalid").map((key) => ({
    severity: "error",
    code: "switch_invalid",
    key,
    message: `The switch of ${key} says “${(flags[key].raw ?? "").slice(0, RAW_SHOWN_CHARACTERS)}”, which means nothing. It changes nothing.`,
    fix: `Set it to on, off, auto, a variant of its rule or a share such as 25%: npm run flag -- set ${key} on${where}`,
  }));
}

function listProblemFindings({ document }: FlagSnapshot): FlagFinding[] {
  return document.problems.map(({ key, message }) => {
    const shared = { fix: "Mend it at /admin/flags/rules, where the history has what was there before." };
    if (key === null) {
      const all = `No rule is in force. ${message}`;
      return { severity: "error", code: "rules_unreadable", key: RULES_KEY, message: all, ...shared };
    }
    const severity = isFlagKey(key) ? "error" : "warning";
    return {
      severity,
      code: "rule_broken",
      key,
      message: `The rule of ${key} is not in force. ${message}`,
      ...shared,
    };
  });
}

function listRequirementFindings({ document }: FlagSnapshot): FlagFinding[] {
  return listRequirementFaults(document).map(({ key, kind, message }) => ({
    severity: "warning",
    code: `requirement_${kind}`,
    key,
    message: `The rule of ${key} can't be met. ${message}`,
    fix: "Correct metadata.requires of its rule at /admin/flags/rules.",
  }));
}

function findUnknownKey({ environment }: FlagSnapshot, { key, didYouMean }: UnknownKey): FlagFinding {
  const question = didYouMean === null ? "" : ` Did you mean ${didYouMean}?`;
  return {
    severity: "warning",
    code: "key_unknown",
    key,
    message: `${key} is not a flag.${question}`,
    fix: `Take it out of the namespace: npx wrangler kv key delete --binding FLAGS ${quoteForShell(key)} ${environment === "production" ? "--remote" : "--local"}`,
  };
}

/** A key is whatever somebody wrote: what is shown may be pasted into a terminal. */
function quoteForShell(text: string): string {
  return /^[\w.:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A plan of the switches that is still to be carried out. */
export interface WaitingPlan {
  key: string;
  value: string;
  dueAt: number;
}

/** The cron runs every minute: whoever is later than this has missed it several times. */
const OVERDUE_MS = 3 * 60_000;

export function listPlanFindings(plans: readonly WaitingPlan[], now: number): FlagFinding[] {
  return plans
    .filter(({ dueAt }) => now - dueAt > OVERDUE_MS)
    .map(({ key, value, dueAt }) => ({
      severity: "error",
      code: "plan_overdue",
      key,
      message: `${key} should have become “${value}” at ${new Date(dueAt).toISOString()}, and nobody has done it.`,
      fix: "Look whether the cron runs every minute. The plan is carried out at its next run unless it is called off.",
    }));
}
