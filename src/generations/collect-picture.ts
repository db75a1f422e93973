/**
 * From the finished picture's address to the stored object: downloads until the bytes are good, then stores them.
 * Nothing here buys: the same picture is fetched anew, with a fresh address when the old one expired.
 */
import { enterStep } from "../db/generation-jobs.ts";
import { findGeneration } from "../ideogram/find-generation.ts";
import type { StoredImage } from "../r2/store-image.ts";
import type { ReadyPicture } from "./await-picture.ts";
import { fetchPicture } from "./fetch-picture.ts";
import { DOWNLOAD_LEASE_MS, type HeldJob, type JobContext, OVER, type StepResult } from "./job-context.ts";
import { storePicture } from "./store-picture.ts";

/** Downloads of one delivery. Each may take up to the download's own timeout. */
const DOWNLOAD_TRIES = 3;
const DOWNLOAD_PAUSE_MS = 1_000;

export async function collectPicture(
  context: JobContext,
  job: HeldJob,
  providerGenerationId: string,
  picture: ReadyPicture,
): Promise<StepResult<StoredImage>> {
  let url = picture.url;
  for (let tries = 1; ; tries++) {
    if (!(await enterStep(context.db, job.row.id, job.lease, "downloading", DOWNLOAD_LEASE_MS))) return OVER;
    const picture = await fetchPicture(context, job, url);
    if (picture.kind === "fetched") return storePicture(context, job, picture.bytes);
    if (picture.isLasting || tries === DOWNLOAD_TRIES) return picture.end;
    await context.sleep(DOWNLOAD_PAUSE_MS * tries);
    url = (await findFreshUrl(context, providerGenerationId)) ?? url;
  }
}

/** Polling again may sign a fresh address. Null when it doesn't say; the old one is tried once more then. */
async function findFreshUrl(context: JobContext, providerGenerationId: string): Promise<string | null> {
  const polled = await findGeneration(context.provider, providerGenerationId);
  if (!polled.ok || polled.value.status !== "completed" || polled.value.picture.kind !== "ready") return null;
  return polled.value.picture.url;
}
