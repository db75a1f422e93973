/** The bytes of pictures: the original, a thumbnail, and downloads in other formats. Every request is authorised. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { type ImageRow, setThumbnailKey } from "../db/images.ts";
import { AppError } from "../errors.ts";
import { wholeNumberInDigits } from "../fields.ts";
import { logAlarm, logWarning } from "../log.ts";
import { buildImageHeaders, findNotModified } from "../r2/image-headers.ts";
import { buildThumbnailKey } from "../r2/keys.ts";
import { deleteObjects, findObjectBody } from "../r2/objects.ts";
import { requireAnswer, serveImage } from "../r2/serve-image.ts";
import { storeThumbnail } from "../r2/store-image.ts";
import { convertImage, makeThumbnail } from "../r2/transform.ts";
import { parseQuery } from "./body.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { isOn, reportFlagFailure } from "./flags.ts";
import { getVisibleImage } from "./images.ts";

export const THUMBNAIL_WIDTH_PIXELS = 512;
const DOWNLOAD_WIDTH_MAX_PIXELS = 4096;
const DOWNLOAD_WIDTH_MIN_PIXELS = 16;

const downloadQuery = z.object({
  format: z.optional(z.enum(["png", "jpeg", "webp"])),
  width: z.optional(wholeNumberInDigits(DOWNLOAD_WIDTH_MIN_PIXELS, DOWNLOAD_WIDTH_MAX_PIXELS)),
});

export const imageFiles = new Hono<AppEnv>()
  .get("/images/:id/original", async (c) => serveOriginal(c, await getVisibleImage(c)))
  .get("/images/:id/thumb", async (c) => {
    const row = await getVisibleImage(c);
    if (!isOn(c, "image_processing")) return serveOriginal(c, row);
    // A thumbnail that can't be made is no reason to show nothing: the original is the same picture.
    return (await serveThumbnail(c, row)) ?? serveOriginal(c, row);
  })
  .get("/images/:id/download", async (c) => {
    const { format, width } = parseQuery(c, downloadQuery);
    const row = await getVisibleImage(c);
    if ((format ?? row.format) === row.format && (width ?? row.width) >= row.width) {
      return serveOriginal(c, row, { filename: row.title });
    }
    requireImageProcessing(c);
    return serveConverted(c, row, { format: format ?? row.format, width });
  });

function requireImageProcessing(c: AppContext): void {
  if (isOn(c, "image_processing")) return;
  throw new AppError("feature_disabled", {
    detail:
      "Pictures can't be converted right now: an administrator has switched that off for a while. The original is unharmed: download it instead.",
  });
}

async function serveOriginal(
  c: AppContext,
  row: ImageRow,
  download?: { filename: string },
): Promise<Response> {
  const served = await serveImage(
    c.env.BUCKET,
    {
      key: row.key,
      format: row.format,
      visibility: row.visibility,
      etagSeed: row.sha256,
      bytes: row.bytes,
      download,
    },
    { method: c.req.method, headers: c.req.raw.headers },
  );
  if (served !== null) return served;
  throw missingObject(c, row);
}

function missingObject(c: AppContext, row: ImageRow): AppError {
  logAlarm("object_missing", { imageId: row.id, requestId: c.get("requestId") });
  return new AppError("not_found", { reason: "object_missing" });
}

/** Null when there is none and none can be made now. One whose object is gone is made anew, under the same key. */
async function serveThumbnail(c: AppContext, row: ImageRow): Promise<Response | null> {
  const serve = (key: string) =>
    serveImage(
      c.env.BUCKET,
      { key, format: "webp", visibility: row.visibility },
      { method: c.req.method, headers: c.req.raw.headers },
    );
  const kept = row.thumbnailKey === null ? null : await serve(row.thumbnailKey);
  if (kept !== null) return kept;
  const made = await createThumbnail(c, row);
  return made === null ? null : serve(made);
}

/** Made on the first look and kept. Null when it can't be made now; the next look tries again. */
async function createThumbnail(c: AppContext, row: ImageRow): Promise<string | null> {
  const source = await requireAnswer(findObjectBody(c.env.BUCKET, row.key));
  if (source === null) return null;
  const made = await makeThumbnail(c.env.IMAGES, source.body, { width: THUMBNAIL_WIDTH_PIXELS });
  if (!made.ok) {
    logWarning("thumbnail_failed", { imageId: row.id, kind: made.error.kind });
    reportFlagFailure(c, "image_processing");
    return null;
  }
  const stored = await storeThumbnail(c.env.BUCKET, row.id, made.value);
  if (!stored.ok && stored.error.kind !== "key_taken") {
    logWarning("thumbnail_not_stored", { imageId: row.id, kind: stored.error.kind });
    return null;
  }
  const key = buildThumbnailKey(row.id);
  if (await setThumbnailKey(c.env.DB, row.id, key)) return key;
  // The picture was deleted meanwhile: its thumbnail must not outlive it.
  await deleteObjects(c.env.BUCKET, [key]);
  throw new AppError("not_found");
}

/** Converted on each request that doesn't have it yet; the stored original is never touched. */
async function serveConverted(
  c: AppContext,
  row: ImageRow,
  asked: { format: "png" | "jpeg" | "webp"; width: number | undefined },
): Promise<Response> {
  const picture = {
    format: asked.format,
    visibility: row.visibility,
    download: { filename: row.title },
  };
  const etagSeed = `${row.sha256}-${asked.format}-${asked.width ?? row.width}`;
  const unchanged = findNotModified(picture, etagSeed, { headers: c.req.raw.headers });
  if (unchanged !== null) return unchanged;
  const source = await requireAnswer(findObjectBody(c.env.BUCKET, row.key));
  if (source === null) throw missingObject(c, row);
  const converted = await convertImage(c.env.IMAGES, source.body, asked);
  if (converted.ok) return new Response(converted.value, { headers: buildImageHeaders(picture, etagSeed) });
  logWarning("conversion_failed", { imageId: row.id, kind: converted.error.kind });
  throw new AppError("unavailable", {
    detail: "This picture can't be converted right now. The original is unharmed: download it instead.",
  });
}
