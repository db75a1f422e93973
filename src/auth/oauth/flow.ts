/**
 * What we know about one sign-in while the person is away at the provider: where it goes on afterwards, and whether
 * its account shall be linked. It travels in a sealed cookie and counts for one state of one provider only, so that
 * an intent to link can't be used by a sign-in that somebody else began.
 */
import { createHmac } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import { JOSEError } from "jose/errors";
import * as z from "zod/mini";
import { hashToken } from "../token.ts";
import type { ProviderId } from "./settings.ts";

/** As long as Auth.js' own cookies hold. */
export const FLOW_TTL_SECONDS = 15 * 60;

export interface Flow {
  provider: ProviderId;
  /** A path of this site. */
  next: string;
  /** Who asked, from the account page, that the provider's account be linked to them, and in which session. */
  link: { userId: string; sessionId: string } | null;
}

const AUDIENCE = "oauth-flow";

const claimsSchema = z.object({
  stateHash: z.string(),
  next: z.string(),
  link: z.nullable(z.object({ userId: z.string(), sessionId: z.string() })),
});

export function flowCookieName(origin: string): string {
  return origin.startsWith("https:") ? "__Host-oauth-flow" : "oauth-flow";
}

/** The cookie's value. `state` is the one that the provider was sent. */
export async function sealFlow(secret: string, flow: Flow, state: string, now: number): Promise<string> {
  const { provider, next, link } = flow;
  const issuedAt = Math.floor(now / 1000);
  return new EncryptJWT({ next, link, stateHash: await hashToken(state) })
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .setAudience(AUDIENCE)
    .setSubject(provider)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + FLOW_TTL_SECONDS)
    .encrypt(deriveKey(secret));
}

/** Null unless it is ours, in time, and of exactly this provider and state. */
export async function openFlow(
  secret: string,
  sealed: string,
  expected: { provider: ProviderId; state: string },
  now: number,
): Promise<Flow | null> {
  try {
    const { payload } = await jwtDecrypt(sealed, deriveKey(secret), {
      audience: AUDIENCE,
      subject: expected.provider,
      currentDate: new Date(now),
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
      requiredClaims: ["exp"],
    });
    const { stateHash, next, link } = claimsSchema.parse(payload);
    if (stateHash !== (await hashToken(expected.state))) return null;
    return { provider: expected.provider, next, link };
  } catch (error) {
    if (error instanceof JOSEError) return null;
    throw error;
  }
}

/** A key of its own: what is sealed here can't be mistaken for anything else that the secret protects. */
function deriveKey(secret: string): Uint8Array {
  return createHmac("sha256", secret).update(AUDIENCE).digest();
}
