/** The ceremonies as the library checks them for us: what is let through, and that nothing makes it do worse than refuse. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readChallenge } from "../../../src/auth/passkeys/client-data.ts";
import { verifyAssertion, verifyCreation } from "../../../src/auth/passkeys/verify.ts";
import {
  answerCreation,
  answerRequest,
  type Bends,
  createPasskey,
  type KeyKind,
} from "../../support/authenticator.ts";

const SITE = { origin: "https://eventide.example", rpId: "eventide.example", challenge: "c".repeat(43) };
const KINDS: readonly KeyKind[] = ["ec", "ed25519", "rsa"];
const passkeys = KINDS.map((kind) => createPasskey(kind));
const NOT_VERIFIED = { ok: false, error: "not_verified" };

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const bytes = (encoded: string) => Buffer.from(encoded, "base64url");
const keyOf = (passkey: { cose: Buffer }, counter = 0) => ({ publicKey: text(passkey.cose), counter });

/** Mostly right, so that most answers fail by one thing only. */
const mostly = <Value>(right: Value, ...wrong: Value[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });

const USER_PRESENT_AND_VERIFIED = 0x05;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
/** Without the bits that say that more follows. */
const FLAGS_WITHOUT_MORE = 0x3f;

type Bent = Required<Pick<Bends, "type" | "origin" | "challenge" | "rpId" | "flags" | "counter">>;

const bends = (type: string, flagsBase: number) =>
  fc.record<Bent>({
    type: mostly(type, "webauthn.create", "webauthn.get", "payment.get"),
    origin: mostly(
      SITE.origin,
      "https://evil.example",
      "http://eventide.example",
      "https://eventide.example.evil.example",
      "https://eventide.example:8443",
    ),
    challenge: mostly(SITE.challenge, "d".repeat(43), ""),
    rpId: mostly(SITE.rpId, "evil.example", "example"),
    flags: fc.oneof(
      { weight: 3, arbitrary: fc.constant(flagsBase | USER_PRESENT_AND_VERIFIED) },
      { weight: 1, arbitrary: fc.nat(FLAGS_WITHOUT_MORE).map((flags) => flags | flagsBase) },
    ),
    counter: fc.oneof(fc.constant(0), fc.nat(5)),
  });

/** What the standard demands of an answer that is signed well. */
function isRight(bent: Bent, type: string): boolean {
  const { flags } = bent;
  const isWithOwner = (flags & USER_PRESENT_AND_VERIFIED) === USER_PRESENT_AND_VERIFIED;
  const isBackedUpWithoutBeingEligible = (flags & (BACKED_UP | BACKUP_ELIGIBLE)) === BACKED_UP;
  const isOurs = bent.origin === SITE.origin && bent.rpId === SITE.rpId && bent.challenge === SITE.challenge;
  return bent.type === type && isOurs && isWithOwner && !isBackedUpWithoutBeingEligible;
}

const change = fc.record({ at: fc.nat(500), by: fc.integer({ min: 1, max: 255 }) });

/** With one byte changed, among the last so many. */
function spoil(encoded: string, { at, by }: { at: number; by: number }, within = Infinity): string {
  const copy = bytes(encoded);
  const place = copy.length - 1 - (at % Math.min(copy.length, within));
  copy.writeUInt8(copy.readUInt8(place) ^ by, place);
  return text(copy);
}

/** So many bytes of the last number of an ECDSA signature are there with near certainty: only leading zeros are left out. */
const NUMBER_BYTES_MIN = 24;

const anyPasskey = fc.constantFrom(...passkeys);

