/** A short name for everything that the namespace holds: the same values have the same revision, anywhere. */
import { sha256 } from "../sha256.ts";

export const REVISION_CHARACTERS = 12;

/** `values` by stored key; null where a key is absent. */
export async function computeRevision(values: Readonly<Record<string, string | null>>): Promise<string> {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return (await sha256(JSON.stringify(entries))).slice(0, REVISION_CHARACTERS);
}
