/**
 * Answers a request for a stored picture: 200, 206, 304, and 416 as an AppError. The caller has decided who may
 * see it. The bytes are streamed from the bucket, which is asked for no more of them than will be sent.
 */
import { AppError } from "../errors.ts";
import { matchesIfRange, parseRange } from "./http-conditions.ts";
import { buildEtag, buildImageHeaders, findNotModified, type PictureDescription } from "./image-headers.ts";
import { describeObject } from "./objects.ts";

export interface StoredPicture extends PictureDescription {
  key: string;
  /** SHA-256 in hexadecimal and length, where a row states them. With both, a 304 needs no look at the bucket. */
  etagSeed?: string | undefined;
  bytes?: number | undefined;
}

export interface ImageRequest {
  method: string;
  headers: Headers;
}

interface BodyFacts {
  etagSeed: string;
  bytes: number;
}

/**
 * Null when the bucket has no such object, or one that is not what the row states: the caller answers 404 and
 * raises an alarm. Throws `range_not_satisfiable` and, when the bucket does not answer, `unavailable`.
 */
export async function serveImage(
  bucket: R2Bucket,
  picture: StoredPicture,
  request: ImageRequest,
): Promise<Response | null> {
  const stated = readStatedFacts(picture);
  const unchanged = stated && findNotModified(picture, stated.etagSeed, request);
  if (unchanged !== null) return unchanged;
  if (request.method === "HEAD") return serveHead(bucket, picture, request);
  const isConditional = request.headers.has("if-none-match") || request.headers.has("range");
  if (stated === null && isConditional) {
    const found = await findFacts(bucket, picture.key);
    return found && serveImage(bucket, { ...picture, ...found }, request);
  }
  return stated !== null && request.headers.has("range")
    ? serveRange(bucket, picture, stated, request)
    : serveWhole(bucket, picture);
}

/** HEAD ignores Range (RFC 9110, section 14.2) and always looks, so that it never promises a missing object. */
async function serveHead(
  bucket: R2Bucket,
  picture: StoredPicture,
  request: ImageRequest,
): Promise<Response | null> {
  const facts = await findFacts(bucket, picture.key);
  if (facts === null || !isAsStated(facts, picture)) return null;
  return (
    findNotModified(picture, facts.etagSeed, request) ??
    new Response(null, { headers: buildWholeHeaders(picture, facts) })
  );
}

async function serveWhole(bucket: R2Bucket, picture: StoredPicture): Promise<Response | null> {
  const object = await getObject(bucket, picture, {});
  if (object === null) return null;
  return new Response(object.body, { headers: buildWholeHeaders(picture, readFacts(object)) });
}

async function serveRange(
  bucket: R2Bucket,
  picture: StoredPicture,
  facts: BodyFacts,
  request: ImageRequest,
): Promise<Response | null> {
  const isApplicable = matchesIfRange(request.headers.get("if-range"), buildEtag(facts.etagSeed));
  const range = parseRange(isApplicable ? request.headers.get("range") : null, facts.bytes);
  if (range.kind === "whole") return serveWhole(bucket, picture);
  if (range.kind === "unsatisfiable") {
    throw new AppError("range_not_satisfiable", { headers: { "content-range": `bytes */${facts.bytes}` } });
  }
  const { offset, length } = range;
  const object = await getObject(bucket, picture, { range: { offset, length } });
  if (object === null) return null;
  const headers = buildWholeHeaders(picture, facts);
  headers.set("content-range", `bytes ${offset}-${offset + length - 1}/${facts.bytes}`);
  headers.set("content-length", String(length));
  return new Response(object.body, { status: 206, headers });
}

function buildWholeHeaders(picture: StoredPicture, facts: BodyFacts): Headers {
  const headers = buildImageHeaders(picture, facts.etagSeed);
  headers.set("accept-ranges", "bytes");
  headers.set("content-length", String(facts.bytes));
  return headers;
}

async function findFacts(bucket: R2Bucket, key: string): Promise<BodyFacts | null> {
  const object = await requireAnswer(bucket.head(key));
  return object && readFacts(object);
}

async function getObject(
  bucket: R2Bucket,
  picture: StoredPicture,
  options: R2GetOptions,
): Promise<R2ObjectBody | null> {
  const object = await requireAnswer(bucket.get(picture.key, options));
  if (object === null || isAsStated(readFacts(object), picture)) return object;
  await object.body.cancel();
  return null;
}

function readStatedFacts({ etagSeed, bytes }: StoredPicture): BodyFacts | null {
  return etagSeed === undefined || bytes === undefined ? null : { etagSeed, bytes };
}

/** An object that was restored from a copy may have lost its checksum: the bucket's own tag serves then. */
function readFacts(object: R2Object): BodyFacts {
  const { sha256, bytes, httpEtag } = describeObject(object);
  return { etagSeed: sha256 ?? httpEtag.replaceAll('"', ""), bytes };
}

function isAsStated(found: BodyFacts, picture: StoredPicture): boolean {
  const stated = readStatedFacts(picture);
  return stated === null || (stated.etagSeed === found.etagSeed && stated.bytes === found.bytes);
}

/** What the bucket says; `unavailable` when it says nothing. */
export async function requireAnswer<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (cause) {
    throw new AppError("unavailable", {
      detail: "The picture store does not answer right now. The picture is safe; try again in a minute.",
      reason: "bucket_failed",
      cause,
    });
  }
}
