/** "Did you mean …?" for a key that no flag has. Pure. */
import { FLAG_KEYS, type FlagKey } from "./registry.ts";

/** More letters than this apart is another word. */
const DISTANCE_MAX = 3;
const KEY_MAX_CHARACTERS = 64;
/** How people write a key who think of something else: a prefix, or the spelling of a variable. */
const DECORATION = /^(?:flags?[:._-])|(?:[:._-](?:enabled|flag))$/g;

export function suggestKey(unknown: string): FlagKey | null {
  if (unknown.length > KEY_MAX_CHARACTERS) return null;
  const plain = unknown
    .trim()
    .toLowerCase()
    .replaceAll(DECORATION, "")
    .replaceAll(/[\s.:-]/g, "_");
  const ranked = FLAG_KEYS.map((key) => ({ key, distance: distanceOf(plain, key) }));
  const nearest = ranked.reduce((best, other) => (other.distance < best.distance ? other : best));
  return nearest.distance <= DISTANCE_MAX ? nearest.key : null;
}

/** Levenshtein's distance, row by row. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
