/** Our checks against those of @simplewebauthn/server: whatever an answer looks like, both say the same. */
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCeremony, verifyAssertion, verifyCreation } from "../../../src/auth/passkeys/ceremony.ts";
import {
  type Assertion,
  answerCreation,
  answerRequest,
  type Bends,
  type Creation,
  createPasskey,
  type KeyKind,
  type SoftPasskey,
} from "../../support/authenticator.ts";

const SITE = { origin: "https://eventide.example", rpId: "eventide.example", challenge: "c".repeat(43) };
const KINDS: readonly KeyKind[] = ["ec", "ed25519", "rsa"];
const passkeys = KINDS.map((kind) => createPasskey(kind));

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

function judgeCreation(passkey: SoftPasskey, answer: Creation): boolean {
  const ceremony = readCeremony(answer, "webauthn.create", SITE);
  if (ceremony === null || ceremony.challenge !== SITE.challenge) return false;
  return verifyCreation(ceremony, { ...answer, credentialId: passkey.credentialId, publicKey: passkey.spki });
}

async function judgeCreationElsewhere(passkey: SoftPasskey, answer: Creation): Promise<boolean> {
  const id = text(passkey.credentialId);
  try {
    const { verified } = await verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: text(answer.clientDataJSON),
          attestationObject: text(answer.attestationObject),
        },
      },
      expectedChallenge: SITE.challenge,
      expectedOrigin: SITE.origin,
      expectedRPID: SITE.rpId,
      requireUserVerification: true,
    });
    return verified;
  } catch {
    // It refuses by throwing.
    return false;
  }
}

function judgeAssertion(passkey: SoftPasskey, answer: Assertion, counter: number): boolean {
  const ceremony = readCeremony(answer, "webauthn.get", SITE);
  if (ceremony === null || ceremony.challenge !== SITE.challenge) return false;
  return verifyAssertion(ceremony, answer, { publicKey: passkey.spki, counter }) === "verified";
}

async function judgeAssertionElsewhere(
  passkey: SoftPasskey,
  answer: Assertion,
  counter: number,
): Promise<boolean> {
  const id = text(passkey.credentialId);
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: text(answer.clientDataJSON),
          authenticatorData: text(answer.authenticatorData),
          signature: text(answer.signature),
        },
      },
      expectedChallenge: SITE.challenge,
      expectedOrigin: SITE.origin,
      expectedRPID: SITE.rpId,
      credential: { id, publicKey: Uint8Array.from(passkey.cose), counter },
      requireUserVerification: true,
    });
    return verified;
  } catch {
    // It refuses by throwing.
    return false;
  }
}

/** Mostly right, so that most answers fail by one thing only. */
const mostly = <Value>(right: Value, ...wrong: Value[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });

/** Without the bits that say that more follows. */
const FLAGS_WITHOUT_MORE = 0x3f;

const bends = (type: string, flagsBase: number) =>
  fc.record<Required<Pick<Bends, "type" | "origin" | "challenge" | "rpId" | "flags" | "counter">>>({
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
      { weight: 3, arbitrary: fc.constant(flagsBase | 0x05) },
      { weight: 1, arbitrary: fc.nat(FLAGS_WITHOUT_MORE).map((flags) => flags | flagsBase) },
    ),
    counter: fc.oneof(fc.constant(0), fc.nat(5)),
  });

/** Changes one byte, or nothing. */
function spoil(bytes: Buffer, change: { at: number; by: number } | null): Buffer {
  if (change === null) return bytes;
  const copy = Buffer.from(bytes);
  const at = change.at % copy.length;
  copy.writeUInt8(copy.readUInt8(at) ^ change.by, at);
  return copy;
}

const change = fc.option(fc.record({ at: fc.nat(500), by: fc.integer({ min: 1, max: 255 }) }), { freq: 4 });
const anyPasskey = fc.constantFrom(...passkeys);

