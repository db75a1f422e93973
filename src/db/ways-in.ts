/**
 * Taking a way in away, which must never lock its person out: one statement removes it only while another one stays.
 * Another one is a password, a passkey, an account at a provider that this deployment offers, or a mailbox that has
 * been used: a letter of ours was opened there, so that a link by mail reaches this person.
 */

/** For ?1 the person, without the passkey ?2 and without the provider ?3; ?4 is the list of offered providers. */
const HAS_ANOTHER_WAY = `(
  EXISTS (SELECT 1 FROM users WHERE id = ?1 AND (password_hash IS NOT NULL OR mailbox_used_at IS NOT NULL))
  OR EXISTS (SELECT 1 FROM passkeys WHERE user_id = ?1 AND credential_id IS NOT ?2)
  OR EXISTS (SELECT 1 FROM provider_accounts WHERE user_id = ?1 AND provider IS NOT ?3
    AND provider IN (SELECT value FROM json_each(?4))))`;

/** A statement whose `changes` tell whether it was removed. */
export function buildProviderRemoval(
  db: D1Database,
  userId: string,
  provider: string,
  offered: readonly string[],
): D1PreparedStatement {
  return db
    .prepare(`DELETE FROM provider_accounts WHERE user_id = ?1 AND provider = ?3 AND ${HAS_ANOTHER_WAY}`)
    .bind(userId, null, provider, JSON.stringify(offered));
}

/** A statement whose `changes` tell whether it was removed. */
export function buildPasskeyRemoval(
  db: D1Database,
  userId: string,
  credentialId: string,
  offered: readonly string[],
): D1PreparedStatement {
  return db
    .prepare(`DELETE FROM passkeys WHERE user_id = ?1 AND credential_id = ?2 AND ${HAS_ANOTHER_WAY}`)
    .bind(userId, credentialId, null, JSON.stringify(offered));
}
