/** Challenges: random, for a few minutes, for one answer. The database holds their hashes. */
import { consumeChallenge, createChallenge } from "../../db/passkey-challenges.ts";
import { createToken, hashToken, isToken } from "../token.ts";

/** People look for their key, plug it in, and mistype its PIN. */
export const CHALLENGE_TTL_SECONDS = 5 * 60;

/** Bytes, which the browser gives back as base64url. `userId` is whose passkey is being added; null for a sign-in. */
export async function issueChallenge(
  db: D1Database,
  userId: string | null,
  now: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = createToken();
  const expiresAt = now + CHALLENGE_TTL_SECONDS * 1000;
  await createChallenge(db, { hash: await hashToken(challenge), userId, expiresAt });
  return Uint8Array.from(Buffer.from(challenge, "base64url"));
}

/** True once. */
export async function takeChallenge(
  db: D1Database,
  challenge: string,
  userId: string | null,
  now: number,
): Promise<boolean> {
  if (!isToken(challenge)) return false;
  return consumeChallenge(db, await hashToken(challenge), userId, now);
}