describe("the checks of a passkey ceremony", () => {
  it.each(KINDS)(
    "accept a %s passkey that is made and used as it should be, as the library does",
    async (kind) => {
      const passkey = createPasskey(kind);
      const creation = answerCreation(passkey, SITE);
      expect(judgeCreation(passkey, creation)).toBe(true);
      expect(await judgeCreationElsewhere(passkey, creation)).toBe(true);
      const assertion = answerRequest(passkey, SITE, { counter: 4 });
      expect(judgeAssertion(passkey, assertion, 3)).toBe(true);
      expect(await judgeAssertionElsewhere(passkey, assertion, 3)).toBe(true);
    },
  );

  it("say the same as the library about every passkey that is made", async () => {
    const said = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(anyPasskey, bends("webauthn.create", 0x40), async (passkey, bent) => {
        const answer = answerCreation(passkey, SITE, bent);
        const ours = judgeCreation(passkey, answer);
        said.add(ours);
        expect(ours).toBe(await judgeCreationElsewhere(passkey, answer));
      }),
      { numRuns: 300 },
    );
    expect(said.size).toBe(2);
  });

  it("say the same as the library about every sign-in", async () => {
    const said = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(
        anyPasskey,
        bends("webauthn.get", 0),
        fc.nat(3),
        fc.constantFrom("signature", "authenticatorData", "clientDataJSON"),
        change,
        async (passkey, bent, counter, part, oneByte) => {
          const answer = answerRequest(passkey, SITE, bent);
          const spoiled = { ...answer, [part]: spoil(answer[part], oneByte) };
          const ours = judgeAssertion(passkey, spoiled, counter);
          said.add(ours);
          expect(ours).toBe(await judgeAssertionElsewhere(passkey, spoiled, counter));
        },
      ),
      { numRuns: 300 },
    );
    expect(said.size).toBe(2);
  });

  it("refuse what happens in a frame of another site, which the library leaves to its callers", () => {
    const passkey = createPasskey();
    for (const bent of [{ crossOrigin: true }, { crossOrigin: false, topOrigin: "https://evil.example" }]) {
      expect(judgeAssertion(passkey, answerRequest(passkey, SITE, bent), 0)).toBe(false);
      expect(judgeCreation(passkey, answerCreation(passkey, SITE, bent))).toBe(false);
    }
    expect(judgeAssertion(passkey, answerRequest(passkey, SITE, { crossOrigin: false }), 0)).toBe(true);
  });

  it("tell a copied authenticator from a bad signature", () => {
    const passkey = createPasskey();
    const answer = answerRequest(passkey, SITE, { counter: 2 });
    const ceremony = readCeremony(answer, "webauthn.get", SITE);
    if (ceremony === null) throw new Error("no ceremony");
    const publicKey = passkey.spki;
    expect(verifyAssertion(ceremony, answer, { publicKey, counter: 2 })).toBe("copied");
    const unsigned = { ...answer, signature: Buffer.alloc(64) };
    expect(verifyAssertion(ceremony, unsigned, { publicKey, counter: 2 })).toBe("refused");
    expect(verifyAssertion(ceremony, answer, { publicKey: Buffer.from("no key"), counter: 0 })).toBe(
      "refused",
    );
  });

  it("refuse another credential, other kinds of keys, and data that is cut off", () => {
    const passkey = createPasskey();
    const answer = answerCreation(passkey, SITE);
    const ceremony = readCeremony(answer, "webauthn.create", SITE);
    if (ceremony === null) throw new Error("no ceremony");
    const made = { ...answer, credentialId: passkey.credentialId, publicKey: passkey.spki };
    expect(verifyCreation(ceremony, made)).toBe(true);
    expect(verifyCreation(ceremony, { ...made, credentialId: Buffer.from("another") })).toBe(false);
    expect(verifyCreation(ceremony, { ...made, publicKey: Buffer.from("no key") })).toBe(false);
    for (const length of [0, 36, 37, 53, 55, 60, 87]) {
      const authenticatorData = answer.authenticatorData.subarray(0, length);
      expect(readCeremony({ ...answer, authenticatorData }, "webauthn.create", SITE)).toBeNull();
    }
    for (const clientDataJSON of [Buffer.from("no JSON"), Buffer.from("[]"), Buffer.from([0xff])]) {
      expect(readCeremony({ ...answer, clientDataJSON }, "webauthn.create", SITE)).toBeNull();
    }
  });
});
