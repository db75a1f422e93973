/**
 * The conditional and range headers of a request for a picture (RFC 9110, sections 13 and 14). Pure.
 * A header that is not understood is ignored, as the RFC asks: the answer is then the whole picture.
 */

/** `whole` also stands for several ranges: a multipart answer is not worth its code for a picture. */
export type ByteRange =
  | { kind: "whole" }
  | { kind: "part"; offset: number; length: number }
  | { kind: "unsatisfiable" };

const WHOLE: ByteRange = { kind: "whole" };
const UNSATISFIABLE: ByteRange = { kind: "unsatisfiable" };
const SINGLE_RANGE_PATTERN = /^bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*$/i;
const ENTITY_TAG_PATTERN = /(?:W\/)?("[^"]*")/g;

/** `header` is the value of Range or null; `size` is the length of the picture in bytes, at least 1. */
export function parseRange(header: string | null, size: number): ByteRange {
  const [, first, last] = SINGLE_RANGE_PATTERN.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return WHOLE;
  if (first === "") return parseSuffix(Number(last), size);
  const offset = Number(first);
  const end = last === "" ? size - 1 : Number(last);
  if (last !== "" && end < offset) return WHOLE;
  if (offset >= size) return UNSATISFIABLE;
  return { kind: "part", offset, length: Math.min(end, size - 1) - offset + 1 };
}

/** The last `count` bytes, or all when there are fewer. */
function parseSuffix(count: number, size: number): ByteRange {
  if (count === 0) return UNSATISFIABLE;
  const length = Math.min(count, size);
  return { kind: "part", offset: size - length, length };
}

/** Whether If-None-Match names what we have: weak comparison, a list, or `*`. `etag` has its quotes. */
export function matchesIfNoneMatch(header: string | null, etag: string): boolean {
  if (header === null) return false;
  if (header.trim() === "*") return true;
  return Array.from(header.matchAll(ENTITY_TAG_PATTERN), (match) => match[1]).includes(etag);
}

/**
 * Whether Range may be applied: without If-Range always, with it only for the very same bytes (strong
 * comparison). A date never matches, because our answers carry no Last-Modified that it could come from.
 */
export function matchesIfRange(header: string | null, etag: string): boolean {
  return header === null || header.trim() === etag;
}
