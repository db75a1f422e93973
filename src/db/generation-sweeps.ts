/** Table generations as the sweeper sees it: bounded, clocked by the database, safe to run any number of times at once. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";

export interface SweptJob {
  id: string;
  userId: string;
}

/**
 * A submit that began and whose outcome nobody wrote down: the process died in between. The provider may have been
 * paid, so it is never repeated: the credits go back and a person looks at it.
 */
export async function failUnknownSubmits(db: D1Database, limit: number): Promise<SweptJob[]> {
  return sweep(
    db,
    `UPDATE generations SET status = 'failed', error_code = 'provider_unreachable', review = 'submit_unknown',
       lease = NULL, due_at = NULL, step_at = ${NOW}, updated_at = ${NOW}
     WHERE id IN (SELECT id FROM generations WHERE due_at < ${NOW} AND status = 'processing'
       AND submit_started_at IS NOT NULL AND provider_generation_id IS NULL ORDER BY due_at LIMIT ?1)
     RETURNING id, user_id AS userId`,
    [limit],
  );
}

/** Jobs past their age that nobody is working on. What the provider was paid for is marked for review. */
export async function failTooOld(db: D1Database, maxAgeMs: number, limit: number): Promise<SweptJob[]> {
  return sweep(
    db,
    `UPDATE generations SET status = 'failed', error_code = 'timed_out',
       review = CASE WHEN provider_generation_id IS NULL THEN NULL ELSE 'paid_not_delivered' END,
       lease = NULL, due_at = NULL, step_at = ${NOW}, updated_at = ${NOW}
     WHERE id IN (SELECT id FROM generations WHERE due_at IS NOT NULL AND created_at < ${NOW} - ?2
       AND (lease IS NULL OR due_at < ${NOW}) LIMIT ?1)
     RETURNING id, user_id AS userId`,
    [limit, maxAgeMs],
  );
}

/**
 * Takes every job whose time has come, expires the lease of a holder that died, and moves the next look on, so that
 * sweepers running at once send each job once.
 */
export async function takeDueJobs(db: D1Database, limit: number): Promise<SweptJob[]> {
  return sweep(
    db,
    `UPDATE generations SET failures = failures + (lease IS NOT NULL), lease = NULL, due_at = ${NOW} + ${RESEND_MS},
       updated_at = ${NOW}
     WHERE id IN (SELECT id FROM generations WHERE due_at < ${NOW} ORDER BY due_at LIMIT ?1)
     RETURNING id, user_id AS userId`,
    [limit],
  );
}

/** Ends a job whose message died in the dead-letter queue, unless somebody is working on it right now. */
export async function failDeadJob(db: D1Database, id: string): Promise<SweptJob | null> {
  const jobs = await sweep(
    db,
    `UPDATE generations SET status = 'failed',
       error_code = CASE WHEN submit_started_at IS NOT NULL AND provider_generation_id IS NULL
         THEN 'provider_unreachable' ELSE 'provider_failed' END,
       review = CASE WHEN provider_generation_id IS NOT NULL THEN 'paid_not_delivered'
         WHEN submit_started_at IS NOT NULL THEN 'submit_unknown' END,
       lease = NULL, due_at = NULL, step_at = ${NOW}, updated_at = ${NOW}
     WHERE id = ?1 AND status IN ('queued', 'processing') AND (lease IS NULL OR due_at < ${NOW})
     RETURNING id, user_id AS userId`,
    [id],
  );
  return jobs[0] ?? null;
}

/** How long the sweeper gives a message that it sent again. */
const RESEND_MS = 60_000;

async function sweep(db: D1Database, sql: string, values: (string | number)[]): Promise<SweptJob[]> {
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all<SweptJob>();
  return results;
}
