/**
 * The one way in which this product changes a switch or the rules: into KV first, with the change's id beside the
 * value, then into the history. If the history can't be written now, the cron writes it from what is beside the value.
 */
import { logAlarm, logInfo } from "../log.ts";
import { fail, type Result, succeed } from "../result.ts";
import type { FlagJournal, LastChange } from "./journal.ts";
import { type ChangeSource, STORED_KEYS, type StoredKey, type WriteMetadata } from "./keys.ts";
import { rememberWrite } from "./load.ts";
import { initialOf, noticeChanges } from "./notice-changes.ts";
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
  const known = findSame(await noticeFirst(tools, change.now), change);
  const metadata = known === null ? buildMetadata(change) : buildKnownMetadata(known);
  try {
    await writeTwice(tools, change, metadata);
  } catch (cause) {
    return fail({ kind: "store", cause });
  }
  const snapshot = await rememberWrite(tools.store, change.key, change.value, metadata, change.now);
  if (known !== null) return succeed({ snapshot, isRecorded: true });
  logInfo("flag_changed", { key: change.key, via: change.via, change: change.id });
  return succeed({ snapshot, isRecorded: await record(tools.journal, change) });
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

function findSame(last: readonly LastChange[], change: RequestedChange): LastChange | null {
  return last.find(({ key, new: value }) => key === change.key && value === change.value) ?? null;
}

/** What somebody did with wrangler a moment ago gets its own row before ours. The newest change of the other keys. */
async function noticeFirst(tools: ChangeTools, readAt: number): Promise<LastChange[]> {
  try {
    const [values, last] = await Promise.all([readValues(tools.store), tools.journal.listLast(STORED_KEYS)]);
    const noticed = await noticeChanges(tools.journal, last, { values, readAt }, tools.staleReadMs);
    return last.filter(({ key }) => !noticed.some((other) => other === key));
  } catch (error) {
    logAlarm("flag_changes_not_noticed", { error: String(error) });
    return [];
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

/** A switch has to work while the database doesn't: a missing row is written by the next round of the cron. */
async function record(journal: FlagJournal, change: RequestedChange): Promise<boolean> {
  const { id, key, value, via, actor, note, requestId, apiKeyId, now } = change;
  const initial = initialOf(key);
  try {
    await journal.append({
      changeId: id,
      at: now,
      key,
      via,
      actor,
      value,
      note,
      requestId,
      apiKeyId,
      initial,
    });
    return true;
  } catch (error) {
    logAlarm("flag_history_delayed", { key, change: id, error: String(error) });
    return false;
  }
}
