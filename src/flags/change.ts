/**
 * The one way in which this product changes a switch or the rules: into KV first, with the change's id beside the
 * value, then into the history. If the history can't be written now, the cron writes it from what is beside the value.
 */
import { logAlarm, logInfo } from "../log.ts";
import { fail, type Result, succeed } from "../result.ts";
import type { FlagJournal, LastChange } from "./journal.ts";
import { type ChangeSource, STORED_KEYS, type StoredKey, type WriteMetadata } from "./keys.ts";
import { rememberWrite } from "./load.ts";
import { initialOf, noticeChanges, toHistoryText } from "./notice-changes.ts";
import type { FlagSnapshot } from "./snapshot.ts";
import { type FlagStore, readValues, writeValue } from "./store.ts";

/** KV takes one write a second for a key. */
const WRITE_RETRY_MS = 1_100;

export interface ChangeTools {
  store: FlagStore;
  journal: FlagJournal;
  /** See staleReadMsOf. */
  staleReadMs: number;
  sleep: (ms: number) => Promise<void>;
}

export interface RequestedChange {
  /** A new id; the same one makes the same change again without a second row. */
  id: string;
  key: StoredKey;
  value: string;
  via: ChangeSource;
  actor: string | null;
  note: string | null;
  requestId: string | null;
  /** Of the key that a program brought. */
  apiKeyId: string | null;
  /** Milliseconds UTC. */
  now: number;
}

export interface AppliedChange {
  /** What this isolate serves from now on; null when it has served nothing yet. */
  snapshot: FlagSnapshot | null;
  /** False when the history is behind and the cron has to catch up. */
  isRecorded: boolean;
}

export type ChangeFailure = { kind: "store"; cause: unknown };

export async function changeValue(
  tools: ChangeTools,
  change: RequestedChange,
): Promise<Result<AppliedChange, ChangeFailure>> {
  const { same, value } = await lookBefore(tools, change);
  const metadata = same === null ? buildMetadata(change) : buildKnownMetadata(same);
  try {
    const snapshot = await write(tools, change, metadata);
    if (same !== null) return succeed({ snapshot, isRecorded: true });
    logInfo("flag_changed", { key: change.key, via: change.via, change: change.id });
    const recorded = await record(tools.journal, change);
    if (recorded.replaced === null || value === null || recorded.replaced === value) {
      return succeed({ snapshot, isRecorded: recorded.isRecorded });
    }
    // Somebody else changed it at the same time, and nobody knows whose write came last: the history decides.
    return succeed({ snapshot: await write(tools, change, metadata), isRecorded: true });
  } catch (cause) {
    return fail({ kind: "store", cause });
  }
}

/** To KV, and into what this isolate serves. */
async function write(
  tools: ChangeTools,
  change: RequestedChange,
  metadata: WriteMetadata,
): Promise<FlagSnapshot | null> {
  await writeTwice(tools, change, metadata);
  return rememberWrite(tools.store, change.key, change.value, metadata, change.now);
}

function buildMetadata({ id, via, actor, now, note }: RequestedChange): WriteMetadata {
  return { change: id, via, by: actor, at: now, note };
}

/**
 * What holds already is written all the same, because what was read may be an old copy: under the mark of the change
 * that made it so, and without another row.
 */
function buildKnownMetadata({ changeId, via, actor, at, note }: LastChange): WriteMetadata {
  return { change: changeId, via, by: actor, at, note };
}

interface Before {
  /** The newest change, if it made the value what it shall become. */
  same: LastChange | null;
  /** What the history has; null when it can't be asked. */
  value: string | null;
}

/** What somebody did with wrangler a moment ago gets its own row before ours. */
async function lookBefore(tools: ChangeTools, { key, value, now }: RequestedChange): Promise<Before> {
  try {
    const [values, last] = await Promise.all([readValues(tools.store), tools.journal.listLast(STORED_KEYS)]);
    const noticed = await noticeChanges(tools.journal, last, { values, readAt: now }, tools.staleReadMs);
    if (noticed.includes(key)) return { same: null, value: toHistoryText(key, values[key].value) };
    const newest = last.find((row) => row.key === key);
    return { same: newest?.new === value ? newest : null, value: newest?.new ?? initialOf(key) };
  } catch (error) {
    logAlarm("flag_changes_not_noticed", { error: String(error) });
    return { same: null, value: null };
  }
}

async function writeTwice(
  tools: ChangeTools,
  change: RequestedChange,
  metadata: WriteMetadata,
): Promise<void> {
  try {
    await writeValue(tools.store, change.key, change.value, metadata);
  } catch {
    await tools.sleep(WRITE_RETRY_MS);
    await writeValue(tools.store, change.key, change.value, metadata);
  }
}

interface Recorded {
  isRecorded: boolean;
  /** The value before it, by the history; null without a new row. */
  replaced: string | null;
}

/** A switch has to work while the database doesn't: a missing row is written by the next round of the cron. */
async function record(journal: FlagJournal, change: RequestedChange): Promise<Recorded> {
  const { id, key, value, via, actor, note, requestId, apiKeyId, now } = change;
  const entry = { changeId: id, at: now, key, via, actor, value, note, requestId, apiKeyId };
  try {
    return { isRecorded: true, replaced: await journal.append({ ...entry, initial: initialOf(key) }) };
  } catch (error) {
    logAlarm("flag_history_delayed", { key, change: id, error: String(error) });
    return { isRecorded: false, replaced: null };
  }
}
