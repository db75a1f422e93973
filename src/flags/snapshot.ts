/**
 * Everything that was read from the namespace at one moment, parsed once. A request evaluates all its flags from one
 * snapshot, so that no page is half on. Pure.
 */
import { type FlagDocument, parseDocument } from "./document.ts";
import { type Authorship, parseAuthorship, RULES_KEY, STORED_KEYS, type StoredKey } from "./keys.ts";
import { type Environment, FLAG_KEYS, type FlagKey } from "./registry.ts";
import { computeRevision } from "./revision.ts";
import { buildSplit, type Rule } from "./rule.ts";
import { PERCENTAGE_MAX, parseSwitch, type Switch } from "./switch-value.ts";

/** One key as the namespace holds it. */
export interface StoredValue {
  /** Null when the key is absent. */
  value: string | null;
  metadata: unknown;
}

export type StoredValues = Readonly<Record<StoredKey, StoredValue>>;

/**
 * kv: read within the documented time. last_known_good: read earlier, because the namespace does not answer now.
 * defaults: nothing could be read at all, so the code's defaults hold.
 */
export type SnapshotSource = "kv" | "last_known_good" | "defaults";

export interface FlagState {
  raw: string | null;
  switch: Switch;
  authorship: Authorship;
  /** The document's rule for this flag, if it loads. */
  rule: Rule | null;
  /** Chooses the people of a percentage; null for any other switch, for nobody and for everybody. */
  split: Rule | null;
}

export interface FlagSnapshot {
  rev: string;
  environment: Environment;
  source: SnapshotSource;
  /** Milliseconds UTC of the read that this comes from; null when there was none. */
  readAt: number | null;
  values: StoredValues;
  flags: Readonly<Record<FlagKey, FlagState>>;
  document: FlagDocument;
  /** Somebody has to be told apart from others: a percentage or a rule by targeting key is in force. */
  needsTargetingKey: boolean;
}

export interface SnapshotFacts {
  environment: Environment;
  source: SnapshotSource;
  readAt: number | null;
  /** Parts that haven't changed are taken from here instead of being parsed again. */
  previous?: FlagSnapshot | null;
}

export const NOTHING_STORED = Object.fromEntries(
  STORED_KEYS.map((key) => [key, { value: null, metadata: null }]),
) as unknown as StoredValues;

export async function buildSnapshot(values: StoredValues, facts: SnapshotFacts): Promise<FlagSnapshot> {
  const { previous, ...own } = facts;
  const texts = Object.fromEntries(STORED_KEYS.map((key) => [key, values[key].value]));
  const rev = await computeRevision(texts);
  const text = values[RULES_KEY].value;
  const document =
    previous?.values[RULES_KEY].value === text && previous !== null && previous !== undefined
      ? previous.document
      : parseDocument(text);
  const flags = Object.fromEntries(
    FLAG_KEYS.map((key) => [key, buildState(key, values[key], document)]),
  ) as Record<FlagKey, FlagState>;
  return { ...own, rev, values, flags, document, needsTargetingKey: hasShares(flags) };
}

function buildState(key: FlagKey, stored: StoredValue, document: FlagDocument): FlagState {
  const rule = document.rules.get(key) ?? null;
  const parsed = parseSwitch(stored.value, listSwitchVariants(rule));
  return {
    raw: stored.value,
    switch: parsed,
    authorship: parseAuthorship(stored.metadata),
    rule,
    split: isShare(parsed) ? buildSplit(key, parsed.percentage) : null,
  };
}

/** The names that a switch may say beside on and off. */
export function listSwitchVariants(rule: Rule | null): string[] {
  return [...(rule?.variants ?? [])].flatMap(([name, value]) => (typeof value === "boolean" ? [name] : []));
}

/** Nobody and everybody need nothing to be told apart by. */
function isShare(parsed: Switch): parsed is Extract<Switch, { kind: "percentage" }> {
  return parsed.kind === "percentage" && parsed.percentage > 0 && parsed.percentage < PERCENTAGE_MAX;
}

function hasShares(flags: Record<FlagKey, FlagState>): boolean {
  return Object.values(flags).some(({ split, rule }) => split !== null || rule?.needsTargetingKey === true);
}
