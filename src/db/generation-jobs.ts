/**
 * Table generations as a job: every state change that the queue consumer and the sweeper may make.
 * Each is one compare-and-set by lease and by the database's clock; null or false means that the caller lost.
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

/**
 * Takes the job for `leaseMs`, or null when another delivery has it or it has ended.
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
         WHERE id = ?1 AND (status = 'queued' OR (status = 'processing' AND (lease IS NULL OR due_at < ${NOW})))
         RETURNING id`,
      )
      .bind(id, lease, leaseMs),
    db.prepare(SELECT_JOB).bind(id),
  ]);
  if (claimed?.results.length !== 1) return null;
  return selected?.results[0] ?? null;
}

/**
 * Writes down that the provider is about to be paid, before it is: a crash after this line is an unknown outcome.
 * False when the lease is lost or when `maxInFlight` pictures are already at the provider.
 */
export async function startSubmit(
  db: D1Database,
  id: string,
  lease: string,
  options: { leaseMs: number; maxInFlight: number },
): Promise<boolean> {
  return changed(
    db,
    `UPDATE generations SET submit_started_at = ${NOW}, step = 'submitting', step_at = ${NOW}, due_at = ${NOW} + ?3,
       updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 AND submit_started_at IS NULL AND provider_generation_id IS NULL
       AND (SELECT count(*) FROM generations WHERE status = 'processing' AND submit_started_at IS NOT NULL) < ?4
     RETURNING id`,
    [id, lease, options.leaseMs, options.maxInFlight],
  );
}

/** Keeps the provider's id: from here on a retry polls and never buys again. */
export async function checkpointSubmit(
  db: D1Database,
  id: string,
  lease: string,
  accepted: { providerGenerationId: string; seed: number | null; leaseMs: number },
): Promise<boolean> {
  return changed(
    db,
    `UPDATE generations SET provider_generation_id = ?3, seed = coalesce(?4, seed), step = 'generating', step_at = ${NOW},
       due_at = ${NOW} + ?5, updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 AND provider_generation_id IS NULL RETURNING id`,
    [id, lease, accepted.providerGenerationId, accepted.seed, accepted.leaseMs],
  );
}

/** Moves to the next step and renews the lease. */
export async function enterStep(
  db: D1Database,
  id: string,
  lease: string,
  step: JobStep,
  leaseMs: number,
): Promise<boolean> {
  return changed(
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
  /** True when this attempt failed; waiting for the provider is not a failure. */
  hasFailed: boolean;
}

/**
 * Puts a job down that has nothing at the provider: back to queued, where its owner may cancel it.
 * The sweeper looks after `delayMs` and a grace time, in case the message never comes.
 */
export async function requeueJob(db: D1Database, id: string, lease: string, pause: Pause): Promise<boolean> {
  return changed(
    db,
    `UPDATE generations SET status = 'queued', lease = NULL, submit_started_at = NULL, step = 'queued',
       step_at = CASE WHEN step = 'queued' THEN step_at ELSE ${NOW} END, failures = failures + ?4,
       due_at = ${NOW} + ?3 + ${SWEEP_GRACE_MS}, updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 AND provider_generation_id IS NULL RETURNING id`,
    [id, lease, pause.delayMs, Number(pause.hasFailed)],
  );
}

/** Puts a job down whose picture is at the provider: it stays processing, and nobody may cancel what is paid for. */
export async function pauseJob(db: D1Database, id: string, lease: string, pause: Pause): Promise<boolean> {
  return changed(
    db,
    `UPDATE generations SET lease = NULL, failures = failures + ?4, due_at = ${NOW} + ?3 + ${SWEEP_GRACE_MS},
       updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 RETURNING id`,
    [id, lease, pause.delayMs, Number(pause.hasFailed)],
  );
}

/** Ends the job without a picture; its credits go back by trigger. */
export async function failJob(
  db: D1Database,
  id: string,
  lease: string,
  failure: { code: string; review: ReviewReason | null },
): Promise<boolean> {
  return changed(
    db,
    `UPDATE generations SET status = 'failed', error_code = ?3, review = ?4, lease = NULL, due_at = NULL,
       step_at = ${NOW}, updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 AND status = 'processing' RETURNING id`,
    [id, lease, failure.code, failure.review],
  );
}

/** Cancels what has not begun. False when it is running, ended, or somebody else's. */
export async function cancelJob(db: D1Database, userId: string, id: string): Promise<boolean> {
  return changed(
    db,
    `UPDATE generations SET status = 'canceled', error_code = 'canceled', due_at = NULL, step_at = ${NOW}, updated_at = ${NOW}
     WHERE id = ?1 AND user_id = ?2 AND status = 'queued' RETURNING id`,
    [id, userId],
  );
}

export interface NewImage {
  id: string;
  key: string;
  format: "png" | "jpeg" | "webp";
  width: number;
  height: number;
  bytes: number;
  sha256: string;
  /** The seed that the provider used, where it said so. */
  seed: number | null;
}

/**
 * The picture's row, the state and the money in one batch. False when the lease was lost: then nothing is written
 * and the caller's object is nobody's. Safe to repeat after an answer was lost; see findImageKey.
 */
export async function finishJob(
  db: D1Database,
  id: string,
  lease: string,
  image: NewImage,
): Promise<boolean> {
  const [, updated] = await db.batch([
    db
      .prepare(
        `INSERT INTO images (id, generation_id, user_id, key, format, width, height, bytes, sha256, title, alt,
           event_type, style, shape, prompt, seed, model, created_at, updated_at)
         SELECT ?3, g.id, g.user_id, ?4, ?5, ?6, ?7, ?8, ?9, b.title, g.alt,
           b.event_type, b.style, g.shape, b.prompt, coalesce(?10, g.seed), g.model, ${NOW}, ${NOW}
         FROM generations g JOIN briefs b ON b.id = g.brief_id
         WHERE g.id = ?1 AND g.lease = ?2 AND g.status = 'processing'`,
      )
      .bind(
        id,
        lease,
        image.id,
        image.key,
        image.format,
        image.width,
        image.height,
        image.bytes,
        image.sha256,
        image.seed,
      ),
    db
      .prepare(
        `UPDATE generations SET status = 'succeeded', lease = NULL, due_at = NULL, step_at = ${NOW}, updated_at = ${NOW}
         WHERE id = ?1 AND lease = ?2 AND status = 'processing' RETURNING id`,
      )
      .bind(id, lease),
  ]);
  return updated?.results.length === 1;
}

/** The key of the stored picture of a generation, or null. Tells a lost answer from a lost lease. */
export async function findImageKey(db: D1Database, generationId: string): Promise<string | null> {
  return db
    .prepare("SELECT key FROM images WHERE generation_id = ?1")
    .bind(generationId)
    .first<string>("key");
}

/** How long after its planned return a message counts as lost. */
export const SWEEP_GRACE_MS = 30_000;

async function changed(db: D1Database, sql: string, values: (string | number | null)[]): Promise<boolean> {
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all();
  return results.length === 1;
}
