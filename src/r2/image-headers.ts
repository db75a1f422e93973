/**
 * The headers of every answer that carries a picture, and the answer that carries none because the asker has it.
 * Bytes are never executed, never guessed at, and a private picture is never kept without asking us again.
 */
import { buildContentDisposition } from "./content-disposition.ts";
import { matchesIfNoneMatch } from "./http-conditions.ts";
import { contentTypeOf, type ImageFormat } from "./image-facts.ts";

export interface PictureDescription {
  format: ImageFormat;
  visibility: "public" | "private";
  /** Present when the browser shall save the picture instead of showing it. */
  download?: { filename: string } | undefined;
}

/**
 * A picture that is made private again can't be recalled from a cache. So public ones are kept for minutes, not
 * for ever, and after that each use asks us, which costs a 304. Private ones ask each time, with the session.
 */
const PUBLIC_MAX_AGE_SECONDS = 300;

/** `etagSeed` identifies the exact bytes: a SHA-256, with the parameters behind it for a converted picture. */
export function buildImageHeaders(picture: PictureDescription, etagSeed: string): Headers {
  const headers = buildValidatorHeaders(picture, buildEtag(etagSeed));
  headers.set("content-type", contentTypeOf(picture.format));
  headers.set("x-content-type-options", "nosniff");
  headers.set("content-security-policy", "default-src 'none'; sandbox");
  if (picture.download !== undefined) {
    headers.set("content-disposition", buildContentDisposition(picture.download.filename, picture.format));
  }
  return headers;
}

/** 304 when the request says that it has these bytes, null when it has to be given them. */
export function findNotModified(
  picture: PictureDescription,
  etagSeed: string,
  request: { headers: Headers },
): Response | null {
  const etag = buildEtag(etagSeed);
  if (!matchesIfNoneMatch(request.headers.get("if-none-match"), etag)) return null;
  return new Response(null, { status: 304, headers: buildValidatorHeaders(picture, etag) });
}

/** A strong validator: the same tag means the same bytes. */
export function buildEtag(etagSeed: string): string {
  return `"${etagSeed}"`;
}

/** What a 304 repeats, so that a stored copy follows a change of visibility (RFC 9110, section 15.4.5). */
function buildValidatorHeaders(picture: PictureDescription, etag: string): Headers {
  const isPrivate = picture.visibility === "private";
  return new Headers({
    etag,
    "cache-control": isPrivate
      ? "private, no-cache"
      : `public, max-age=${PUBLIC_MAX_AGE_SECONDS}, must-revalidate`,
    "cross-origin-resource-policy": isPrivate ? "same-origin" : "cross-origin",
  });
}
