/** Table generations as the sweeper sees it: bounded, clocked by the database, safe to run any number of times at once. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";

export interface SweptJob {
  id: string;
  userId: string;
  /** 1 when a picture was bought for it, so that an attempt may have stored objects. */
  isBought: number;
}

/** What an operator has to compare with the provider's bill. */
const REVIEW = `CASE WHEN provider_generation_id IS NOT NULL THEN 'paid_not_delivered'
  WHEN submit_started_at IS NOT NULL THEN 'submit_unknown' END`;

const ENDED = `review = ${REVIEW}, lease = NULL, due_at = NULL, step_at = ${NOW}, updated_at = ${NOW}`;

const SWEPT = "RETURNING id, user_id AS userId, provider_generation_id IS NOT NULL AS isBought";

/** How long the sweeper gives a message that it sent again, or half the job's age: a full queue isn't made fuller. */
const RESEND_MS = 60_000;

/**
 * A submit that began and whose outcome nobody wrote down: the process died in between. The provider may have been
 * paid, so it is never repeated: the credits go back and a person looks at it.
 */
export async function failUnknownSubmits(db: D1Database, limit: number): Promise<SweptJob[]> {
  return sweep(
    db,
    `UPDATE generations SET status = 'failed', error_code = 'provider_unreachable', ${ENDED}
     WHERE id IN (SELECT id FROM generations WHERE due_at < ${NOW} AND status = 'processing'
       AND submit_started_at IS NOT NULL AND provider_generation_id IS NULL ORDER BY due_at LIMIT ?1)
     ${SWEPT}`,
    [limit],
  );
}

/** Jobs past their age that nobody is working on. */
export async function failTooOld(db: D1Database, maxAgeMs: number, limit: number): Promise<SweptJob[]> {
  return sweep(
    db,
    `UPDATE generations SET status = 'failed', error_code = 'timed_out', ${ENDED}
     WHERE id IN (SELECT id FROM generations WHERE due_at IS NOT NULL AND created_at < ${NOW} - ?2
       AND (lease IS NULL OR due_at < ${NOW}) LIMIT ?1)
     ${SWEPT}`,
    [limit, maxAgeMs],
  );
}

/**
 * Takes every job whose time has come, expires the lease of a holder that died, and moves the next look on, so that
 * sweepers running at once send each job once. What its holder had not begun to buy is queued again: it may be canceled.
 */
export async function takeDueJobs(db: D1Database, limit: number): Promise<SweptJob[]> {
  return sweep(
    db,
    `UPDATE generations SET failures = failures + (lease IS NOT NULL), lease = NULL,
       status = CASE WHEN submit_started_at IS NULL THEN 'queued' ELSE status END,
       due_at = ${NOW} + max(${RESEND_MS}, (${NOW} - created_at) / 2), updated_at = ${NOW}
     WHERE id IN (SELECT id FROM generations WHERE due_at < ${NOW} ORDER BY due_at LIMIT ?1)
     ${SWEPT}`,
    [limit],
  );
}

/** Ends a job whose message died in the dead-letter queue, unless somebody is working on it right now. */
export async function failDeadJob(db: D1Database, id: string): Promise<SweptJob | null> {
  const jobs = await sweep(
    db,
    `UPDATE generations SET status = 'failed', ${ENDED},
       error_code = CASE WHEN submit_started_at IS NOT NULL AND provider_generation_id IS NULL
         THEN 'provider_unreachable' ELSE 'provider_failed' END
     WHERE id = ?1 AND status IN ('queued', 'processing') AND (lease IS NULL OR due_at < ${NOW})
     ${SWEPT}`,
    [id],
  );
  return jobs[0] ?? null;
}

async function sweep(db: D1Database, sql: string, values: (string | number)[]): Promise<SweptJob[]> {
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all<SweptJob>();
  return results;
}
