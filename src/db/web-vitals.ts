/** Table web_vitals: what sampled browsers measured, page by page. Kept for thirty days, and never a flood. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import type { Query } from "./query.ts";

export const VITAL_NAMES = ["CLS", "FCP", "INP", "LCP", "TTFB"] as const;
export type VitalName = (typeof VITAL_NAMES)[number];

export interface VitalSample {
  name: VitalName;
  value: number;
}

export interface VitalSummary {
  page: string;
  name: VitalName;
  samples: number;
  /** Three quarters of all samples were at most this: milliseconds, and for CLS a score. */
  p75: number;
}

/** Anybody may send samples: what comes on top of this in a minute is not stored. */
const SAMPLES_PER_MINUTE_MAX = 600;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;
/** The newest ones that a summary is made of. */
const SUMMARISED_MAX = 50_000;
const DELETED_MAX = 5_000;

export async function insertWebVitals(
  db: D1Database,
  page: string,
  samples: readonly VitalSample[],
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO web_vitals (at, page, name, value)
       SELECT ${NOW}, ?1, s.value ->> 'name', s.value ->> 'value' FROM json_each(?2) s
       WHERE (SELECT count(*) FROM web_vitals WHERE at > ${NOW} - ${MINUTE_MS}) < ${SAMPLES_PER_MINUTE_MAX}`,
    )
    .bind(page, JSON.stringify(samples))
    .run();
}

/** The last `days` days, by page and name. */
export function buildVitalsQuery(db: D1Database, days: number): Query<VitalSummary[]> {
  return {
    statement: db
      .prepare(
        `WITH recent AS (
           SELECT page, name, value FROM web_vitals WHERE at > ${NOW} - ?1 * ${DAY_MS} ORDER BY at DESC LIMIT ${SUMMARISED_MAX}),
         ranked AS (
           SELECT page, name, value, row_number() OVER (PARTITION BY page, name ORDER BY value) AS rank,
             count(*) OVER (PARTITION BY page, name) AS samples FROM recent)
         SELECT page, name, samples, value AS p75 FROM ranked WHERE rank = (3 * samples + 3) / 4 ORDER BY page, name`,
      )
      .bind(days),
    parse: (rows: VitalSummary[]) => rows,
  };
}

export async function deleteOldWebVitals(db: D1Database): Promise<void> {
  await db
    .prepare(
      `DELETE FROM web_vitals WHERE id IN (
         SELECT id FROM web_vitals WHERE at < ${NOW} - ${KEPT_DAYS} * ${DAY_MS} LIMIT ${DELETED_MAX})`,
    )
    .run();
}
