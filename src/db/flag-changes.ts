/**
 * Table flag_changes: every change of a switch or of the rules, who made it, and how. Append-only by trigger.
 * Whether a row is written is decided inside the statement, so that Workers who notice the same thing write it once.
 */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import { buildPage, type Page } from "./page.ts";
import { type Query, runQuery } from "./query.ts";

export type FlagChangeSource = "admin" | "wrangler" | "schedule" | "guard";

export interface NewFlagChange {
  /** The same id never makes a second row. */
  changeId: string;
  /** Milliseconds UTC; null for now. */
  at: number | null;
  key: string;
  via: FlagChangeSource;
  actor: string | null;
  value: string;
  note: string | null;
  requestId: string | null;
  /** Of the key that a program brought. */
  apiKeyId: string | null;
  /** What holds before the first change of a key. */
  initial: string;
}

export interface FlagChangeRow {
  id: number;
  changeId: string;
  at: number;
  key: string;
  via: FlagChangeSource;
  actor: string | null;
  actorEmail: string | null;
  old: string;
  new: string;
  note: string | null;
  apiKeyId: string | null;
  /** Null also for a key that is gone. */
  apiKeyName: string | null;
}

const LAST_CHANGE = "SELECT new FROM flag_changes WHERE key = ?3 ORDER BY id DESC LIMIT 1";

const INSERT_CHANGE = `
  INSERT INTO flag_changes (change_id, at, key, via, actor, old, new, note, request_id, api_key_id)
  SELECT ?1, min(coalesce(?2, ${NOW}), ${NOW}), ?3, ?4, ?5, coalesce(last.new, ?9), ?6, ?7, ?8, ?10
  FROM (SELECT 1) LEFT JOIN (${LAST_CHANGE}) last ON true`;

const IS_NEWS = "coalesce(last.new, ?9) <> ?6";

/** The value that it replaced; null when the change is there already, or changes nothing. */
export async function insertFlagChange(db: D1Database, change: NewFlagChange): Promise<string | null> {
  return bindChange(db, `${INSERT_CHANGE} WHERE ${IS_NEWS} RETURNING old`, change).first<string>("old");
}

/** More changes of one key than anybody makes while a location may be behind. */
const DOUBTED_MAX = 100;

export interface ReadDoubt {
  /** Changes since then, in milliseconds UTC, may be newer than what was read. */
  doubtedSince: number;
  /** The value carries the mark of an older change: an old copy, or somebody's forgery. */
  isOlderChange: boolean;
}

/**
 * A value that was written past this product. False when the history has it, and for what looks like a location's old
 * copy: what held until one of the changes in doubt, or the mark of an older change while there is any. Either counts
 * when it is still there later.
 */
export async function insertObservedFlagChange(
  db: D1Database,
  change: NewFlagChange,
  { doubtedSince, isOlderChange }: ReadDoubt,
): Promise<boolean> {
  const sql = `${INSERT_CHANGE} WHERE ${IS_NEWS}
      AND NOT EXISTS (
        SELECT 1 FROM (SELECT at, old FROM flag_changes WHERE key = ?3 ORDER BY id DESC LIMIT ${DOUBTED_MAX})
        WHERE at > ?11 AND (?12 OR old = ?6)) RETURNING id`;
  const { results } = await bindChange(db, sql, change, doubtedSince, Number(isOlderChange)).all();
  return results.length === 1;
}

function bindChange(db: D1Database, sql: string, change: NewFlagChange, ...more: number[]) {
  const { changeId, at, key, via, actor, value, note, requestId, initial, apiKeyId } = change;
  return db
    .prepare(sql)
    .bind(changeId, at, key, via, actor, value, note, requestId, initial, apiKeyId, ...more);
}

const SELECT_CHANGES = `
  SELECT c.id, c.change_id AS changeId, c.at, c.key, c.via, c.actor, u.email AS actorEmail, c.old, c.new, c.note,
    c.api_key_id AS apiKeyId, k.name AS apiKeyName
  FROM flag_changes c LEFT JOIN users u ON u.id = c.actor LEFT JOIN api_keys k ON k.id = c.api_key_id`;

/** The newest row of each key. At most a hundred keys. */
export function buildLastFlagChangesQuery(db: D1Database, keys: readonly string[]): Query<FlagChangeRow[]> {
  return {
    statement: db
      .prepare(
        `${SELECT_CHANGES} WHERE c.id IN
           (SELECT (SELECT max(id) FROM flag_changes WHERE key = k.value) FROM json_each(?1) k)`,
      )
      .bind(JSON.stringify(keys)),
    parse: (rows: FlagChangeRow[]) => rows,
  };
}

export type FlagChangePage = Page<FlagChangeRow>;

/** One key's changes, newest first. `cursor` is the id of the last row of the page before. */
export function buildFlagHistoryQuery(
  db: D1Database,
  key: string,
  page: { cursor?: number | undefined; limit: number },
): Query<FlagChangePage> {
  return {
    statement: db
      .prepare(`${SELECT_CHANGES} WHERE c.key = ?1 AND c.id < ?2 ORDER BY c.id DESC LIMIT ?3`)
      .bind(key, page.cursor ?? Number.MAX_SAFE_INTEGER, page.limit + 1),
    parse: (rows: FlagChangeRow[]) => buildPage(rows, page.limit),
  };
}

/** One change of a key, for those who want to go back to it. Null when there is none of this id. */
export function buildFlagChangeQuery(
  db: D1Database,
  key: string,
  changeId: string,
): Query<FlagChangeRow | null> {
  return {
    statement: db.prepare(`${SELECT_CHANGES} WHERE c.change_id = ?1 AND c.key = ?2`).bind(changeId, key),
    parse: ([row]: FlagChangeRow[]) => row ?? null,
  };
}

/** The history as the code that changes flags wants it. */
export function buildFlagJournal(db: D1Database) {
  return {
    append: (change: NewFlagChange) => insertFlagChange(db, change),
    appendObserved: (change: NewFlagChange, doubt: ReadDoubt) => insertObservedFlagChange(db, change, doubt),
    listLast: (keys: readonly string[]) => runQuery(buildLastFlagChangesQuery(db, keys)),
  };
}
