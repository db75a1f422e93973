/**
 * The names of objects in the bucket. A key is built from identifiers only: no e-mail address, no title, and an
 * attempt's number in it, so that a late attempt can't overwrite the one that won.
 */
import { ID_PATTERN } from "../ids.ts";
import { extensionOf, type ImageFormat } from "./image-facts.ts";

/** `n` tells the pictures of one attempt apart. */
export interface OriginalKeyParts {
  userId: string;
  generationId: string;
  attempt: number;
  n: number;
  format: ImageFormat;
}

export type ImageKeyParts =
  | ({ kind: "original" } & OriginalKeyParts)
  | { kind: "thumbnail"; imageId: string; format: "webp" };

export const ORIGINALS_PREFIX = "u/";
export const THUMBNAILS_PREFIX = "t/";
const ATTEMPT_MAX = 9_999;
const N_MAX = 99;
const FORMATS: readonly ImageFormat[] = ["png", "jpeg", "webp"];
const FILE_PATTERN = /^(0|[1-9][0-9]{0,3})-(0|[1-9][0-9]?)(\.[a-z]+)$/;
const THUMBNAIL_FORMAT = "webp";

/** `u/<user id>/<generation id>/<attempt>-<n>.<png|jpg|webp>` */
export function buildImageKey(parts: OriginalKeyParts): string {
  requireWhole(parts.attempt, ATTEMPT_MAX);
  requireWhole(parts.n, N_MAX);
  const file = `${parts.attempt}-${parts.n}${extensionOf(parts.format)}`;
  return buildGenerationPrefix(parts.userId, parts.generationId) + file;
}

/** `t/<image id>.webp` */
export function buildThumbnailKey(imageId: string): string {
  return THUMBNAILS_PREFIX + requireId(imageId) + extensionOf(THUMBNAIL_FORMAT);
}

/** Under it are all pictures of a person. */
export function buildUserPrefix(userId: string): string {
  return `${ORIGINALS_PREFIX}${requireId(userId)}/`;
}

/** Under it are the pictures of all attempts at one generation. */
export function buildGenerationPrefix(userId: string, generationId: string): string {
  return `${buildUserPrefix(userId)}${requireId(generationId)}/`;
}

/** Null for everything that the two builders above can't have made. */
export function parseImageKey(key: string): ImageKeyParts | null {
  const [prefix, ...rest] = key.split("/");
  if (`${prefix}/` === THUMBNAILS_PREFIX) return parseThumbnailKey(rest);
  const [userId, generationId, file, ...tooMany] = rest;
  if (`${prefix}/` !== ORIGINALS_PREFIX || tooMany.length > 0) return null;
  if (userId === undefined || !ID_PATTERN.test(userId)) return null;
  if (generationId === undefined || !ID_PATTERN.test(generationId)) return null;
  const [, attempt, n, extension] = FILE_PATTERN.exec(file ?? "") ?? [];
  const format = FORMATS.find((candidate) => extensionOf(candidate) === extension);
  if (format === undefined) return null;
  return { kind: "original", userId, generationId, attempt: Number(attempt), n: Number(n), format };
}

function parseThumbnailKey([file, ...tooMany]: string[]): ImageKeyParts | null {
  const extension = extensionOf(THUMBNAIL_FORMAT);
  if (file === undefined || tooMany.length > 0 || !file.endsWith(extension)) return null;
  const imageId = file.slice(0, -extension.length);
  return ID_PATTERN.test(imageId) ? { kind: "thumbnail", imageId, format: THUMBNAIL_FORMAT } : null;
}

/** Identifiers come from our own tables: a wrong one is a bug. */
function requireId(id: string): string {
  if (!ID_PATTERN.test(id)) throw new Error("an object key needs identifiers of this product");
  return id;
}

function requireWhole(value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new Error(`an object key needs whole numbers from 0 to ${max}`);
  }
}
