/**
 * Table generations as a job: taking it, moving it on, putting it down and ending it without a picture.
 * Each change is one compare-and-set by lease and by the database's clock; null or false means that the caller lost.
 * Money follows by trigger, so nothing here touches credits.
 */
import { DATABASE_NOW_MS as NOW } from "./client.ts";

export type JobStep = "queued" | "submitting" | "generating" | "downloading" | "storing";

export type ReviewReason = "submit_unknown" | "paid_not_delivered";

export interface JobRow {
  id: string;
  userId: string;
  status: string;
  attempt: number;
  failures: number;
  step: JobStep;
  submitStartedAt: number | null;
  providerGenerationId: string | null;
  ageMs: number;
  sinceSubmitMs: number | null;
  shape: string;
  model: string;
  providerSize: string;
  width: number;
  height: number;
  seed: number | null;
  quality: string;
  prompt: string;
  magicPrompt: "auto" | "on" | "off";
}

const SELECT_JOB = `
  SELECT g.id, g.user_id AS userId, g.status, g.attempt, g.failures, g.step, g.submit_started_at AS submitStartedAt,
    g.provider_generation_id AS providerGenerationId, ${NOW} - g.created_at AS ageMs,
    ${NOW} - g.submit_started_at AS sinceSubmitMs, g.shape, g.model, g.provider_size AS providerSize, g.width, g.height,
    g.seed, b.quality, b.prompt, b.magic_prompt AS magicPrompt
  FROM generations g JOIN briefs b ON b.id = g.brief_id WHERE g.id = ?1`;

/** How much earlier than planned a message may come and still be the one that the job waits for. */
const EARLY_MS = 1_000;

/** How long after its planned return a message counts as lost. */
export const SWEEP_GRACE_MS = 30_000;

/**
 * Takes the job for `leaseMs`. Null when another delivery has it, when it has ended, and when it was put down until
 * later: another message is planned for then, so however many a job has collected, one of them lives on.
 * Taking over an expired lease counts as a failure: its holder died.
 */
export async function claimJob(
  db: D1Database,
  id: string,
  lease: string,
  leaseMs: number,
): Promise<JobRow | null> {
  const [claimed, selected] = await db.batch<JobRow>([
    db
      .prepare(
        `UPDATE generations SET status = 'processing', attempt = attempt + 1, failures = failures + (lease IS NOT NULL),
           lease = ?2, due_at = ${NOW} + ?3, updated_at = ${NOW}
         WHERE id = ?1 AND status IN ('queued', 'processing')
           AND CASE WHEN lease IS NULL THEN resume_at <= ${NOW} + ${EARLY_MS} ELSE due_at < ${NOW} END
         RETURNING id`,
      )
      .bind(id, lease, leaseMs),
    db.prepare(SELECT_JOB).bind(id),
  ]);
  if (claimed?.results.length !== 1) return null;
  return selected?.results[0] ?? null;
}

/** Moves to the next step and renews the lease. */
export async function enterStep(
  db: D1Database,
  id: string,
  lease: string,
  step: JobStep,
  leaseMs: number,
): Promise<boolean> {
  return changeJob(
    db,
    `UPDATE generations SET step_at = CASE WHEN step = ?3 THEN step_at ELSE ${NOW} END, step = ?3,
       due_at = ${NOW} + ?4, updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 RETURNING id`,
    [id, lease, step, leaseMs],
  );
}

export interface Pause {
  /** How long until the message comes again, in milliseconds. */
  delayMs: number;
  /** True when this attempt failed; waiting uses up no attempt. */
  hasFailed: boolean;
  /** True when it is certain that nothing was bought, although a purchase may have been written down as begun. */
  isUnbought: boolean;
}

/**
 * Puts a job down until its message comes again. With a picture at the provider it stays processing, and nobody may
 * cancel what is paid for; without one it goes back to queued. False, besides for a lost lease, when a purchase was
 * begun and nobody knows how it ended: that job is never bought again.
 */
export async function putDownJob(db: D1Database, id: string, lease: string, pause: Pause): Promise<boolean> {
  return changeJob(
    db,
    `UPDATE generations SET lease = NULL, failures = failures + ?4, attempt = attempt - (1 - ?4),
       status = CASE WHEN provider_generation_id IS NULL THEN 'queued' ELSE status END,
       step = CASE WHEN provider_generation_id IS NULL THEN 'queued' ELSE step END,
       step_at = CASE WHEN provider_generation_id IS NULL AND step <> 'queued' THEN ${NOW} ELSE step_at END,
       submit_started_at = CASE WHEN provider_generation_id IS NULL THEN NULL ELSE submit_started_at END,
       resume_at = ${NOW} + ?3, due_at = ${NOW} + ?3 + ${SWEEP_GRACE_MS}, updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 AND (?5 OR submit_started_at IS NULL OR provider_generation_id IS NOT NULL)
     RETURNING id`,
    [id, lease, pause.delayMs, Number(pause.hasFailed), Number(pause.isUnbought)],
  );
}

/** Ends the job without a picture; its credits go back by trigger. */
export async function failJob(
  db: D1Database,
  id: string,
  lease: string,
  failure: { code: string; review: ReviewReason | null },
): Promise<boolean> {
  return changeJob(
    db,
    `UPDATE generations SET status = 'failed', error_code = ?3, review = ?4, lease = NULL, due_at = NULL,
       step_at = ${NOW}, updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 AND status = 'processing' RETURNING id`,
    [id, lease, failure.code, failure.review],
  );
}

/** Cancels what has not begun. False when it is running, ended, or somebody else's. */
export async function cancelJob(db: D1Database, userId: string, id: string): Promise<boolean> {
  return changeJob(
    db,
    `UPDATE generations SET status = 'canceled', error_code = 'canceled', due_at = NULL, step_at = ${NOW}, updated_at = ${NOW}
     WHERE id = ?1 AND user_id = ?2 AND status = 'queued' RETURNING id`,
    [id, userId],
  );
}

/** One compare-and-set; `sql` ends with RETURNING, because a count of changes would include the triggers'. */
export async function changeJob(
  db: D1Database,
  sql: string,
  values: (string | number | null)[],
): Promise<boolean> {
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all();
  return results.length === 1;
}
