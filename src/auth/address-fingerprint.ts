/**
 * What stays of an address when its account is erased: enough to recognise it when it is typed again, and nothing that
 * can be turned back into it. Without the secret it can't be compared with any address; whoever has both the secret
 * and the database can try out addresses, so it is a pseudonym and not anonymous.
 */
import { createHmac } from "node:crypto";

/** Keeps this use of the secret apart from every other one. A change makes every stored fingerprint worthless. */
const KEY_LABEL = "starting-grant-address";

/**
 * One HMAC-SHA-256 per secret, in hexadecimal and in the order of `secrets`. `email` in its normal form and no other:
 * dots and plus signs mean at each mail service something else, so they are left as they are.
 */
export function fingerprintAddress(secrets: readonly string[], email: string): string[] {
  return secrets.map((secret) => createHmac("sha256", deriveKey(secret)).update(email).digest("hex"));
}

function deriveKey(secret: string): Uint8Array {
  return createHmac("sha256", secret).update(KEY_LABEL).digest();
}
