/**
 * Table flag_schedules: switches that are to be made at a time. Taking one is a claim, so that two Workers running
 * the same minute don't both act; a claim whose holder died is taken again. The row's id becomes the change's id.
 */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import type { Query } from "./query.ts";

export interface FlagScheduleRow {
  id: string;
  key: string;
  value: string;
  note: string | null;
  dueAt: number;
  createdBy: string;
  createdByEmail: string | null;
}

export interface NewFlagSchedule {
  id: string;
  key: string;
  value: string;
  note: string | null;
  /** Milliseconds UTC. */
  dueAt: number;
  createdBy: string;
}

/** Plans of all flags together that wait at one time. */
export const FLAG_SCHEDULES_MAX = 50;
const CLAIM_MS = 120_000;
const MINUTE_MS = 60_000;
const WAITING = "state IN ('pending', 'applying')";

export type FlagScheduleRefusal =
  /** The cron makes everything of a minute at once: which of two would be in force was chance. */
  "minute_taken" | "too_many";

/** Null when it is planned, else why it isn't. */
export async function insertFlagSchedule(
  db: D1Database,
  schedule: NewFlagSchedule,
): Promise<FlagScheduleRefusal | null> {
  const { id, key, value, note, dueAt, createdBy } = schedule;
  const sameMinute = `SELECT 1 FROM flag_schedules
    WHERE ${WAITING} AND key = ?2 AND due_at / ${MINUTE_MS} = CAST(?1 AS INTEGER) / ${MINUTE_MS} LIMIT 1`;
  const [namesake, inserted] = await db.batch([
    db.prepare(sameMinute).bind(dueAt, key),
    db
      .prepare(
        `INSERT INTO flag_schedules (id, key, value, note, due_at, created_by, created_at)
         SELECT ?3, ?2, ?4, ?5, ?1, ?6, ${NOW}
         WHERE NOT EXISTS (${sameMinute})
           AND (SELECT count(*) FROM flag_schedules WHERE ${WAITING}) < ${FLAG_SCHEDULES_MAX} RETURNING id`,
      )
      .bind(dueAt, key, id, value, note, createdBy),
  ]);
  if (inserted?.results.length === 1) return null;
  return namesake?.results.length === 1 ? "minute_taken" : "too_many";
}

/** Everything that is still to come, soonest first. */
export function buildFlagSchedulesQuery(db: D1Database): Query<FlagScheduleRow[]> {
  return {
    statement: db.prepare(
      `SELECT s.id, s.key, s.value, s.note, s.due_at AS dueAt, s.created_by AS createdBy, u.email AS createdByEmail
       FROM flag_schedules s LEFT JOIN users u ON u.id = s.created_by
       WHERE s.state IN ('pending', 'applying') ORDER BY s.due_at LIMIT ${FLAG_SCHEDULES_MAX}`,
    ),
    parse: (rows: FlagScheduleRow[]) => rows,
  };
}

/** False when it isn't there, or is being made right now, or was made. */
export async function cancelFlagSchedule(db: D1Database, key: string, id: string): Promise<boolean> {
  const { results } = await db
    .prepare(
      "UPDATE flag_schedules SET state = 'canceled' WHERE id = ?1 AND key = ?2 AND state = 'pending' RETURNING id",
    )
    .bind(id, key)
    .all();
  return results.length === 1;
}

/** Takes what is due, soonest first. Each of them is held for two minutes. */
export async function claimDueFlagSchedules(db: D1Database): Promise<NewFlagSchedule[]> {
  const [, claimed] = await db.batch<NewFlagSchedule>([
    // Its holder died after the switch was made: once is enough.
    db.prepare(
      `UPDATE flag_schedules SET state = 'done' WHERE ${WAITING} AND due_at <= ${NOW}
         AND EXISTS (SELECT 1 FROM flag_changes WHERE change_id = flag_schedules.id)`,
    ),
    db.prepare(
      `UPDATE flag_schedules SET state = 'applying', claimed_at = ${NOW}
       WHERE id IN (SELECT id FROM flag_schedules
         WHERE ${WAITING} AND due_at <= ${NOW} AND (state = 'pending' OR claimed_at < ${NOW} - ${CLAIM_MS})
         ORDER BY due_at LIMIT ${FLAG_SCHEDULES_MAX})
       RETURNING id, key, value, note, due_at AS dueAt, created_by AS createdBy`,
    ),
  ]);
  return (claimed?.results ?? []).sort((a, b) => a.dueAt - b.dueAt);
}

/** It was made, or it couldn't be and waits for the next minute. */
export async function endFlagScheduleClaim(db: D1Database, id: string, isDone: boolean): Promise<void> {
  await db
    .prepare("UPDATE flag_schedules SET state = ?2, claimed_at = NULL WHERE id = ?1 AND state = 'applying'")
    .bind(id, isDone ? "done" : "pending")
    .run();
}

/** What the code that makes scheduled switches needs of the table. */
export function buildFlagAgenda(db: D1Database) {
  return {
    claimDue: () => claimDueFlagSchedules(db),
    endClaim: (id: string, isDone: boolean) => endFlagScheduleClaim(db, id, isDone),
  };
}
