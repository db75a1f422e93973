/** The bodies of the flags API, which the flag pages are given as they are. */

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
}
