/** An authenticator in software, with a browser around it: makes passkeys and signs with them, as told to. */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";

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
  /** How the passkey is vouched for; "none" by nobody, "packed" by itself. */
  attestation?: string;
  /** Vouched for by a maker as well, with something that stands for its certificate. */
  certificate?: Buffer;
}

export interface SoftPasskey {
  kind: KeyKind;
  credentialId: Buffer;
  privateKey: KeyObject;
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

function buildClientData(type: string, site: Site, bends: Bends): Buffer {
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

/** `RegistrationResponseJSON`, as `toJSON()` of a browser writes it. */
export interface CreationJson {
  id: string;
  rawId: string;
  type: string;
  authenticatorAttachment: string;
  clientExtensionResults: Record<string, unknown>;
  response: {
    clientDataJSON: string;
    attestationObject: string;
    authenticatorData: string;
    transports: string[];
    publicKey: string;
    publicKeyAlgorithm: number;
  };
}

const ALGORITHMS: Record<KeyKind, number> = { ec: -7, ed25519: -8, rsa: -257 };

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

const around = (passkey: SoftPasskey) => ({
  id: text(passkey.credentialId),
  rawId: text(passkey.credentialId),
  type: "public-key",
  authenticatorAttachment: "platform",
  clientExtensionResults: { credProps: { rk: true } },
});

export function answerCreation(passkey: SoftPasskey, site: Site, bends: Bends = {}): CreationJson {
  const clientData = buildClientData("webauthn.create", site, bends);
  const authenticatorData = buildAttestedData(passkey, site, bends);
  const spki = createPublicKey(passkey.privateKey).export({ format: "der", type: "spki" });
  return {
    ...around(passkey),
    response: {
      clientDataJSON: text(clientData),
      attestationObject: text(buildAttestationObject(passkey, authenticatorData, clientData, bends)),
      authenticatorData: text(authenticatorData),
      transports: ["internal", "hybrid"],
      publicKey: text(spki),
      publicKeyAlgorithm: ALGORITHMS[passkey.kind],
    },
  };
}

function buildAttestedData(passkey: SoftPasskey, site: Site, bends: Bends): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(passkey.credentialId.length);
  return Buffer.concat([
    buildHeader(site, { flags: USER_PRESENT_AND_VERIFIED | HAS_CREDENTIAL, ...bends }),
    Buffer.alloc(16),
    length,
    passkey.credentialId,
    passkey.cose,
  ]);
}

function buildAttestationObject(
  passkey: SoftPasskey,
  authenticatorData: Buffer,
  clientData: Buffer,
  { attestation = "none", certificate }: Bends,
): Buffer {
  const statement = attestation === "none" ? [] : buildStatement(passkey, authenticatorData, clientData);
  if (certificate !== undefined) statement.push(["x5c", Buffer.from([0x81, ...cborBytes(certificate)])]);
  return cborMap([
    ["fmt", cborText(attestation)],
    ["attStmt", cborMap(statement)],
    ["authData", cborBytes(authenticatorData)],
  ]);
}

/** https://www.w3.org/TR/webauthn-3/#sctn-packed-attestation */
function buildStatement(
  passkey: SoftPasskey,
  authenticatorData: Buffer,
  clientData: Buffer,
): [string, Buffer][] {
  return [
    ["alg", cborNegative(ALGORITHMS[passkey.kind])],
    ["sig", cborBytes(signAll(passkey, authenticatorData, clientData))],
  ];
}

/** `AuthenticationResponseJSON`. */
export interface AssertionJson extends Omit<CreationJson, "response"> {
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle: string };
}

/** `userHandle` is what was kept about whose passkey it is, in base64url. */
export function answerRequest(
  passkey: SoftPasskey,
  userHandle: string,
  site: Site,
  bends: Bends = {},
): AssertionJson {
  const clientData = buildClientData("webauthn.get", site, bends);
  const authenticatorData = buildHeader(site, bends);
  return {
    ...around(passkey),
    response: {
      clientDataJSON: text(clientData),
      authenticatorData: text(authenticatorData),
      signature: text(signAll(passkey, authenticatorData, clientData)),
      userHandle,
    },
  };
}

function signAll(passkey: SoftPasskey, authenticatorData: Buffer, clientData: Buffer): Buffer {
  const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientData).digest()]);
  return sign(passkey.kind === "ed25519" ? null : "sha256", signed, passkey.privateKey);
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

function cborMap(entries: readonly [string, Buffer][]): Buffer {
  const pairs = entries.flatMap(([key, value]) => [cborText(key), value]);
  return Buffer.concat([Buffer.from([0xa0 + entries.length]), ...pairs]);
}

/** -1 to -65,536. */
function cborNegative(value: number): Buffer {
  const rest = -1 - value;
  return Buffer.from(rest < 24 ? [0x20 + rest] : [0x39, rest >> 8, rest & 0xff]);
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
