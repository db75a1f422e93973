/**
 * Decides whether bytes are a complete PNG, JPEG or WebP of the expected shape. Pure: it stores nothing and
 * trusts neither a content type nor a decoder (three of four that were tried took half a file).
 */
import { fail, type Result, succeed } from "../result.ts";
import {
  DERIVED_MIN_BYTES,
  DERIVED_MIN_SIDE_PIXELS,
  IMAGE_MAX_BYTES,
  IMAGE_MAX_SIDE_PIXELS,
  IMAGE_MIN_BYTES,
  IMAGE_MIN_SIDE_PIXELS,
  type ImageDefect,
  type ImageFacts,
  type ImageFormat,
  type PixelSize,
  SHAPE_TOLERANCE_RATIO,
  SIDE_MIN_RATIO,
} from "./image-facts.ts";
import { isJpeg, parseJpeg } from "./jpeg.ts";
import { isPng, type PngLayout, parsePng } from "./png.ts";
import { findPngPixelDefect } from "./png-pixels.ts";
import { isWebp, parseWebp } from "./webp.ts";

export interface ImageExpectation {
  /** The size that was asked for. Another size of the same shape passes, down to half a side. */
  size?: PixelSize;
  /** The size must be the one above to the pixel. */
  isExact?: boolean;
  format?: ImageFormat;
  /** A picture that was made here from a stored one, such as a thumbnail: it may be small. */
  isDerived?: boolean;
}

/** The format that the first bytes announce. It proves nothing; it is good for choosing a file extension. */
export function detectFormat(bytes: Uint8Array): ImageFormat | null {
  if (isPng(bytes)) return "png";
  if (isJpeg(bytes)) return "jpeg";
  return isWebp(bytes) ? "webp" : null;
}

export async function validateImage(
  bytes: Uint8Array,
  expected: ImageExpectation = {},
): Promise<Result<ImageFacts, ImageDefect>> {
  const minBytes = expected.isDerived ? DERIVED_MIN_BYTES : IMAGE_MIN_BYTES;
  if (bytes.length < minBytes) return fail({ kind: "too_small", bytes: bytes.length, minBytes });
  if (bytes.length > IMAGE_MAX_BYTES) {
    return fail({ kind: "too_large", bytes: bytes.length, maxBytes: IMAGE_MAX_BYTES });
  }
  const format = detectFormat(bytes);
  if (format === null) return fail({ kind: "unknown_format", bytes: bytes.length });
  if (expected.format !== undefined && format !== expected.format) {
    return fail({ kind: "wrong_format", found: format, expected: expected.format });
  }
  const layout = parseLayout(format, bytes);
  if (!layout.ok) return layout;
  // The size is judged before a pixel is inflated: a header may promise 60,000 × 60,000.
  const defect =
    findSizeDefect(layout.value, expected) ??
    ("compressed" in layout.value ? await findPngPixelDefect(layout.value) : null);
  if (defect !== null) return fail(defect);
  const { width, height } = layout.value;
  return succeed({ format, width, height, bytes: bytes.length });
}

function parseLayout(format: ImageFormat, bytes: Uint8Array): Result<PngLayout | PixelSize, ImageDefect> {
  switch (format) {
    case "png":
      return parsePng(bytes);
    case "jpeg":
      return parseJpeg(bytes);
    case "webp":
      return parseWebp(bytes);
  }
}

function findSizeDefect({ width, height }: PixelSize, expected: ImageExpectation): ImageDefect | null {
  const minPixels = expected.isDerived ? DERIVED_MIN_SIDE_PIXELS : IMAGE_MIN_SIDE_PIXELS;
  const maxPixels = IMAGE_MAX_SIDE_PIXELS;
  if (Math.min(width, height) < minPixels || Math.max(width, height) > maxPixels) {
    return { kind: "bad_dimensions", width, height, minPixels, maxPixels };
  }
  if (expected.size === undefined) return null;
  const asked = expected.size;
  const isSame = width === asked.width && height === asked.height;
  if (expected.isExact) return isSame ? null : wrongShape({ width, height }, asked);
  if (Math.abs(width * asked.height - height * asked.width) > SHAPE_TOLERANCE_RATIO * height * asked.width) {
    return wrongShape({ width, height }, asked);
  }
  if (width < asked.width * SIDE_MIN_RATIO || height < asked.height * SIDE_MIN_RATIO) {
    return { kind: "too_few_pixels", found: { width, height }, expected: asked };
  }
  return null;
}

function wrongShape(found: PixelSize, expected: PixelSize): ImageDefect {
  return { kind: "wrong_shape", found, expected };
}
