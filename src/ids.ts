/**
 * Identifiers: 26 ASCII characters, sortable by creation time and unguessable.
 * Layout as in the ULID specification (48 bits of time, 80 random bits, Crockford base 32), in lower case.
 */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/** What an identifier of this product looks like; used to refuse anything else before a query. */
export const ID_PATTERN = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** A new identifier. `now` is milliseconds UTC. */
export function newId(now: number = Date.now()): string {
  let time = "";
  for (let rest = now, i = 0; i < TIME_CHARACTERS; i++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let random = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(RANDOM_CHARACTERS))) {
    random += ALPHABET.charAt(byte % 32);
  }
  return time + random;
}
