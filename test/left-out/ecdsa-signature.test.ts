/** What takes the place of the libraries for DER: it reads ECDSA's signatures, and nothing else. */
import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AsnParser, ECDSASigValue } from "../../src/left-out/ecdsa-signature.ts";

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const NUMBER_BYTES = 32;

/** To the fixed length that WebCrypto wants, as the library does it. */
function normalize(number: Uint8Array): Buffer {
  const padded = Buffer.concat([Buffer.alloc(NUMBER_BYTES), number]);
  return padded.subarray(padded.length - NUMBER_BYTES);
}

function createSignature(data: Uint8Array): { signature: Buffer; spki: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    signature: sign("sha256", data, privateKey),
    spki: publicKey.export({ format: "der", type: "spki" }),
  };
}

describe("what is left of the libraries for DER", () => {
  it("reads the two numbers of every signature, however long they are", async () => {
    const lengths = new Set<number>();
    for (let count = 0; count < 300; count++) {
      const data = Buffer.from(`data ${count}`);
      const { signature, spki } = createSignature(data);
      lengths.add(signature.length);
      const read = AsnParser.parse(signature, ECDSASigValue);
      const key = await crypto.subtle.importKey("spki", Uint8Array.from(spki), P256, false, ["verify"]);
      const numbers = Uint8Array.from(Buffer.concat([normalize(read.r), normalize(read.s)]));
      expect(await crypto.subtle.verify(P256, key, numbers, data)).toBe(true);
    }
    expect(lengths.size).toBeGreaterThan(1);
  });

  it("refuses a signature with a byte too few or too many", () => {
    const { signature } = createSignature(Buffer.from("data"));
    for (let length = 0; length < signature.length; length++) {
      expect(() => AsnParser.parse(signature.subarray(0, length), ECDSASigValue)).toThrow("signature");
    }
    const longer = Buffer.concat([signature, Buffer.from([0])]);
    expect(() => AsnParser.parse(longer, ECDSASigValue)).toThrow("signature");
  });

  it("reads nothing beyond what it was given, whatever that is", () => {
    const header = fc.constantFrom([], [0x30], [0x30, 0x06, 0x02], [0x30, 0x06, 0x02, 0x01, 0x01, 0x02]);
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 80 }), (start, rest) => {
        const bytes = Uint8Array.from([...start, ...rest]);
        let read: ECDSASigValue;
        try {
          read = AsnParser.parse(bytes, ECDSASigValue);
        } catch (error) {
          expect(error).toMatchObject({ message: expect.stringContaining("signature") });
          return;
        }
        // Two headers inside one: six bytes, and the numbers.
        expect(read.r.length + read.s.length + 6).toBe(bytes.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it("says loudly that nothing else can be read", () => {
    class Certificate {}
    const { signature } = createSignature(Buffer.from("data"));
    expect(() => AsnParser.parse(signature, Certificate)).toThrow("left out");
  });
});
