/**
 * Downloads a finished picture and proves that it is a complete picture of the shape asked for.
 * A bad download never buys again; it says whether downloading once more could help, and what to do when it didn't.
 */
import { type DownloadFailure, downloadPicture } from "../ideogram/download-picture.ts";
import { logAlarm, logWarning } from "../log.ts";
import type { PixelSize } from "../r2/image-facts.ts";
import { validateImage } from "../r2/validate-image.ts";
import { failed, failedAttempt, type HeldJob, type JobContext, type JobEnd } from "./job-context.ts";

export type FetchedPicture =
  | { kind: "fetched"; bytes: Uint8Array }
  /** `isLasting`: downloading again can't change it. `end`: what becomes of the job when nothing more is tried. */
  | { kind: "not_fetched"; isLasting: boolean; end: JobEnd };

export async function fetchPicture(
  context: JobContext,
  { row }: HeldJob,
  url: string,
): Promise<FetchedPicture> {
  const downloaded = await downloadPicture(context.provider, url);
  if (!downloaded.ok) return explainDownload(row.id, downloaded.error);
  const valid = await validateImage(downloaded.value, { size: parseSize(row.providerSize) });
  if (valid.ok) {
    logOtherSize(row.id, row.providerSize, valid.value);
    return { kind: "fetched", bytes: downloaded.value };
  }
  logWarning("picture_invalid", { generationId: row.id, defect: valid.error.kind });
  return badPicture(false);
}

function explainDownload(id: string, failure: DownloadFailure): FetchedPicture {
  switch (failure.kind) {
    case "forbidden_host":
      logAlarm("picture_host_refused", { generationId: id, address: failure.address });
      return badPicture(true);
    case "too_large":
    case "rejected":
      return badPicture(true);
    case "incomplete":
      return badPicture(false);
    case "expired":
      return noWay("provider_failed");
    case "unreachable":
      return noWay("provider_unreachable");
  }
}

/** The bytes are at fault: when trying again in this delivery doesn't help, the credits go back. */
function badPicture(isLasting: boolean): FetchedPicture {
  return { kind: "not_fetched", isLasting, end: failed("invalid_picture", "paid_not_delivered") };
}

/** The way to the bytes is at fault: a later attempt may find it open. */
function noWay(code: "provider_failed" | "provider_unreachable"): FetchedPicture {
  return { kind: "not_fetched", isLasting: false, end: failedAttempt(code, "paid_not_delivered") };
}

function parseSize(text: string): PixelSize {
  const [width, height] = text.split("x").map(Number);
  return { width: width ?? 0, height: height ?? 0 };
}

/** The right shape in another size is kept as it is; an operator should know that the provider does this. */
function logOtherSize(id: string, asked: string, found: PixelSize): void {
  if (asked === `${found.width}x${found.height}`) return;
  logWarning("picture_other_size", { generationId: id, asked, found: `${found.width}x${found.height}` });
}
