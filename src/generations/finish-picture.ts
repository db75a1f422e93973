/** Commits a stored picture, once, and leaves no object behind that no row names. */
import { findImageKey, finishJob, type NewImage } from "../db/generation-finish.ts";
import { logError, logInfo } from "../log.ts";
import { type HeldJob, type JobContext, type JobEnd, OVER } from "./job-context.ts";
import { deleteLeftovers, deleteOwnObject } from "./leftovers.ts";

export async function finishPicture(
  context: JobContext,
  { row, lease }: HeldJob,
  image: NewImage,
): Promise<JobEnd> {
  if (!(await finishSurely(context.db, row.id, lease, image))) {
    // Another attempt won, or the credits are back already: this object is nobody's.
    await deleteOwnObject(context.bucket, row.id, image.key);
    return OVER;
  }
  logInfo("generation_succeeded", { generationId: row.id, attempt: row.attempt, bytes: image.bytes });
  // Waiting uses up no attempt, so a first one has no predecessor that could have left anything.
  if (row.attempt > 1) await deleteLeftovers(context.bucket, row, image.key);
  return OVER;
}

/**
 * The commit may succeed and its answer be lost. It is repeated once, and then the image's row tells which it was.
 * When the database stays away, the object is left alone: the next attempt, or the reconciler, clears it.
 */
async function finishSurely(db: D1Database, id: string, lease: string, image: NewImage): Promise<boolean> {
  try {
    return await finishJob(db, id, lease, image);
  } catch (error) {
    logError("finish_unclear", error, { generationId: id });
  }
  return (await finishJob(db, id, lease, image)) || (await findImageKey(db, id)) === image.key;
}
