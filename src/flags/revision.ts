/** A short name for everything that the namespace holds: the same values have the same revision, anywhere. */

export const REVISION_CHARACTERS = 12;

/** `values` by stored key; null where a key is absent. */
export async function computeRevision(values: Readonly<Record<string, string | null>>): Promise<string> {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(entries)));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.slice(0, REVISION_CHARACTERS);
}
