/**
 * Table rate_counters: how often something happened lately, by a key that names no person. Each second with an event
 * is a row, so a window slides, and a key never has more rows than its limit lets through.
 */

export interface Limit {
  /** What is counted, already without addresses: see auth/limits.ts. */
  key: string;
  windowMs: number;
  max: number;
  /** An event counts here only while this other key is below its own maximum in the same window. */
  share?: { key: string; max: number };
}

export interface TakeOutcome {
  isTaken: boolean;
  /** The keys that now hold this event, and when: what giveBack needs. */
  keys: string[];
  at: number;
  /** When it is refused: the limits that were full, and when the last of them lets one through again. */
  fullKeys: string[];
  retryAfterMs: number;
}

const BUCKET_MS = 1_000;

/** The sum of a key's events in its window; `l` is the row of json_each that describes the limit. */
function countOf(key: string): string {
  return `(SELECT coalesce(sum(r.count), 0) FROM rate_counters r
    WHERE r.key = l.value ->> '${key}' AND r.window_at > ?2 - (l.value ->> 'windowMs'))`;
}

/** ?1 the limits, ?2 now, ?3 the second that the event belongs to. */
const TAKE = `INSERT INTO rate_counters (key, window_at, count, expires_at)
  SELECT l.value ->> 'key', ?3, 1, ?3 + max(l.value ->> 'windowMs') FROM json_each(?1) l
  WHERE NOT EXISTS (SELECT 1 FROM json_each(?1) l WHERE ${countOf("key")} >= l.value ->> 'max')
    AND (l.value ->> 'shareKey' IS NULL OR ${countOf("shareKey")} < l.value ->> 'shareMax')
  GROUP BY l.value ->> 'key'
  ON CONFLICT (key, window_at) DO UPDATE SET count = count + 1, expires_at = max(expires_at, excluded.expires_at)
  RETURNING key`;

const FULL_LIMITS = `SELECT l.value ->> 'key' AS key, min(r.window_at) + (l.value ->> 'windowMs') - ?2 AS retryAfterMs
  FROM json_each(?1) l JOIN rate_counters r
    ON r.key = l.value ->> 'key' AND r.window_at > ?2 - (l.value ->> 'windowMs') AND r.count > 0
  GROUP BY l.key HAVING sum(r.count) >= l.value ->> 'max'`;

/**
 * Counts one event against all limits or, when one of them is full, against none; one D1 round trip.
 * It counts before the work is done, so that many at once can't all pass a limit that was empty.
 */
export async function takeFromLimits(db: D1Database, limits: Limit[], now: number): Promise<TakeOutcome> {
  if (limits.every((limit) => limit.share !== undefined)) {
    throw new Error("takeFromLimits: at least one limit must count every event");
  }
  const [taken, full] = await db.batch<{ key: string; retryAfterMs: number }>([
    buildTake(db, limits, now),
    db.prepare(FULL_LIMITS).bind(describeLimits(limits), now),
  ]);
  const keys = taken?.results.map((row) => row.key) ?? [];
  const fullLimits = full?.results ?? [];
  return {
    isTaken: keys.length > 0,
    keys,
    at: bucketOf(now),
    fullKeys: fullLimits.map((row) => row.key),
    retryAfterMs: Math.max(0, ...fullLimits.map((row) => row.retryAfterMs)),
  };
}

/** A statement for a batch that counts one event; it changes no row when one of the limits is full. */
export function buildTake(db: D1Database, limits: Limit[], now: number): D1PreparedStatement {
  return db.prepare(TAKE).bind(describeLimits(limits), now, bucketOf(now));
}

/** The second that an event belongs to. */
function bucketOf(now: number): number {
  return now - (now % BUCKET_MS);
}

/** The limits as the JSON that both statements read. */
function describeLimits(limits: Limit[]): string {
  return JSON.stringify(
    limits.map(({ key, windowMs, max, share }) => ({
      key,
      windowMs,
      max,
      shareKey: share?.key ?? null,
      shareMax: share?.max ?? null,
    })),
  );
}

/** Takes an event back that turned out not to be one, such as a sign-in that succeeded. A statement for a batch. */
export function buildGiveBack(db: D1Database, outcome: TakeOutcome): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE rate_counters SET count = count - 1
       WHERE key IN (SELECT value FROM json_each(?1)) AND window_at = ?2 AND count > 0`,
    )
    .bind(JSON.stringify(outcome.keys), outcome.at);
}

/** Removes what no window can see any more, at most `limit` rows. */
export async function deleteExpiredCounters(db: D1Database, now: number, limit: number): Promise<void> {
  await db
    .prepare(
      `DELETE FROM rate_counters WHERE (key, window_at) IN
         (SELECT key, window_at FROM rate_counters WHERE expires_at < ?1 LIMIT ?2)`,
    )
    .bind(now, limit)
    .run();
}
