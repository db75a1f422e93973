/**
 * Table generations at the one moment that costs real money: the intention to buy is written before the request and
 * the provider's id right after it. Nothing here can make a job forget either.
 */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import { changeJob } from "./generation-jobs.ts";

export type SubmitStart =
  | { kind: "started" }
  /** No room at the provider, or the lease is lost. `ahead`: queued jobs that were there before, at most `aheadMax`. */
  | { kind: "refused"; ahead: number };

/** What takes longer at the provider is stuck there: it keeps waiting, and no longer keeps others from buying. */
const PLACE_KEPT_MS = 15 * 60_000;

/**
 * Writes down that the provider is about to be paid, before it is: a crash after this line is an unknown outcome.
 * Refused when `maxInFlight` pictures are at the provider already.
 */
export async function startSubmit(
  db: D1Database,
  id: string,
  lease: string,
  options: { leaseMs: number; maxInFlight: number; aheadMax: number },
): Promise<SubmitStart> {
  const [started, waiting] = await db.batch<{ ahead: number }>([
    db
      .prepare(
        `UPDATE generations SET submit_started_at = ${NOW}, step = 'submitting', step_at = ${NOW},
           due_at = ${NOW} + ?3, updated_at = ${NOW}
         WHERE id = ?1 AND lease = ?2 AND submit_started_at IS NULL AND provider_generation_id IS NULL
           AND (SELECT count(*) FROM generations
                WHERE status = 'processing' AND step IN ('submitting', 'generating')
                  AND submit_started_at > ${NOW} - ${PLACE_KEPT_MS}) < ?4
         RETURNING id`,
      )
      .bind(id, lease, options.leaseMs, options.maxInFlight),
    db
      .prepare(
        `SELECT count(*) AS ahead FROM
           (SELECT 1 FROM generations WHERE status = 'queued' AND id < ?1 LIMIT ?2)`,
      )
      .bind(id, options.aheadMax),
  ]);
  if (started?.results.length === 1) return { kind: "started" };
  return { kind: "refused", ahead: waiting?.results[0]?.ahead ?? 0 };
}

/**
 * Keeps the provider's id: from here on a retry polls and never buys again. Safe to repeat after an answer was lost.
 * False when the lease is gone: then the outcome has been called unknown already.
 */
export async function checkpointSubmit(
  db: D1Database,
  id: string,
  lease: string,
  accepted: { providerGenerationId: string; seed: number | null; leaseMs: number },
): Promise<boolean> {
  return changeJob(
    db,
    `UPDATE generations SET provider_generation_id = ?3, seed = coalesce(?4, seed), step = 'generating', step_at = ${NOW},
       due_at = ${NOW} + ?5, updated_at = ${NOW}
     WHERE id = ?1 AND lease = ?2 AND coalesce(provider_generation_id, ?3) = ?3 RETURNING id`,
    [id, lease, accepted.providerGenerationId, accepted.seed, accepted.leaseMs],
  );
}
