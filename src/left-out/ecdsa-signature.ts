/**
 * Takes the place of @peculiar/asn1-schema and @peculiar/asn1-ecc (wrangler.toml, [alias]), which read whatever is
 * written in DER. What is left of @simplewebauthn/server reads one thing with them, the two numbers of an ECDSA
 * signature, and this file refuses everything else.
 */

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

export const AsnParser = {
  parse(bytes: Uint8Array, kind: unknown): ECDSASigValue {
    if (kind !== ECDSASigValue) throw new Error("What reads anything but signatures is left out");
    return new ECDSASigValue(bytes);
  },
};
