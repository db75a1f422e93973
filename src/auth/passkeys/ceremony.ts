/**
 * The checks of a passkey ceremony, after https://www.w3.org/TR/webauthn-3/#sctn-rp-operations: making one (7.1) and
 * signing in with one (7.2). Attestation isn't asked for: which maker's device somebody has is their own affair, and
 * without it nothing about a new passkey is signed, so that its key can be taken from the browser's own reading of it.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { type AuthenticatorData, parseAuthenticatorData } from "./authenticator-data.ts";
import { type ClientData, parseClientData } from "./client-data.ts";
import { parsePublicKey, verifySignature } from "./public-key.ts";

/** The site, from the one configured origin. */
export interface Site {
  origin: string;
}

export function rpIdOf({ origin }: Site): string {
  return new URL(origin).hostname;
}

/** What both kinds of answer have in common. */
export interface CeremonyAnswer {
  clientDataJSON: Uint8Array;
  authenticatorData: Uint8Array;
}

export interface Ceremony {
  /** Whether it is one of ours, nobody has looked yet. */
  challenge: string;
  authenticator: AuthenticatorData;
}

/** Null unless the answer is of this kind, of this site, and by somebody who proved to be the authenticator's owner. */
export function readCeremony(answer: CeremonyAnswer, type: ClientData["type"], site: Site): Ceremony | null {
  const client = parseClientData(answer.clientDataJSON, { type, origin: site.origin });
  const authenticator = parseAuthenticatorData(answer.authenticatorData);
  if (client === null || authenticator === null) return null;
  if (!isEqual(authenticator.rpIdHash, sha256(rpIdOf(site)))) return null;
  if (!authenticator.isUserPresent || !authenticator.isUserVerified) return null;
  return { challenge: client.challenge, authenticator };
}

export interface CreationAnswer extends CeremonyAnswer {
  credentialId: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Uint8Array;
}

/** True when the new passkey is the one that it says, and its key is one that can be used. */
export function verifyCreation({ authenticator }: Ceremony, answer: CreationAnswer): boolean {
  const { credentialId } = authenticator;
  if (credentialId === null || !isEqual(credentialId, answer.credentialId)) return false;
  return parsePublicKey(answer.publicKey) !== null;
}

export interface AssertionAnswer extends CeremonyAnswer {
  signature: Uint8Array;
}

export interface StoredKey {
  publicKey: Uint8Array;
  counter: number;
}

/** `copied`: it is signed well, but its counter went backwards, as if there were two authenticators with one key. */
export type Verdict = "verified" | "refused" | "copied";

export function verifyAssertion(
  { authenticator }: Ceremony,
  answer: AssertionAnswer,
  stored: StoredKey,
): Verdict {
  const key = parsePublicKey(stored.publicKey);
  if (key === null) return "refused";
  const signed = Buffer.concat([answer.authenticatorData, sha256(answer.clientDataJSON)]);
  if (!verifySignature(key, signed, answer.signature)) return "refused";
  const isCounting = authenticator.counter > 0 || stored.counter > 0;
  return isCounting && authenticator.counter <= stored.counter ? "copied" : "verified";
}

function sha256(data: Uint8Array | string): Uint8Array {
  return createHash("sha256").update(data).digest();
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}
