/**
 * What counts as a picture here: formats, limits, and every way in which bytes can fall short.
 * The parsers (png.ts, jpeg.ts, webp.ts) speak these types; validate-image.ts puts them together.
 */

export type ImageFormat = "png" | "jpeg" | "webp";

/** What is known of bytes that were proved to be a picture. */
export interface ImageFacts {
  format: ImageFormat;
  width: number;
  height: number;
  bytes: number;
}

/** A size in pixels. */
export interface PixelSize {
  width: number;
  height: number;
}

/** Why bytes are not a picture, or not the one that was asked for. Offsets and lengths are in bytes. */
export type ImageDefect =
  | { kind: "too_small"; bytes: number; minBytes: number }
  | { kind: "too_large"; bytes: number; maxBytes: number }
  | { kind: "unknown_format"; bytes: number }
  | { kind: "truncated"; format: ImageFormat; at: number }
  | { kind: "trailing_bytes"; format: ImageFormat; bytes: number }
  | { kind: "bad_checksum"; format: ImageFormat; chunk: string; at: number }
  | { kind: "bad_structure"; format: ImageFormat; reason: string }
  /** Too few or too many bytes of pixels for the size in the header; reading stops at the first byte too many. */
  | { kind: "wrong_pixels"; format: ImageFormat; foundBytes: number; expectedBytes: number }
  | { kind: "bad_dimensions"; width: number; height: number; minPixels: number; maxPixels: number }
  | { kind: "wrong_format"; found: ImageFormat; expected: ImageFormat }
  | { kind: "wrong_shape"; found: PixelSize; expected: PixelSize }
  /** The right shape, but a side has less than half of the pixels asked for: a preview, not the picture. */
  | { kind: "too_few_pixels"; found: PixelSize; expected: PixelSize };

export const IMAGE_MIN_BYTES = 512;
export const IMAGE_MAX_BYTES = 20 * 1024 * 1024;
export const IMAGE_MIN_SIDE_PIXELS = 64;
export const IMAGE_MAX_SIDE_PIXELS = 4096;

/** Limits of pictures that are made here from a stored one: the smallest width that is offered, on a wide picture. */
export const DERIVED_MIN_BYTES = 32;
export const DERIVED_MIN_SIDE_PIXELS = 8;

/** width:height may differ from the ratio asked for by this share. */
export const SHAPE_TOLERANCE_RATIO = 0.01;
/** A side may be smaller than asked for down to this share. */
export const SIDE_MIN_RATIO = 0.5;

export function contentTypeOf(format: ImageFormat): `image/${ImageFormat}` {
  return `image/${format}`;
}

/** With its dot. */
export function extensionOf(format: ImageFormat): string {
  return format === "jpeg" ? ".jpg" : `.${format}`;
}
