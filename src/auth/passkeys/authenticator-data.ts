/**
 * What the authenticator itself says: for which site, whether a person was there and proved to be the owner, and how
 * often the passkey was used. https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data
 */

export interface AuthenticatorData {
  rpIdHash: Uint8Array;
  /** Somebody touched it. */
  isUserPresent: boolean;
  /** By PIN, finger or face: the second factor is in the device. */
  isUserVerified: boolean;
  /** Stays 0 with passkeys that are kept in several places. */
  counter: number;
  /** Only when a passkey was made. */
  credentialId: Uint8Array | null;
}

const RP_ID_HASH_BYTES = 32;
const COUNTER_AT = 33;
const HEADER_BYTES = 37;
const AAGUID_BYTES = 16;
const LENGTH_BYTES = 2;
/** The standard's limit for the id of a credential. */
export const CREDENTIAL_ID_MAX_BYTES = 1023;

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const HAS_CREDENTIAL = 0x40;
const HAS_EXTENSIONS = 0x80;

/** Null when it isn't authenticator data, or contradicts itself. */
export function parseAuthenticatorData(bytes: Uint8Array): AuthenticatorData | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(RP_ID_HASH_BYTES);
  // What can't be backed up is not backed up.
  if ((flags & BACKED_UP) !== 0 && (flags & BACKUP_ELIGIBLE) === 0) return null;
  const hasCredential = (flags & HAS_CREDENTIAL) !== 0;
  const hasMore = hasCredential || (flags & HAS_EXTENSIONS) !== 0;
  if (!hasMore && bytes.byteLength > HEADER_BYTES) return null;
  const credentialId = hasCredential ? readCredentialId(bytes, view) : null;
  if (hasCredential && credentialId === null) return null;
  return {
    rpIdHash: bytes.subarray(0, RP_ID_HASH_BYTES),
    isUserPresent: (flags & USER_PRESENT) !== 0,
    isUserVerified: (flags & USER_VERIFIED) !== 0,
    counter: view.getUint32(COUNTER_AT),
    credentialId,
  };
}

/** The public key that follows is read from its own field, where the browser has it in a common format. */
function readCredentialId(bytes: Uint8Array, view: DataView): Uint8Array | null {
  const lengthAt = HEADER_BYTES + AAGUID_BYTES;
  const idAt = lengthAt + LENGTH_BYTES;
  if (bytes.byteLength < idAt) return null;
  const length = view.getUint16(lengthAt);
  if (length === 0 || length > CREDENTIAL_ID_MAX_BYTES || bytes.byteLength <= idAt + length) return null;
  return bytes.subarray(idAt, idAt + length);
}
