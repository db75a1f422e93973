/**
 * Questions to the bucket about objects: find, list, delete. Putting is store-image.ts alone.
 * A missing object is null; what the bucket throws goes on to the caller, who knows whether to try again.
 */
import { toHex } from "../sha256.ts";
import { buildGenerationPrefix } from "./keys.ts";

export interface StoredObject {
  key: string;
  bytes: number;
  /** Hexadecimal; null when the object was put without it, which store-image.ts never does. */
  sha256: string | null;
  /** The bucket's own strong validator, with its quotes. */
  httpEtag: string;
  /** Milliseconds UTC. */
  uploadedAt: number;
}

export interface ObjectPage {
  objects: StoredObject[];
  cursor: string | null;
}

/** R2's own limits for one call. */
export const LIST_OBJECTS_MAX = 1_000;
const DELETE_KEYS_MAX = 1_000;

export async function findObject(bucket: R2Bucket, key: string): Promise<StoredObject | null> {
  const found = await bucket.head(key);
  return found && describeObject(found);
}

/** The object with its bytes as a stream, which the caller reads or cancels. */
export async function findObjectBody(
  bucket: R2Bucket,
  key: string,
): Promise<{ object: StoredObject; body: ReadableStream<Uint8Array> } | null> {
  const found = await bucket.get(key);
  return found && { object: describeObject(found), body: found.body };
}

/** One page in the order of the keys. A null cursor in the answer means that it was the last one. */
export async function listObjects(
  bucket: R2Bucket,
  page: { prefix: string; cursor: string | null; limit: number },
): Promise<ObjectPage> {
  const listed = await bucket.list({
    prefix: page.prefix,
    limit: Math.min(page.limit, LIST_OBJECTS_MAX),
    ...(page.cursor === null ? {} : { cursor: page.cursor }),
  });
  return {
    objects: listed.objects.map(describeObject),
    cursor: listed.truncated ? listed.cursor : null,
  };
}

/** A key without an object is no failure. */
export async function deleteObjects(bucket: R2Bucket, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += DELETE_KEYS_MAX) {
    await bucket.delete(keys.slice(at, at + DELETE_KEYS_MAX));
  }
}

/**
 * Removes what the attempts at a generation left, except the picture that won (null when none did), and names
 * it. It looks at one page (LIST_OBJECTS_MAX objects, far more than there are attempts).
 */
export async function deleteOtherAttempts(
  bucket: R2Bucket,
  userId: string,
  generationId: string,
  keepKey: string | null,
): Promise<string[]> {
  const prefix = buildGenerationPrefix(userId, generationId);
  // With a key of somewhere else, "all others" would be the picture that is to be kept.
  if (keepKey !== null && !keepKey.startsWith(prefix)) {
    throw new Error("the object to keep is not of this generation");
  }
  const { objects } = await listObjects(bucket, { prefix, cursor: null, limit: LIST_OBJECTS_MAX });
  const others = objects.map((object) => object.key).filter((key) => key !== keepKey);
  await deleteObjects(bucket, others);
  return others;
}

export function describeObject(object: R2Object): StoredObject {
  const { sha256 } = object.checksums;
  return {
    key: object.key,
    bytes: object.size,
    sha256: sha256 === undefined ? null : toHex(sha256),
    httpEtag: object.httpEtag,
    uploadedAt: object.uploaded.getTime(),
  };
}
