/** Tables generations and images at success: the picture's row, the job's state and the money are one batch. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";

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
 * False when the lease was lost: then nothing is written and the caller's object is nobody's.
 * Safe to repeat after an answer was lost; findImageKey tells which it was.
 *
 * The lease has to be running still, not merely untaken: the reconciler deletes objects without a row by their age,
 * and a row that came after that would name nothing. Only the first statement looks at the clock; the second follows it.
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
         WHERE g.id = ?1 AND g.lease = ?2 AND g.status = 'processing' AND g.due_at >= ${NOW}`,
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
         WHERE id = ?1 AND lease = ?2 AND EXISTS (SELECT 1 FROM images WHERE generation_id = ?1 AND key = ?3)
         RETURNING id`,
      )
      .bind(id, lease, image.key),
  ]);
  return updated?.results.length === 1;
}

/** The key of the stored picture of a generation, or null. */
export async function findImageKey(db: D1Database, generationId: string): Promise<string | null> {
  return db
    .prepare("SELECT key FROM images WHERE generation_id = ?1")
    .bind(generationId)
    .first<string>("key");
}
