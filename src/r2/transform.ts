/**
 * Pictures made from pictures by the Images binding: crops, thumbnails, conversions. What comes back is proved
 * like any other picture. Failures are values; nothing falls back to the original.
 */
import { fail, type Result, succeed } from "../result.ts";
import {
  contentTypeOf,
  IMAGE_MAX_BYTES,
  type ImageDefect,
  type ImageFormat,
  type PixelSize,
} from "./image-facts.ts";
import { readBounded, withTimeout } from "./read-bounded.ts";
import { type ImageExpectation, validateImage } from "./validate-image.ts";

export type TransformFailure =
  | { kind: "invalid_source"; defect: ImageDefect }
  | { kind: "invalid_output"; defect: ImageDefect }
  /** The binding refused, broke or took longer than TRANSFORM_TIMEOUT_MS. */
  | { kind: "transform"; cause: unknown };

/** Bytes, or a stream of an object that is in the bucket and was proved when it was put there. */
export type ImageSource = Uint8Array | ReadableStream<Uint8Array>;

export const TRANSFORM_TIMEOUT_MS = 30_000;

/**
 * Cuts the middle out of a picture so that it has exactly the shape of `asked`, as a lossless PNG of that size,
 * or, when the picture has fewer pixels, of the largest size that needs no enlarging.
 */
export async function cropToShape(
  images: ImagesBinding,
  bytes: Uint8Array,
  asked: PixelSize,
): Promise<Result<Uint8Array, TransformFailure>> {
  // A decoder turns half a file into a whole picture with a grey half: it must not see unproved bytes.
  const source = await validateImage(bytes);
  if (!source.ok) return fail({ kind: "invalid_source", defect: source.error });
  const scale = Math.min(1, source.value.width / asked.width, source.value.height / asked.height);
  const size = { width: Math.round(asked.width * scale), height: Math.round(asked.height * scale) };
  const expected = { format: "png", size, isExact: true } as const;
  return transformImage(images, bytes, { ...size, fit: "cover", gravity: "center" }, expected);
}

/** The middle of a picture that nobody has proved yet, as a WebP with sides of exactly `side` pixels. */
export async function cropToSquare(
  images: ImagesBinding,
  bytes: Uint8Array,
  side: number,
): Promise<Result<Uint8Array, TransformFailure>> {
  const source = await validateImage(bytes);
  if (!source.ok) return fail({ kind: "invalid_source", defect: source.error });
  const size = { width: side, height: side };
  const expected = { format: "webp", size, isExact: true, isDerived: true } as const;
  return transformImage(images, bytes, { ...size, fit: "cover", gravity: "center" }, expected);
}

/** A WebP of at most `width` pixels across; a smaller picture keeps its size. */
export async function makeThumbnail(
  images: ImagesBinding,
  source: ImageSource,
  { width }: { width: number },
): Promise<Result<Uint8Array, TransformFailure>> {
  return convertImage(images, source, { format: "webp", width });
}

/** The picture in another format and, if asked, not wider than `width` pixels. It never enlarges. */
export async function convertImage(
  images: ImagesBinding,
  source: ImageSource,
  { format, width }: { format: ImageFormat; width?: number | undefined },
): Promise<Result<Uint8Array, TransformFailure>> {
  const resize: ImageTransform | null = width === undefined ? null : { width, fit: "scale-down" };
  return transformImage(images, source, resize, { format, isDerived: true });
}

async function transformImage(
  images: ImagesBinding,
  source: ImageSource,
  resize: ImageTransform | null,
  expected: ImageExpectation & { format: ImageFormat },
): Promise<Result<Uint8Array, TransformFailure>> {
  let bytes: Uint8Array | null;
  try {
    bytes = await withTimeout(runBinding(images, source, resize, expected.format), TRANSFORM_TIMEOUT_MS);
  } catch (cause) {
    return fail({ kind: "transform", cause });
  }
  if (bytes === null) {
    const defect: ImageDefect = { kind: "too_large", bytes: IMAGE_MAX_BYTES + 1, maxBytes: IMAGE_MAX_BYTES };
    return fail({ kind: "invalid_output", defect });
  }
  const facts = await validateImage(bytes, expected);
  return facts.ok ? succeed(bytes) : fail({ kind: "invalid_output", defect: facts.error });
}

async function runBinding(
  images: ImagesBinding,
  source: ImageSource,
  resize: ImageTransform | null,
  format: ImageFormat,
): Promise<Uint8Array | null> {
  const input = images.input(source instanceof Uint8Array ? new Blob([source]).stream() : source);
  const transformer = resize === null ? input : input.transform(resize);
  const output = await transformer.output({ format: contentTypeOf(format) });
  return readBounded(output.image(), IMAGE_MAX_BYTES);
}
