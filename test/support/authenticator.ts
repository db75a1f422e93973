/** An authenticator in software, with a browser around it: makes passkeys and signs with them, as told to. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export type KeyKind = "ec" | "ed25519" | "rsa";

/** What a test can bend; everything else is as it has to be. */
export interface Bends {
  type?: string;
  origin?: string;
  challenge?: string;
  crossOrigin?: boolean;
  topOrigin?: string;
  rpId?: string;
  /** Instead of the flags that say that its owner was there. */
  flags?: number;
  counter?: number;
}

export interface SoftPasskey {
  kind: KeyKind;
  credentialId: Buffer;
  privateKey: KeyObject;
  /** SubjectPublicKeyInfo, as browsers give it. */
  spki: Buffer;
  /** COSE_Key, as it stands in the authenticator's data. */
  cose: Buffer;
}

const USER_PRESENT_AND_VERIFIED = 0x05;
const HAS_CREDENTIAL = 0x40;

export function createPasskey(kind: KeyKind = "ec"): SoftPasskey {
  const { publicKey, privateKey } = generateKeyPair(kind);
  return {
    kind,
    credentialId: randomBytes(32),
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    cose: encodeCose(kind, publicKey),
  };
}

function generateKeyPair(kind: KeyKind): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (kind) {
    case "ec":
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case "ed25519":
      return generateKeyPairSync("ed25519");
    case "rsa":
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
  }
}

export function buildClientData(type: string, site: Site, bends: Bends): Buffer {
  const { crossOrigin, topOrigin } = bends;
  return Buffer.from(
    JSON.stringify({
      type: bends.type ?? type,
      challenge: bends.challenge ?? site.challenge,
      origin: bends.origin ?? site.origin,
      ...(crossOrigin === undefined ? {} : { crossOrigin }),
      ...(topOrigin === undefined ? {} : { topOrigin }),
    }),
  );
}

export interface Site {
  origin: string;
  rpId: string;
  challenge: string;
}

export interface Creation {
  clientDataJSON: Buffer;
  authenticatorData: Buffer;
  /** CBOR, with the attestation "none". */
  attestationObject: Buffer;
}

export function answerCreation(passkey: SoftPasskey, site: Site, bends: Bends = {}): Creation {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(passkey.credentialId.length);
  const authenticatorData = Buffer.concat([
    buildHeader(site, { flags: USER_PRESENT_AND_VERIFIED | HAS_CREDENTIAL, ...bends }),
    Buffer.alloc(16),
    length,
    passkey.credentialId,
    passkey.cose,
  ]);
  return {
    clientDataJSON: buildClientData("webauthn.create", site, bends),
    authenticatorData,
    attestationObject: Buffer.concat([
      Buffer.from([0xa3]),
      cborText("fmt"),
      cborText("none"),
      cborText("attStmt"),
      Buffer.from([0xa0]),
      cborText("authData"),
      cborBytes(authenticatorData),
    ]),
  };
}

export interface Assertion {
  clientDataJSON: Buffer;
  authenticatorData: Buffer;
  signature: Buffer;
}

export function answerRequest(passkey: SoftPasskey, site: Site, bends: Bends = {}): Assertion {
  const clientDataJSON = buildClientData("webauthn.get", site, bends);
  const authenticatorData = buildHeader(site, bends);
  const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientDataJSON).digest()]);
  const signature = sign(passkey.kind === "ed25519" ? null : "sha256", signed, passkey.privateKey);
  return { clientDataJSON, authenticatorData, signature };
}

function buildHeader(site: Site, bends: Bends): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(bends.counter ?? 0);
  const rpIdHash = createHash("sha256")
    .update(bends.rpId ?? site.rpId)
    .digest();
  return Buffer.concat([rpIdHash, Buffer.from([bends.flags ?? USER_PRESENT_AND_VERIFIED]), counter]);
}

/** RFC 9052, section 7, in the order of CTAP2. */
function encodeCose(kind: KeyKind, publicKey: KeyObject): Buffer {
  const jwk = publicKey.export({ format: "jwk" });
  const part = (name: "x" | "y" | "n" | "e") => cborBytes(Buffer.from(jwk[name] ?? "", "base64url"));
  switch (kind) {
    case "ec":
      return Buffer.concat([
        Buffer.from("a5010203262001", "hex"),
        Buffer.from([0x21]),
        part("x"),
        Buffer.from([0x22]),
        part("y"),
      ]);
    case "ed25519":
      return Buffer.concat([Buffer.from("a4010103272006", "hex"), Buffer.from([0x21]), part("x")]);
    case "rsa":
      return Buffer.concat([
        Buffer.from("a401030339010020", "hex"),
        part("n"),
        Buffer.from([0x21]),
        part("e"),
      ]);
  }
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)]);
}

/** Up to 65,535 bytes. */
function cborBytes(bytes: Buffer): Buffer {
  const head =
    bytes.length < 24
      ? [0x40 + bytes.length]
      : bytes.length < 256
        ? [0x58, bytes.length]
        : [0x59, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from(head), bytes]);
}
