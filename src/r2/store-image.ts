/**
 * The only place that puts an object into the bucket. It proves the bytes itself, so that nobody can skip that,
 * and creates only: an object that exists is never overwritten.
 */
import { fail, type Result, succeed } from "../result.ts";
import { sha256 } from "../sha256.ts";
import { contentTypeOf, type ImageDefect, type ImageFacts, type PixelSize } from "./image-facts.ts";
import { buildThumbnailKey, parseImageKey } from "./keys.ts";
import { findObject, type StoredObject } from "./objects.ts";
import { type ImageExpectation, validateImage } from "./validate-image.ts";

export interface StoredImage extends ImageFacts {
  key: string;
  /** Hexadecimal. */
  sha256: string;
}

export type StoreFailure =
  /** The bytes are at fault: storing them again fails again. */
  | { kind: "invalid_image"; defect: ImageDefect }
  /** The key is not one of an original: the caller is at fault. */
  | { kind: "bad_key"; key: string }
  /** Other bytes are under the key already; it needs a new attempt, and with it a new key. */
  | { kind: "key_taken"; key: string; sha256: string | null }
  /** The bucket threw, and it is not known whether the object is there. Worth a retry with the same key and bytes. */
  | { kind: "storage"; cause: unknown };

/**
 * Stores a person's picture under a key of buildImageKey, whose extension must be the format of the bytes.
 * Storing the same bytes under the same key once more succeeds.
 */
export async function storeImage(
  bucket: R2Bucket,
  key: string,
  bytes: Uint8Array,
  expected: { size: PixelSize },
): Promise<Result<StoredImage, StoreFailure>> {
  const parts = parseImageKey(key);
  if (parts?.kind !== "original") return fail({ kind: "bad_key", key });
  return createObject(bucket, key, bytes, { size: expected.size, format: parts.format });
}

/**
 * Stores the WebP thumbnail of an image. `key_taken` means that another delivery has made one before, perhaps
 * with another encoder: the one that is there is as good.
 */
export async function storeThumbnail(
  bucket: R2Bucket,
  imageId: string,
  bytes: Uint8Array,
): Promise<Result<StoredImage, StoreFailure>> {
  return createObject(bucket, buildThumbnailKey(imageId), bytes, { format: "webp", isDerived: true });
}

async function createObject(
  bucket: R2Bucket,
  key: string,
  bytes: Uint8Array,
  expected: ImageExpectation,
): Promise<Result<StoredImage, StoreFailure>> {
  const facts = await validateImage(bytes, expected);
  if (!facts.ok) return fail({ kind: "invalid_image", defect: facts.error });
  const image: StoredImage = { key, sha256: await sha256(bytes), ...facts.value };
  try {
    const existing = await putOnce(bucket, image, bytes);
    if (existing === null || existing.sha256 === image.sha256) return succeed(image);
    return fail({ kind: "key_taken", key, sha256: existing.sha256 });
  } catch (cause) {
    return fail({ kind: "storage", cause });
  }
}

/** Null when the object was created; otherwise the one that was there before, untouched. */
async function putOnce(
  bucket: R2Bucket,
  image: StoredImage,
  bytes: Uint8Array,
): Promise<StoredObject | null> {
  const created = await bucket.put(image.key, bytes, {
    onlyIf: { etagDoesNotMatch: "*" },
    // The bucket compares it with what arrived, and gives it back with the object.
    sha256: image.sha256,
    httpMetadata: { contentType: contentTypeOf(image.format) },
  });
  if (created !== null) return null;
  const existing = await findObject(bucket, image.key);
  if (existing === null)
    throw new Error("the object was there when it was put and gone when it was looked at");
  return existing;
}
