/** Cuts a fetched picture to its shape where the provider has no such size, and stores it under the attempt's own key. */
import { enterStep } from "../db/generation-jobs.ts";
import { logError, logWarning } from "../log.ts";
import type { PixelSize } from "../r2/image-facts.ts";
import { buildImageKey } from "../r2/keys.ts";
import { type StoredImage, type StoreFailure, storeImage } from "../r2/store-image.ts";
import { cropToShape } from "../r2/transform.ts";
import { detectFormat } from "../r2/validate-image.ts";
import type { Result } from "../result.ts";
import {
  failedAttempt,
  goOn,
  type HeldJob,
  type JobContext,
  type JobEnd,
  OVER,
  STORE_LEASE_MS,
  type StepResult,
} from "./job-context.ts";
import { deleteOwnObject } from "./leftovers.ts";

/** Puts of one delivery: the same bytes under the same key, which the bucket takes once. */
const STORE_TRIES = 3;
const STORE_PAUSE_MS = 500;

export async function storePicture(
  context: JobContext,
  { row, lease }: HeldJob,
  bytes: Uint8Array,
): Promise<StepResult<StoredImage>> {
  if (!(await enterStep(context.db, row.id, lease, "storing", STORE_LEASE_MS))) return OVER;
  const size = { width: row.width, height: row.height };
  const shaped = await shapePicture(context, row.providerSize, bytes, size);
  if (shaped === null) return notStored(row.id, "crop");
  const format = detectFormat(shaped);
  if (format === null) return notStored(row.id, "format");
  const key = buildImageKey({ userId: row.userId, generationId: row.id, attempt: row.attempt, n: 1, format });
  const stored = await putSurely(context, key, shaped, size);
  if (stored.ok) return goOn(stored.value);
  if (stored.error.kind === "storage") {
    logError("put_failed", stored.error.cause, { generationId: row.id });
    await deleteOwnObject(context.bucket, row.id, key);
  }
  return notStored(row.id, stored.error.kind);
}

/** Null when the cut failed. */
async function shapePicture(
  context: JobContext,
  providerSize: string,
  bytes: Uint8Array,
  size: PixelSize,
): Promise<Uint8Array | null> {
  if (providerSize === `${size.width}x${size.height}`) return bytes;
  const cropped = await cropToShape(context.images, bytes, size);
  return cropped.ok ? cropped.value : null;
}

/** A put whose answer was lost is put again: the bucket then says that the same bytes are there. */
async function putSurely(
  context: JobContext,
  key: string,
  bytes: Uint8Array,
  size: PixelSize,
): Promise<Result<StoredImage, StoreFailure>> {
  for (let tries = 1; ; tries++) {
    const stored = await storeImage(context.bucket, key, bytes, { size });
    if (stored.ok || stored.error.kind !== "storage" || tries === STORE_TRIES) return stored;
    await context.sleep(STORE_PAUSE_MS * tries);
  }
}

function notStored(id: string, defect: string): JobEnd {
  logWarning("picture_not_stored", { generationId: id, defect });
  return failedAttempt("storage_failed", "paid_not_delivered");
}
