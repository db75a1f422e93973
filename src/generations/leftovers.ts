/** Objects of attempts that lost. A failure here doesn't undo the job's outcome: the reconciler repairs it later. */
import { logError } from "../log.ts";
import { deleteObjects, deleteOtherAttempts } from "../r2/objects.ts";

/** Deletes every object of a generation but the one that its picture's row names; all of them when it has none. */
export async function deleteLeftovers(
  bucket: R2Bucket,
  job: { id: string; userId: string },
  keepKey: string | null,
): Promise<void> {
  try {
    await deleteOtherAttempts(bucket, job.userId, job.id, keepKey);
  } catch (error) {
    logError("leftovers_not_deleted", error, { generationId: job.id });
  }
}

/** Deletes what this attempt stored, or may have stored, and will not commit. */
export async function deleteOwnObject(bucket: R2Bucket, generationId: string, key: string): Promise<void> {
  try {
    await deleteObjects(bucket, [key]);
  } catch (error) {
    logError("own_object_not_deleted", error, { generationId });
  }
}
