/** Flags and their history as the bodies of the HTTP contract. Pages are given the same objects. */
import type { FlagChangeRow } from "../db/flag-changes.ts";
import type { FlagScheduleRow } from "../db/flag-schedules.ts";
import type { EvaluationContext } from "../flags/context.ts";
import { evaluateFlag, type FlagDetails } from "../flags/evaluate.ts";
import { AUTO, type Authorship, RULES_KEY } from "../flags/keys.ts";
import { toHistoryText } from "../flags/notice-changes.ts";
import { answerOfrep, isFailure, listEvaluableKeys } from "../flags/ofrep.ts";
import { describeReach, judgeReach } from "../flags/reach.ts";
import { FLAG_KEYS, type FlagKey, getDefinition } from "../flags/registry.ts";
import type { FlagSnapshot } from "../flags/snapshot.ts";
import { type Switch, shortenValue } from "../flags/switch-value.ts";
import type {
  AdminFlag,
  FlagChange,
  FlagHistoryRow,
  FlagOverview,
  FlagPlan,
  PersonFlag,
} from "./views/admin/flag-model.ts";

/** Every flag of the table in one context. `last` is the newest row of each flag's history. */
export function presentFlags(
  snapshot: FlagSnapshot,
  last: readonly FlagChangeRow[],
  context: EvaluationContext,
): AdminFlag[] {
  const byKey = new Map(last.map((row) => [row.key, row]));
  return FLAG_KEYS.map((key) => presentFlag(snapshot, evaluateFlag(snapshot, key, context), byKey.get(key)));
}

/** With what a person wants to read beside it. */
export function presentOverviews(
  snapshot: FlagSnapshot,
  last: readonly FlagChangeRow[],
  context: EvaluationContext,
): FlagOverview[] {
  const byKey = new Map(last.map((row) => [row.key, row]));
  return FLAG_KEYS.map((key) => {
    const { name, whenOff, owner, client } = getDefinition(key);
    const details = evaluateFlag(snapshot, key, context);
    return {
      ...presentFlag(snapshot, details, byKey.get(key)),
      name,
      whenOff,
      owner,
      client,
      ...presentChoice(snapshot.flags[key].switch),
      setBy: describeAuthor(snapshot.flags[key].authorship, byKey.get(key)),
      doubt: describeDoubt(snapshot, key),
      problem: details.error === null ? null : `Its rule is not in force. ${details.error.message}`,
    };
  });
}

/** Null when it is the same for everybody. */
function describeDoubt(snapshot: FlagSnapshot, key: FlagKey): string | null {
  const reach = judgeReach(snapshot, key);
  return reach.kind === "some" ? `It ${describeReach(reach)}.` : null;
}

function presentChoice(parsed: Switch): Pick<FlagOverview, "choice" | "share"> {
  switch (parsed.kind) {
    case "auto":
      return { choice: AUTO, share: null };
    case "variant":
      return { choice: parsed.variant, share: null };
    case "percentage":
      return { choice: "share", share: parsed.percentage };
    case "invalid":
      return { choice: "", share: null };
  }
}

/** An address where the history knows one, else what was given by hand, and never an id. */
function describeAuthor({ change, by, via }: Authorship, last: FlagChangeRow | undefined): string | null {
  const row = change === null || last?.changeId === change ? last : undefined;
  if (via === "guard") return "the guard";
  if (via === "wrangler") {
    const who = row?.actorEmail ?? by ?? row?.actor ?? null;
    return who === null ? "wrangler" : `${who} with wrangler`;
  }
  // What changed nothing has no row, and people who have erased their account no address.
  const who = row?.actorEmail ?? "an administrator";
  return via === "schedule" ? `${who}, as planned` : who;
}

export function presentHistoryRow(row: FlagChangeRow): FlagHistoryRow {
  const unknown = row.via === "guard" ? "the guard" : "–";
  const who = row.actorEmail ?? row.actor ?? unknown;
  const { apiKey, ...change } = presentFlagChange(row);
  return {
    ...change,
    id: row.changeId,
    who: apiKey === undefined ? who : `${who}, with the key “${apiKey}”`,
  };
}

export function presentPlan(row: FlagScheduleRow): FlagPlan {
  return {
    id: row.id,
    key: row.key,
    value: row.value,
    at: new Date(row.dueAt).toISOString(),
    by: row.createdByEmail ?? row.createdBy,
    note: row.note,
  };
}

/** What somebody would get, of everything that can be asked for. */
export function presentPersonFlags(snapshot: FlagSnapshot, context: EvaluationContext): PersonFlag[] {
  return listEvaluableKeys(snapshot).map((key) => {
    const answer = answerOfrep(snapshot, key, context);
    if (isFailure(answer)) {
      return { key, variant: "–", value: "the caller's own", reason: answer.errorCode, source: "" };
    }
    const { value, variant = "–", reason, metadata } = answer;
    const text =
      value === undefined ? "the caller's own" : JSON.stringify(value).slice(0, VALUE_SHOWN_CHARACTERS);
    return { key, variant, value: text, reason, source: String(metadata?.["source"] ?? "rules") };
  });
}

const VALUE_SHOWN_CHARACTERS = 80;

function presentFlag(
  snapshot: FlagSnapshot,
  details: FlagDetails,
  last: FlagChangeRow | undefined,
): AdminFlag {
  const definition = getDefinition(details.key);
  return {
    key: details.key,
    type: definition.type,
    critical: definition.critical,
    default: definition.default[snapshot.environment],
    value: details.value,
    variant: details.variant,
    reason: details.reason,
    source: details.source,
    switch: presentSwitch(snapshot, details, last),
  };
}

/** Who and when: from beside the value, else from the history's row about this very value. */
function presentSwitch(
  snapshot: FlagSnapshot,
  { key }: FlagDetails,
  last: FlagChangeRow | undefined,
): AdminFlag["switch"] {
  const { raw, switch: parsed, authorship } = snapshot.flags[key];
  const row = last?.new === toHistoryText(key, raw) ? last : undefined;
  const at = authorship.at ?? row?.at ?? null;
  return {
    raw: raw === null ? null : shortenValue(raw),
    valid: parsed.kind !== "invalid",
    by: authorship.by ?? row?.actor ?? null,
    at: at === null ? null : new Date(at).toISOString(),
    note: row?.note ?? authorship.note,
  };
}

/** The rules are shown as they are; of a switch, what was written down before values were cut may be long. */
export function presentFlagChange(row: FlagChangeRow): FlagChange {
  const present = row.key === RULES_KEY ? (text: string) => text : shortenValue;
  return {
    at: new Date(row.at).toISOString(),
    via: row.via,
    actor: row.actor,
    old: present(row.old),
    new: present(row.new),
    note: row.note,
    ...(row.apiKeyId === null ? {} : { apiKey: row.apiKeyName ?? "one that is gone" }),
  };
}
