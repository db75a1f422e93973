/** The bodies of the flags API, which the flag pages are given as they are, and what only pages show. */

export type FlagVia = "admin" | "wrangler" | "schedule" | "guard";

export interface AdminFlag {
  key: string;
  type: string;
  critical: boolean;
  default: boolean;
  value: boolean;
  variant: string;
  reason: string;
  source: "switch" | "rules" | "default";
  /** What the namespace holds under the flag's key; raw is null when the key is absent. */
  switch: { raw: string | null; valid: boolean; by: string | null; at: string | null; note: string | null };
}

/** One row of the history. */
export interface FlagChange {
  at: string;
  via: FlagVia;
  actor: string | null;
  old: string;
  new: string;
  note: string | null;
  /** The name of the key that a program brought. */
  apiKey?: string;
}

/** A flag with what a person wants to read beside it. */
export interface FlagOverview extends AdminFlag {
  name: string;
  whenOff: string;
  owner: string;
  client: boolean;
  /** What the switch says, whatever word it uses for it: on, off, auto, share or a variant. Empty when it says nothing. */
  choice: string;
  /** Percent of all people, while the switch chooses a share. */
  share: number | null;
  /** Who set the switch, in words: an address where there is one. */
  setBy: string | null;
  /** A sentence while it is on for some people and may be off for others, whoever is looking. */
  doubt: string | null;
  /** What keeps the switch or the rule from counting. */
  problem: string | null;
}

export interface FlagFinding {
  severity: "warning" | "error";
  message: string;
  fix: string;
}

/** A switch that will be made. */
export interface FlagPlan {
  id: string;
  key: string;
  value: string;
  at: string;
  by: string;
  note: string | null;
}

/** A row of the history with a name for whoever did it, and its id for going back. */
export interface FlagHistoryRow extends FlagChange {
  id: string;
  who: string;
}

/** What somebody would get. */
export interface PersonFlag {
  key: string;
  variant: string;
  value: string;
  reason: string;
  source: string;
}

export interface FlagGuard {
  isArmed: boolean;
  /** Of the last minutes; null while nothing is counted. */
  counts: { onSamples: number; onErrors: number; offSamples: number; offErrors: number } | null;
}

export type DiffLine =
  | { kind: "same" | "added" | "removed"; text: string }
  | { kind: "skipped"; count: number };
