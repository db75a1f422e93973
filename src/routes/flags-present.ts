/** Flags and their history as the bodies of the HTTP contract. Pages are given the same objects. */
import type { FlagChangeRow } from "../db/flag-changes.ts";
import type { FlagDetails } from "../flags/evaluate.ts";
import { getDefinition } from "../flags/registry.ts";
import type { FlagSnapshot } from "../flags/snapshot.ts";
import type { AdminFlag, FlagChange } from "./views/admin/flag-model.ts";

/** `last` is the newest row of the flag's history, if there is one. */
export function presentFlag(
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
  const row = last?.new === (raw ?? "auto") ? last : undefined;
  const at = authorship.at ?? row?.at ?? null;
  return {
    raw,
    valid: parsed.kind !== "invalid",
    by: authorship.by ?? row?.actor ?? null,
    at: at === null ? null : new Date(at).toISOString(),
    note: row?.note ?? authorship.note,
  };
}

export function presentFlagChange(row: FlagChangeRow): FlagChange {
  return {
    at: new Date(row.at).toISOString(),
    via: row.via,
    actor: row.actor,
    old: row.old,
    new: row.new,
    note: row.note,
  };
}