describe("making a passkey", () => {
  it.each(KINDS)("yields the id and the key of a %s passkey", async (kind) => {
    const passkey = createPasskey(kind);
    const answer = answerCreation(passkey, SITE, { counter: 4 });
    expect(await verifyCreation(answer, SITE.challenge, SITE)).toEqual({
      ok: true,
      value: { id: text(passkey.credentialId), ...keyOf(passkey, 4) },
    });
  });

  it("is verified exactly when everything about it is right", async () => {
    const said = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(anyPasskey, bends("webauthn.create", 0x40), async (passkey, bent) => {
        const { ok } = await verifyCreation(answerCreation(passkey, SITE, bent), SITE.challenge, SITE);
        said.add(ok);
        expect(ok).toBe(isRight(bent, "webauthn.create"));
      }),
      { numRuns: 300 },
    );
    expect(said.size).toBe(2);
  });

  it.each(KINDS)(
    "is taken from a %s passkey that vouches for itself, unless it does so falsely",
    async (kind) => {
      const answer = answerCreation(createPasskey(kind), SITE, { attestation: "packed" });
      expect(await verifyCreation(answer, SITE.challenge, SITE)).toMatchObject({ ok: true });
      const other = answerCreation(createPasskey(kind), SITE, { attestation: "packed", counter: 1 });
      const { clientDataJSON } = answerCreation(createPasskey(kind), SITE, { crossOrigin: false }).response;
      const forged = { ...other, response: { ...other.response, clientDataJSON } };
      expect(await verifyCreation(forged, SITE.challenge, SITE)).toEqual(NOT_VERIFIED);
    },
  );

  it("is refused by a name of its own when a maker vouches for it", async () => {
    const attested = { ok: false, error: "attested" };
    const certificate = Buffer.alloc(300, 0x30);
    const packed = answerCreation(createPasskey(), SITE, { attestation: "packed", certificate });
    expect(await verifyCreation(packed, SITE.challenge, SITE)).toEqual(attested);
    for (const attestation of ["tpm", "android-key", "android-safetynet", "fido-u2f", "apple", "made-up"]) {
      const answer = answerCreation(createPasskey(), SITE, { attestation, certificate });
      expect(await verifyCreation(answer, SITE.challenge, SITE)).toEqual(attested);
    }
  });

  it("refuses another id, other kinds of keys, and data that is cut off", async () => {
    const passkey = createPasskey();
    const answer = answerCreation(passkey, SITE);
    const withPart = (attestationObject: string) => ({
      ...answer,
      response: { ...answer.response, attestationObject },
    });
    expect(await verifyCreation({ ...answer, rawId: "AAAA" }, SITE.challenge, SITE)).toEqual(NOT_VERIFIED);
    const offCurve = Buffer.from(passkey.cose);
    // ES384's number for an algorithm, and a point that is on no curve.
    const es384 = Buffer.concat([Buffer.from("a50102033822", "hex"), passkey.cose.subarray(5)]);
    offCurve.writeUInt8(offCurve.readUInt8(12) ^ 1, 12);
    for (const cose of [es384, offCurve, Buffer.from([0xa0]), Buffer.from([0x00]), Buffer.alloc(0)]) {
      const made = answerCreation({ ...passkey, cose }, SITE);
      expect(await verifyCreation(made, SITE.challenge, SITE)).toEqual(NOT_VERIFIED);
    }
    const whole = bytes(answer.response.attestationObject);
    for (let length = 0; length < whole.length; length++) {
      const cut = withPart(text(whole.subarray(0, length)));
      expect(await verifyCreation(cut, SITE.challenge, SITE)).toEqual(NOT_VERIFIED);
    }
  });

  it("only ever refuses when the bytes are changed, made up, or nested without end", async () => {
    const answer = answerCreation(createPasskey(), SITE);
    const judge = (attestationObject: string) =>
      verifyCreation(
        { ...answer, response: { ...answer.response, attestationObject } },
        SITE.challenge,
        SITE,
      );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (garbage) => {
        expect((await judge(text(garbage))).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(change, async (oneByte) => {
        expect(typeof (await judge(spoil(answer.response.attestationObject, oneByte))).ok).toBe("boolean");
      }),
      { numRuns: 300 },
    );
    for (const head of [0x81, 0xa1, 0xc1, 0x9b, 0xbb, 0x5b]) {
      expect(await judge(text(Buffer.alloc(8_192, head)))).toEqual(NOT_VERIFIED);
    }
  });
});

