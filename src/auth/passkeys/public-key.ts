/** The public keys of passkeys: the three kinds that authenticators make, as SubjectPublicKeyInfo. */
import { createPublicKey, type KeyObject, verify } from "node:crypto";

/** COSE's numbers for ES256, EdDSA and RS256, the most wanted first. */
export const KEY_ALGORITHMS = [-7, -8, -257] as const;

const RSA_MIN_BITS = 2048;
const RSA_MAX_BITS = 4096;

/** Null for anything but a P-256, an Ed25519 or an RSA key of a sensible size. */
export function parsePublicKey(spki: Uint8Array): KeyObject | null {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    // Not a key at all; the parser has no other way to say so.
    return null;
  }
  return isSupported(key) ? key : null;
}

function isSupported(key: KeyObject): boolean {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ec":
      return details.namedCurve === "prime256v1";
    case "ed25519":
      return true;
    case "rsa": {
      const bits = details.modulusLength ?? 0;
      return bits >= RSA_MIN_BITS && bits <= RSA_MAX_BITS;
    }
    default:
      return false;
  }
}

/** ES256 and RS256 sign a SHA-256, Ed25519 signs the bytes themselves. */
export function verifySignature(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return verify(digest, data, key, signature);
}
