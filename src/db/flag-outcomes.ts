/** Table flag_outcomes: how requests ended with a guarded flag on and off, per minute. Kept for a day. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import type { Query } from "./query.ts";

export interface FlagOutcome {
  key: string;
  isOn: boolean;
  samples: number;
  errors: number;
}

/** Sums over all flags that somebody watches, by key. */
export interface FlagOutcomeSums {
  key: string;
  onSamples: number;
  onErrors: number;
  offSamples: number;
  offErrors: number;
  /** With the flag on, in the hour before the window. */
  earlierSamples: number;
  earlierErrors: number;
}

const MINUTE_MS = 60_000;
const EARLIER_MS = 3_600_000;
const KEPT_MS = 86_400_000;

/** Adds counts of this minute to what other isolates have counted. */
export async function addFlagOutcomes(db: D1Database, outcomes: readonly FlagOutcome[]): Promise<void> {
  await db
    .prepare(
      `INSERT INTO flag_outcomes (key, minute_at, is_on, samples, errors)
       SELECT o.value ->> 'key', ${NOW} / ${MINUTE_MS} * ${MINUTE_MS}, o.value ->> 'isOn', o.value ->> 'samples', o.value ->> 'errors'
       FROM json_each(?1) o WHERE true
       ON CONFLICT (key, minute_at, is_on) DO UPDATE SET samples = samples + excluded.samples, errors = errors + excluded.errors`,
    )
    .bind(JSON.stringify(outcomes))
    .run();
}

/** The last `windowMs`, and the hour before them. */
export function buildFlagOutcomesQuery(db: D1Database, windowMs: number): Query<FlagOutcomeSums[]> {
  const recent = `minute_at > ${NOW} - ?1`;
  return {
    statement: db
      .prepare(
        `SELECT key, total(CASE WHEN is_on AND ${recent} THEN samples END) AS onSamples,
           total(CASE WHEN is_on AND ${recent} THEN errors END) AS onErrors,
           total(CASE WHEN NOT is_on AND ${recent} THEN samples END) AS offSamples,
           total(CASE WHEN NOT is_on AND ${recent} THEN errors END) AS offErrors,
           total(CASE WHEN is_on AND NOT ${recent} THEN samples END) AS earlierSamples,
           total(CASE WHEN is_on AND NOT ${recent} THEN errors END) AS earlierErrors
         FROM flag_outcomes INDEXED BY flag_outcomes_by_age
         WHERE minute_at > ${NOW} - ?1 - ${EARLIER_MS} GROUP BY key`,
      )
      .bind(windowMs),
    parse: (rows: FlagOutcomeSums[]) => rows,
  };
}

export async function deleteOldFlagOutcomes(db: D1Database): Promise<void> {
  await db.prepare(`DELETE FROM flag_outcomes WHERE minute_at < ${NOW} - ${KEPT_MS}`).run();
}
