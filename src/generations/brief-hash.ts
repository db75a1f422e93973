/** The identity of a parsed brief, to tell a repeated request from a different one under the same Idempotency-Key. */
import type { Brief } from "./brief.ts";

/** SHA-256 in lower-case hexadecimal. Equal for equal briefs, however their bodies were ordered or spaced. */
export async function briefHash(brief: Brief): Promise<string> {
  const bytes = new TextEncoder().encode(buildCanonicalJson(brief));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** JSON with sorted keys. The order of an array is a part of what was asked for, and stays. */
function buildCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
