/**
 * Fetches the finished picture, proves that it is the picture asked for, and stores it.
 * A bad download never buys again: the same picture is fetched anew, with a fresh address when the old one expired.
 */
import { enterStep } from "../db/generation-jobs.ts";
import { type DownloadFailure, downloadPicture } from "../ideogram/download-picture.ts";
import { findGeneration } from "../ideogram/find-generation.ts";
import { logWarning } from "../log.ts";
import { buildImageKey } from "../r2/keys.ts";
import { type StoredImage, storeImage } from "../r2/store-image.ts";
import { cropToShape } from "../r2/transform.ts";
import { detectFormat, validateImage } from "../r2/validate-image.ts";
import type { ReadyPicture } from "./await-picture.ts";
import {
  DOWNLOAD_LEASE_MS,
  failed,
  goOn,
  type HeldJob,
  type JobContext,
  type JobEnd,
  OVER,
  STORE_LEASE_MS,
  type StepResult,
} from "./job-context.ts";

/** Downloads of one delivery. Each may take up to the download's own timeout. */
const DOWNLOAD_TRIES = 3;
const DOWNLOAD_PAUSE_MS = 1_000;
const FAILED_ATTEMPT_PAUSE_MS = 5_000;

type Bytes = Uint8Array;

export async function collectPicture(
  context: JobContext,
  job: HeldJob,
  providerGenerationId: string,
  picture: ReadyPicture,
): Promise<StepResult<StoredImage>> {
  let url = picture.url;
  let end: JobEnd = OVER;
  for (let tries = 1; tries <= DOWNLOAD_TRIES; tries++) {
    if (!(await enterStep(context.db, job.row.id, job.lease, "downloading", DOWNLOAD_LEASE_MS))) return OVER;
    const fetched = await fetchPicture(context, job, url);
    if (fetched.kind === "go_on") return storePicture(context, job, fetched.value);
    end = fetched;
    if (fetched.kind === "failed" && !mayRecover(fetched)) return fetched;
    if (tries === DOWNLOAD_TRIES) break;
    await context.sleep(DOWNLOAD_PAUSE_MS * tries);
    url = (await findFreshUrl(context, providerGenerationId)) ?? url;
  }
  return end;
}

/** Bad bytes and expired addresses may be good the next time; what no download changes is final at once. */
function mayRecover(end: Extract<JobEnd, { kind: "failed" }>): boolean {
  return end.code === "invalid_picture" && end.review === "paid_not_delivered";
}

async function fetchPicture(context: JobContext, { row }: HeldJob, url: string): Promise<StepResult<Bytes>> {
  const downloaded = await downloadPicture(context.provider, url);
  if (!downloaded.ok) return explainDownload(row.id, downloaded.error);
  const valid = await validateImage(downloaded.value, { size: parseSize(row.providerSize) });
  if (valid.ok) {
    logOtherSize(row.id, row.providerSize, valid.value);
    return goOn(downloaded.value);
  }
  logWarning("picture_invalid", { generationId: row.id, defect: valid.error.kind });
  return failed("invalid_picture", "paid_not_delivered");
}

function explainDownload(id: string, failure: DownloadFailure): JobEnd {
  switch (failure.kind) {
    case "forbidden_host":
      logWarning("picture_host_refused", { generationId: id, address: failure.address });
      return { kind: "failed", code: "invalid_picture", review: null };
    case "too_large":
    case "rejected":
      return { kind: "failed", code: "invalid_picture", review: null };
    case "incomplete":
      return failed("invalid_picture", "paid_not_delivered");
    case "expired":
    case "unreachable":
      return {
        kind: "failed_attempt",
        delayMs: FAILED_ATTEMPT_PAUSE_MS,
        code: failure.kind === "expired" ? "provider_failed" : "provider_unreachable",
        review: "paid_not_delivered",
      };
  }
}

/** Polling again may sign a fresh address. Null when it doesn't say; the old one is tried once more then. */
async function findFreshUrl(context: JobContext, providerGenerationId: string): Promise<string | null> {
  const polled = await findGeneration(context.provider, providerGenerationId);
  if (!polled.ok || polled.value.status !== "completed" || polled.value.picture.kind !== "ready") return null;
  return polled.value.picture.url;
}

async function storePicture(
  context: JobContext,
  job: HeldJob,
  bytes: Bytes,
): Promise<StepResult<StoredImage>> {
  const { row, lease } = job;
  if (!(await enterStep(context.db, row.id, lease, "storing", STORE_LEASE_MS))) return OVER;
  const size = { width: row.width, height: row.height };
  const shaped = await shapePicture(context, row.providerSize, bytes, size);
  if (shaped === null) return failedToStore(row.id, "crop");
  const format = detectFormat(shaped);
  if (format === null) return failedToStore(row.id, "format");
  const key = buildImageKey({ userId: row.userId, generationId: row.id, attempt: row.attempt, n: 1, format });
  const stored = await storeImage(context.bucket, key, shaped, { size });
  return stored.ok ? goOn(stored.value) : failedToStore(row.id, stored.error.kind);
}

/** The provider has no size for every shape; what it lacks is cut exactly from the nearest. Null when that failed. */
async function shapePicture(
  context: JobContext,
  providerSize: string,
  bytes: Bytes,
  size: { width: number; height: number },
): Promise<Bytes | null> {
  if (providerSize === `${size.width}x${size.height}`) return bytes;
  const cropped = await cropToShape(context.images, bytes, size);
  return cropped.ok ? cropped.value : null;
}

function failedToStore(id: string, defect: string): JobEnd {
  logWarning("picture_not_stored", { generationId: id, defect });
  return {
    kind: "failed_attempt",
    delayMs: FAILED_ATTEMPT_PAUSE_MS,
    code: "storage_failed",
    review: "paid_not_delivered",
  };
}

function parseSize(text: string): { width: number; height: number } {
  const [width, height] = text.split("x").map(Number);
  return { width: width ?? 0, height: height ?? 0 };
}

/** The right shape in another size is kept as it is; an operator should know that the provider does this. */
function logOtherSize(id: string, asked: string, found: { width: number; height: number }): void {
  if (asked === `${found.width}x${found.height}`) return;
  logWarning("picture_other_size", { generationId: id, asked, found: `${found.width}x${found.height}` });
}