describe("signing in with a passkey", () => {
  it.each(KINDS)("yields the counter of a %s passkey", async (kind) => {
    const passkey = createPasskey(kind);
    const answer = answerRequest(passkey, "AA", SITE, { counter: 4 });
    const verdict = await verifyAssertion(answer, SITE.challenge, keyOf(passkey, 3), SITE);
    expect(verdict).toEqual({ ok: true, value: 4 });
  });

  it("is verified exactly when everything about it is right", async () => {
    const said = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(anyPasskey, bends("webauthn.get", 0), fc.nat(3), async (passkey, bent, counter) => {
        const answer = answerRequest(passkey, "AA", SITE, bent);
        const { ok } = await verifyAssertion(answer, SITE.challenge, keyOf(passkey, counter), SITE);
        said.add(ok);
        const isNewUse = bent.counter > counter || (bent.counter === 0 && counter === 0);
        expect(ok).toBe(isRight(bent, "webauthn.get") && isNewUse);
      }),
      { numRuns: 300 },
    );
    expect(said.size).toBe(2);
  });

  it("is never verified with one byte changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPasskey,
        fc.constantFrom("signature", "authenticatorData", "clientDataJSON"),
        change,
        async (passkey, part, oneByte) => {
          const answer = answerRequest(passkey, "AA", SITE, { counter: 1 });
          // How the numbers of an ECDSA signature are framed isn't signed, and is read with some tolerance.
          const within = part === "signature" ? NUMBER_BYTES_MIN : undefined;
          const spoiled = { ...answer.response, [part]: spoil(answer.response[part], oneByte, within) };
          const bent = { ...answer, response: spoiled };
          expect(await verifyAssertion(bent, SITE.challenge, keyOf(passkey), SITE)).toEqual(NOT_VERIFIED);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("tells a copied authenticator from a bad signature", async () => {
    const passkey = createPasskey();
    const answer = answerRequest(passkey, "AA", SITE, { counter: 2 });
    const copied = await verifyAssertion(answer, SITE.challenge, keyOf(passkey, 2), SITE);
    expect(copied).toEqual({ ok: false, error: "copied_passkey" });
    const signature = text(Buffer.alloc(64));
    const unsigned = { ...answer, response: { ...answer.response, signature } };
    expect(await verifyAssertion(unsigned, SITE.challenge, keyOf(passkey, 2), SITE)).toEqual(NOT_VERIFIED);
  });

  it("refuses a stored key that is none", async () => {
    const answer = answerRequest(createPasskey(), "AA", SITE);
    for (const publicKey of ["", "AA", text(Buffer.from("no key")), text(Buffer.from([0xa1, 0x03, 0x26]))]) {
      const verdict = await verifyAssertion(answer, SITE.challenge, { publicKey, counter: 0 }, SITE);
      expect(verdict).toEqual(NOT_VERIFIED);
    }
  });
});

describe("the challenge of an answer", () => {
  const challengeOf = (bent: Bends) =>
    readChallenge(answerRequest(createPasskey(), "AA", SITE, bent).response.clientDataJSON);

  it("is read from what the browser says", () => {
    expect(challengeOf({})).toBe(SITE.challenge);
    expect(challengeOf({ crossOrigin: false })).toBe(SITE.challenge);
  });

  it("isn't read in a frame of another site, which the library leaves to its callers", () => {
    expect(challengeOf({ crossOrigin: true })).toBeNull();
    expect(challengeOf({ topOrigin: "https://evil.example" })).toBeNull();
    expect(challengeOf({ crossOrigin: false, topOrigin: "https://evil.example" })).toBeNull();
  });

  it("isn't read from anything that isn't the browser's JSON", () => {
    for (const said of ["no JSON", "[]", "null", "3", '{"challenge":3}', "{}", `${"[".repeat(8_000)}`]) {
      expect(readChallenge(text(Buffer.from(said)))).toBeNull();
    }
    expect(readChallenge(text(Buffer.from([0xff])))).toBeNull();
    expect(readChallenge("not base64url!")).toBeNull();
  });
});
