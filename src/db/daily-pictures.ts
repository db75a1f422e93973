/** Pictures made and pictures whose credits were given back, day by day (UTC), counted from the ledger. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import type { Query } from "./query.ts";

export interface DailyPictures {
  /** Midnight UTC, in milliseconds. */
  dayAt: number;
  made: number;
  givenBack: number;
}

export const DAILY_PICTURES_DAYS = 30;
const DAY_MS = 86_400_000;

/** Oldest first, today last; a day on which nothing happened is there with zeros. */
export function buildDailyPicturesQuery(db: D1Database): Query<DailyPictures[]> {
  return {
    statement: db.prepare(
      `WITH RECURSIVE days (day) AS (
         SELECT ${NOW} / ${DAY_MS} - ${DAILY_PICTURES_DAYS - 1}
         UNION ALL SELECT day + 1 FROM days WHERE day < ${NOW} / ${DAY_MS})
       SELECT day * ${DAY_MS} AS dayAt, coalesce(made, 0) AS made, coalesce(givenBack, 0) AS givenBack
       FROM days LEFT JOIN (
         SELECT created_at / ${DAY_MS} AS entryDay, sum(kind = 'capture') AS made, sum(kind = 'release') AS givenBack
         FROM credit_entries
         WHERE kind IN ('capture', 'release') AND created_at >= (${NOW} / ${DAY_MS} - ${DAILY_PICTURES_DAYS - 1}) * ${DAY_MS}
         GROUP BY entryDay) ON entryDay = day
       ORDER BY day`,
    ),
    parse: (rows: DailyPictures[]) => rows,
  };
}
