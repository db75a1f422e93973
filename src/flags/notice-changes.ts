/**
 * Compares what the namespace holds with the history, and writes down what the history doesn't know: a change made
 * with wrangler, or one of ours whose row was lost. Run by the cron, before anybody looks or changes something, and when
 * an isolate begins to serve what this product didn't write. Locations that are behind must not invent changes: what
 * held a short while ago is no news.
 */
import { newId } from "../ids.ts";
import { logInfo } from "../log.ts";
import { DOCUMENT_MAX_CHARACTERS } from "./document.ts";
import type { FlagJournal, JournalEntry, LastChange } from "./journal.ts";
import { AUTO, EMPTY_RULES, parseAuthorship, RULES_KEY, STORED_KEYS, type StoredKey } from "./keys.ts";
import type { Environment } from "./registry.ts";
import type { StoredValue, StoredValues } from "./snapshot.ts";
import { shortenValue } from "./switch-value.ts";

/** KV may show an old value for a minute and more after a change. The local namespace shows it as long as we keep it. */
const STALE_READ_MS = 120_000;
const LOCAL_STALE_FACTOR = 1.5;

/** How long after a change an old value is taken for an old copy. */
export function staleReadMsOf(environment: Environment, ttlMs: number): number {
  return environment === "production" ? STALE_READ_MS : ttlMs * LOCAL_STALE_FACTOR;
}

export interface Reading {
  values: StoredValues;
  /** Milliseconds UTC: changes since then aren't in it. */
  readAt: number;
}

/** `last` is the newest change of each key. Returns the keys whose change was new to the history. */
export async function noticeChanges(
  journal: FlagJournal,
  last: readonly LastChange[],
  { values, readAt }: Reading,
  staleReadMs: number,
): Promise<StoredKey[]> {
  const byKey = new Map(last.map((row) => [row.key, row]));
  const noticed: StoredKey[] = [];
  for (const key of STORED_KEYS) {
    const entry = toEntry(key, values[key]);
    if (await notice(journal, byKey.get(key), entry, readAt - staleReadMs)) noticed.push(key);
  }
  return noticed;
}

async function notice(
  journal: FlagJournal,
  known: LastChange | undefined,
  entry: ObservedEntry,
  doubtedSince: number,
): Promise<boolean> {
  const isKnown = (known?.new ?? entry.initial) === entry.value;
  // Also under a mark that has no row: what changes nothing gets none.
  if (isKnown) return false;
  const isNoticed =
    (entry.isOurs && (await journal.append(entry)) !== null) ||
    (await appendObserved(journal, entry, doubtedSince));
  if (isNoticed) logInfo("flag_change_noticed", { key: entry.key, via: entry.via });
  return isNoticed;
}

/** The mark of a change that has its row already, beside another value, was put there by hand, or is an old copy. */
function appendObserved(journal: FlagJournal, entry: ObservedEntry, doubtedSince: number): Promise<boolean> {
  const isOlderChange = entry.isOurs;
  const observed = isOlderChange
    ? { ...entry, changeId: newId(), at: null, via: "wrangler" as const, actor: null, note: null }
    : entry;
  return journal.appendObserved(observed, { doubtedSince, isOlderChange });
}

/** Notices what is in a reading that nobody has compared yet. */
export async function noticeReading(
  journal: FlagJournal,
  reading: Reading,
  staleReadMs: number,
): Promise<StoredKey[]> {
  return noticeChanges(journal, await journal.listLast(STORED_KEYS), reading, staleReadMs);
}

interface ObservedEntry extends JournalEntry {
  /** It carries the mark of one of our own changes. */
  isOurs: boolean;
}

function toEntry(key: StoredKey, stored: StoredValue): ObservedEntry {
  const { change, via, by, at, note } = parseAuthorship(stored.metadata);
  return {
    isOurs: change !== null,
    changeId: change ?? newId(),
    at,
    key,
    via,
    actor: by,
    value: toHistoryText(key, stored.value),
    note,
    requestId: null,
    // Beside the value is who, and not with what: a row that was lost has lost that.
    apiKeyId: null,
    initial: initialOf(key),
  };
}

export function initialOf(key: StoredKey): string {
  return key === RULES_KEY ? EMPTY_RULES : AUTO;
}

/** An absent key as the word for it; more text than a switch or a document may have as its beginning. */
export function toHistoryText(key: StoredKey, value: string | null): string {
  if (value === null) return initialOf(key);
  if (key !== RULES_KEY) return shortenValue(value);
  if (value.length <= DOCUMENT_MAX_CHARACTERS) return value;
  return `${value.slice(0, DOCUMENT_MAX_CHARACTERS).toWellFormed()}… (${value.length} characters)`;
}
