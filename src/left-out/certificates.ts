/**
 * Takes the place of the libraries that read certificates (wrangler.toml, [alias]): @peculiar/asn1-*, @peculiar/x509
 * and reflect-metadata. @simplewebauthn/server checks the makers of authenticators with them, who aren't asked for
 * (src/auth/passkeys/verify.ts), and besides that reads the two numbers of an ECDSA signature, which this file does.
 */

function refuse(): never {
  throw new Error("A certificate was to be read, and what reads them is left out");
}

class LeftOut {
  constructor() {
    refuse();
  }
}

/** RFC 3279, section 2.2.3: `SEQUENCE { r INTEGER, s INTEGER }`, each as the bytes that it is written in. */
export class ECDSASigValue {
  readonly r: Uint8Array;
  readonly s: Uint8Array;

  constructor(signature: Uint8Array) {
    const numbers = readElement(signature, SEQUENCE);
    const r = readElement(numbers.value, INTEGER);
    const s = readElement(r.rest, INTEGER);
    if (numbers.rest.length > 0 || s.rest.length > 0) throw new Error("More than one signature");
    this.r = r.value;
    this.s = s.value;
  }
}

const INTEGER = 0x02;
const SEQUENCE = 0x30;
const HEADER_BYTES = 2;
/** Lengths from here on take more bytes. A signature of the largest curve that is supported, P-256, has up to 72. */
const LENGTH_MAX_BYTES = 0x7f;

/** One element of DER and what follows it. Throws when it is another one, or isn't all there. */
function readElement(bytes: Uint8Array, tag: number): { value: Uint8Array; rest: Uint8Array } {
  const length = bytes[1];
  if (bytes[0] !== tag || length === undefined || length > LENGTH_MAX_BYTES)
    throw new Error("Not a signature");
  const end = HEADER_BYTES + length;
  if (length === 0 || bytes.length < end) throw new Error("Not a whole signature");
  return { value: bytes.subarray(HEADER_BYTES, end), rest: bytes.subarray(end) };
}

// @peculiar/asn1-schema
export const AsnParser = {
  parse: (bytes: Uint8Array, kind: unknown) => (kind === ECDSASigValue ? new ECDSASigValue(bytes) : refuse()),
};
export const OctetString = LeftOut;

// What it is told to read, and what that is called: names of no use without it.
export const BasicConstraints = LeftOut;
export const Certificate = LeftOut;
export const ECParameters = LeftOut;
export const ExtendedKeyUsage = LeftOut;
export const KeyDescription = LeftOut;
export const RSAPublicKey = LeftOut;
export const SubjectAlternativeName = LeftOut;
export const id_ce_basicConstraints = null;
export const id_ce_extKeyUsage = null;
export const id_ce_keyDescription = null;
export const id_ce_subjectAltName = null;
export const id_ecPublicKey = null;
export const id_ecdsaWithSHA256 = null;
export const id_ecdsaWithSHA384 = null;
export const id_ecdsaWithSHA512 = null;
export const id_ml_dsa_44 = null;
export const id_ml_dsa_65 = null;
export const id_ml_dsa_87 = null;
export const id_rsaEncryption = null;
export const id_secp256r1 = null;
export const id_secp384r1 = null;
export const id_sha1WithRSAEncryption = null;
export const id_sha256WithRSAEncryption = null;
export const id_sha384WithRSAEncryption = null;
export const id_sha512WithRSAEncryption = null;

// @peculiar/x509
export const AuthorityKeyIdentifierExtension = LeftOut;
export const CRLDistributionPointsExtension = LeftOut;
export const SubjectKeyIdentifierExtension = LeftOut;
export const X509Certificate = LeftOut;
export const X509ChainBuilder = LeftOut;
export const X509Crl = LeftOut;
