/** The identity of a parsed brief, to tell a repeated request from a different one under the same Idempotency-Key. */
import { sha256 } from "../sha256.ts";
import type { Brief } from "./brief.ts";

/** SHA-256 in lower-case hexadecimal. Equal for equal briefs, however their bodies were ordered or spaced. */
export function briefHash(brief: Brief): Promise<string> {
  return sha256(buildCanonicalJson(brief));
}

/** JSON with sorted keys. The order of an array is a part of what was asked for, and stays. */
function buildCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
