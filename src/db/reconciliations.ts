/** Table reconciliations: what the scheduled reconciler found, one row a run, kept for a bounded number of runs. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import type { Query } from "./query.ts";

const RUNS_KEPT = 500;

/** Where each of the three walks goes on; null starts it over. */
export interface ReconciliationCursors {
  accountCursor: string | null;
  objectCursor: string | null;
  imageCursor: string | null;
}

export interface Reconciliation {
  id: number;
  at: number;
  finishedAt: number;
  findings: string;
  repaired: string;
}

/** Begins a run where the last one stopped, unless one began within `intervalMs`: two Workers never run at once. */
export async function beginReconciliation(
  db: D1Database,
  intervalMs: number,
): Promise<({ id: number } & ReconciliationCursors) | null> {
  return db
    .prepare(
      `INSERT INTO reconciliations (at, account_cursor, object_cursor, image_cursor)
       SELECT ${NOW}, last.account_cursor, last.object_cursor, last.image_cursor
       FROM (SELECT max(id) AS id FROM reconciliations) newest LEFT JOIN reconciliations last ON last.id = newest.id
       WHERE last.id IS NULL OR last.at <= ${NOW} - ?1
       RETURNING id, account_cursor AS accountCursor, object_cursor AS objectCursor, image_cursor AS imageCursor`,
    )
    .bind(intervalMs)
    .first<{ id: number } & ReconciliationCursors>();
}

export async function finishReconciliation(
  db: D1Database,
  id: number,
  result: { findings: unknown[]; repaired: unknown[] } & ReconciliationCursors,
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `UPDATE reconciliations SET finished_at = ${NOW}, findings = ?2, repaired = ?3, account_cursor = ?4,
           object_cursor = ?5, image_cursor = ?6 WHERE id = ?1`,
      )
      .bind(
        id,
        JSON.stringify(result.findings),
        JSON.stringify(result.repaired),
        result.accountCursor,
        result.objectCursor,
        result.imageCursor,
      ),
    db.prepare("DELETE FROM reconciliations WHERE id <= ?1").bind(id - RUNS_KEPT),
  ]);
}

/** The last run that came to its end; null when none did. */
export function buildLastReconciliationQuery(db: D1Database): Query<Reconciliation | null> {
  return {
    statement: db.prepare(
      `SELECT id, at, finished_at AS finishedAt, findings, repaired FROM reconciliations
       WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
    ),
    parse: ([row]: Reconciliation[]) => row ?? null,
  };
}
