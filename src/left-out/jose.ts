/**
 * Takes the place of jose's ways to agree on the key of an encrypted token (wrangler.toml, [alias]). Cookies are sealed
 * with "dir", for which the key that both sides have is the one that encrypts: nothing is wrapped, derived or sent.
 * Every other way is refused, whoever asks for it. RFC 7516, sections 5.1 and 5.2; RFC 7518, section 4.5
 */
import { JWEInvalid } from "jose/errors";

/** An entry of jose's table of algorithms. */
interface Algorithm {
  mode: string;
}

/** A TypeError, because jose goes on with a key of its own after most others. */
function requireDirect({ mode }: Algorithm): void {
  if (mode !== "direct-encryption") throw new TypeError(`A token's key by ${mode} is left out`);
}

/** The key that encrypts, and what is sent of it. */
export async function encryptKeyManagement(
  algorithm: Algorithm,
  _encryption: unknown,
  key: unknown,
  _header: unknown,
  otherKey: unknown,
): Promise<[Uint8Array, undefined]> {
  requireDirect(algorithm);
  if (otherKey !== undefined) throw new TypeError("A token's key beside the one of both sides is left out");
  if (!(key instanceof Uint8Array)) throw new TypeError("A token's key as anything but bytes is left out");
  return [key, undefined];
}

/** The key that decrypts. `key` has passed jose's own checks; `sentKey` comes with the token, and may not. */
export async function decryptKeyManagement(
  algorithm: Algorithm,
  _encryption: unknown,
  key: unknown,
  sentKey: unknown,
): Promise<unknown> {
  requireDirect(algorithm);
  if (sentKey !== undefined) throw new JWEInvalid("A key was sent with the token");
  return key;
}

/** How often a password is hashed to become a key, which is refused above. */
export function validateMaxPBES2Count(count: unknown): void {
  if (count !== undefined) throw new TypeError("A token's key by a password is left out");
}
