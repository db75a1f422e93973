/**
 * The two ceremonies, checked by @simplewebauthn/server: making a passkey and signing in with one. It refuses by
 * throwing, and whatever it throws is about what the caller sent: nothing else goes into it, no database and no
 * network. https://www.w3.org/TR/webauthn-3/#sctn-rp-operations
 */
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { decodeAttestationObject, verifySignature } from "@simplewebauthn/server/helpers";
import { fail, type Result, succeed } from "../../result.ts";

/** The site, from the one configured origin. */
export interface Site {
  origin: string;
}

export function rpIdOf({ origin }: Site): string {
  return new URL(origin).hostname;
}

/** COSE's numbers for ES256, EdDSA and RS256, the most wanted first. */
export const KEY_ALGORITHMS = [-7, -8, -257];

/** Of `RegistrationResponseJSON`, what is looked at. Bytes are base64url, here and below. */
export interface CreationResponse {
  id: string;
  rawId: string;
  response: { clientDataJSON: string; attestationObject: string };
}

export interface CreatedCredential {
  id: string;
  /** COSE_Key. */
  publicKey: string;
  counter: number;
}

/** `attested`: it came with its maker's certificates, which nobody asked for and nothing here can check. */
export type CreationRefusal = "not_verified" | "attested";

export async function verifyCreation(
  { id, rawId, response }: CreationResponse,
  challenge: string,
  site: Site,
): Promise<Result<CreatedCredential, CreationRefusal>> {
  try {
    if (isAttested(response.attestationObject)) return fail("attested");
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId, type: "public-key", clientExtensionResults: {}, response },
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: rpIdOf(site),
      requireUserVerification: true,
      supportedAlgorithmIDs: KEY_ALGORITHMS,
    });
    if (!verified) return fail("not_verified");
    const { credential } = registrationInfo;
    await requireUsableKey(credential.publicKey);
    const publicKey = Buffer.from(credential.publicKey).toString("base64url");
    return succeed({ id: credential.id, publicKey, counter: credential.counter });
  } catch {
    return fail("not_verified");
  }
}

/**
 * "none" is what is asked for. A browser may also answer with "packed" signed by the new passkey itself, which tells
 * as little about its maker. https://www.w3.org/TR/webauthn-3/#sctn-createCredential
 */
function isAttested(attestationObject: string): boolean {
  const attestation = decodeAttestationObject(Uint8Array.from(Buffer.from(attestationObject, "base64url")));
  const format: unknown = attestation.get("fmt");
  if (format === "packed") return attestation.get("attStmt").get("x5c") !== undefined;
  return typeof format === "string" && format !== "none";
}

const NUMBER = [0x02, 29, ...Array<number>(29).fill(1)];
/** Nobody's, and well formed for every kind of key: two numbers in DER for ECDSA, 64 bytes for Ed25519. */
const NO_SIGNATURE = Uint8Array.of(0x30, 62, ...NUMBER, ...NUMBER);

/** Throws for a key that no signature can be checked with: without attestation nothing has used it so far. */
async function requireUsableKey(credentialPublicKey: Uint8Array<ArrayBuffer>): Promise<void> {
  await verifySignature({ credentialPublicKey, signature: NO_SIGNATURE, data: new Uint8Array(1) });
}

/** Of `AuthenticationResponseJSON`, what is looked at. */
export interface AssertionResponse {
  id: string;
  rawId: string;
  response: { clientDataJSON: string; authenticatorData: string; signature: string };
}

export interface StoredKey {
  /** COSE_Key, base64url. */
  publicKey: string;
  counter: number;
}

/** `copied_passkey`: signed well, but its counter went backwards, as if two authenticators had one key. */
export type AssertionRefusal = "not_verified" | "copied_passkey";

/** The counter that is remembered from now on. */
export async function verifyAssertion(
  { id, rawId, response }: AssertionResponse,
  challenge: string,
  stored: StoredKey,
  site: Site,
): Promise<Result<number, AssertionRefusal>> {
  const publicKey = Uint8Array.from(Buffer.from(stored.publicKey, "base64url"));
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { id, rawId, type: "public-key", clientExtensionResults: {}, response },
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: rpIdOf(site),
      requireUserVerification: true,
      // Any counter does for the library, which looks at it before the signature and can't say what it refused for.
      credential: { id, publicKey, counter: 0 },
    });
    if (!verified) return fail("not_verified");
    const counter = authenticationInfo.newCounter;
    const isCounting = counter > 0 || stored.counter > 0;
    return isCounting && counter <= stored.counter ? fail("copied_passkey") : succeed(counter);
  } catch {
    return fail("not_verified");
  }
}
