/** Table passkey_challenges: challenges that wait for an answer. The first answer uses one up, right or wrong. */

/** `userId` is whose passkey is being added; null for a sign-in. */
export async function createChallenge(
  db: D1Database,
  challenge: { hash: string; userId: string | null; expiresAt: number },
): Promise<void> {
  await db
    .prepare("INSERT INTO passkey_challenges (challenge_hash, user_id, expires_at) VALUES (?1, ?2, ?3)")
    .bind(challenge.hash, challenge.userId, challenge.expiresAt)
    .run();
}

/** False when it is unknown, was used, has expired, or was meant for something or somebody else. */
export async function consumeChallenge(
  db: D1Database,
  hash: string,
  userId: string | null,
  now: number,
): Promise<boolean> {
  const { results } = await db
    .prepare(
      `DELETE FROM passkey_challenges WHERE challenge_hash = ?1 AND user_id IS ?2 AND expires_at > ?3
       RETURNING challenge_hash`,
    )
    .bind(hash, userId, now)
    .all();
  return results.length === 1;
}

/** Removes what expired, at most `limit` rows. */
export async function deleteExpiredChallenges(db: D1Database, now: number, limit: number): Promise<void> {
  await db
    .prepare(
      `DELETE FROM passkey_challenges WHERE challenge_hash IN
         (SELECT challenge_hash FROM passkey_challenges WHERE expires_at < ?1 LIMIT ?2)`,
    )
    .bind(now, limit)
    .run();
}
