/** What the history has to be able to do for the code that changes flags. The table itself is below db/. */
import type { ChangeSource, StoredKey } from "./keys.ts";

export interface JournalEntry {
  /** The same id never makes a second row. */
  changeId: string;
  /** Milliseconds UTC; null for now, which nothing in the history is later than. */
  at: number | null;
  key: StoredKey;
  via: ChangeSource;
  /** A person's id, or a name that somebody gave by hand. */
  actor: string | null;
  value: string;
  note: string | null;
  requestId: string | null;
  /** Of the key that a program brought. */
  apiKeyId: string | null;
  /** What holds before the first change of this key. */
  initial: string;
}

export interface LastChange {
  key: string;
  changeId: string;
  at: number;
  via: ChangeSource;
  actor: string | null;
  new: string;
  note: string | null;
}

export interface FlagJournal {
  /** The value that it replaced; null when the change is there already, or changes nothing. */
  append(entry: JournalEntry): Promise<string | null>;
  /** False when the value is no news, or looks like an old copy of the store. */
  appendObserved(
    entry: JournalEntry,
    doubt: { doubtedSince: number; isOlderChange: boolean },
  ): Promise<boolean>;
  /** The newest change of each key. */
  listLast(keys: readonly StoredKey[]): Promise<LastChange[]>;
}
