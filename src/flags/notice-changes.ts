/**
 * Compares what the namespace holds with the history, and writes down what the history doesn't know: a change made
 * with wrangler, or one of ours whose row was lost. Run by the cron and before anybody looks or changes something,
 * never by ordinary requests: locations that are behind would invent changes.
 */
import { newId } from "../ids.ts";
import { logInfo } from "../log.ts";
import { DOCUMENT_MAX_CHARACTERS } from "./document.ts";
import type { FlagJournal, JournalEntry, LastChange } from "./journal.ts";
import { AUTO, EMPTY_RULES, parseAuthorship, RULES_KEY, STORED_KEYS, type StoredKey } from "./keys.ts";
import type { Environment } from "./registry.ts";
import type { StoredValue, StoredValues } from "./snapshot.ts";

/** KV may show an old value for a minute and more after a change. The local namespace never does. */
const STALE_READ_MS: Readonly<Record<Environment, number>> = { production: 120_000, development: 0 };

/** `last` is the newest change of each key. Returns the keys whose change was new to the history. */
export async function noticeChanges(
  journal: FlagJournal,
  last: readonly LastChange[],
  values: StoredValues,
  environment: Environment,
): Promise<StoredKey[]> {
  const byKey = new Map(last.map((row) => [row.key, row]));
  const noticed: StoredKey[] = [];
  for (const key of STORED_KEYS) {
    const known = byKey.get(key);
    const entry = toEntry(key, values[key]);
    if (known?.changeId === entry.changeId) continue;
    if (entry.isOurs ? await journal.append(entry) : await isNews(journal, entry, known?.new, environment)) {
      logInfo("flag_change_noticed", { key, via: entry.via });
      noticed.push(key);
    }
  }
  return noticed;
}

async function isNews(
  journal: FlagJournal,
  entry: JournalEntry,
  known: string | undefined,
  environment: Environment,
): Promise<boolean> {
  if ((known ?? entry.initial) === entry.value) return false;
  return journal.appendObserved(entry, STALE_READ_MS[environment]);
}

function toEntry(key: StoredKey, stored: StoredValue): JournalEntry & { isOurs: boolean } {
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
    initial: initialOf(key),
  };
}

export function initialOf(key: StoredKey): string {
  return key === RULES_KEY ? EMPTY_RULES : AUTO;
}

/** An absent key as the word for it; more text than a document may have as its beginning. */
export function toHistoryText(key: StoredKey, value: string | null): string {
  if (value === null) return initialOf(key);
  if (value.length <= DOCUMENT_MAX_CHARACTERS) return value;
  return `${value.slice(0, DOCUMENT_MAX_CHARACTERS)}… (${value.length} characters)`;
}
