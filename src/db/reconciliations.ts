/** Table reconciliations: what the scheduled reconciler found, one row a run, kept for a bounded number of runs. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";

const RUNS_KEPT = 500;

export interface Reconciliation {
  id: number;
  at: number;
  findings: string;
  repaired: string;
  /** Where the walk through the bucket goes on; null when it starts over. */
  cursor: string | null;
}

/**
 * Begins a run unless one began within `intervalMs`: two Workers never run at once. Null when it isn't due.
 * `cursor` is where the run before stopped.
 */
export async function beginReconciliation(
  db: D1Database,
  intervalMs: number,
): Promise<{ id: number; cursor: string | null } | null> {
  return db
    .prepare(
      `INSERT INTO reconciliations (at, findings, cursor)
       SELECT ${NOW}, '[]', (SELECT cursor FROM reconciliations ORDER BY id DESC LIMIT 1)
       WHERE NOT EXISTS (SELECT 1 FROM reconciliations WHERE id = (SELECT max(id) FROM reconciliations) AND at > ${NOW} - ?1)
       RETURNING id, cursor`,
    )
    .bind(intervalMs)
    .first<{ id: number; cursor: string | null }>();
}

export async function finishReconciliation(
  db: D1Database,
  id: number,
  result: { findings: unknown[]; repaired: unknown[]; cursor: string | null },
): Promise<void> {
  await db.batch([
    db
      .prepare("UPDATE reconciliations SET findings = ?2, repaired = ?3, cursor = ?4 WHERE id = ?1")
      .bind(id, JSON.stringify(result.findings), JSON.stringify(result.repaired), result.cursor),
    db.prepare("DELETE FROM reconciliations WHERE id <= ?1").bind(id - RUNS_KEPT),
  ]);
}

export async function findLastReconciliation(db: D1Database): Promise<Reconciliation | null> {
  return db
    .prepare("SELECT id, at, findings, repaired, cursor FROM reconciliations ORDER BY id DESC LIMIT 1")
    .first<Reconciliation>();
}
