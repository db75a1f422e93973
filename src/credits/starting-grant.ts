/**
 * What a new person begins with: one grant through the ledger, once per person by its key, and once per address by a
 * fingerprint that stays when the account is erased. Whoever calls says what an address' fingerprints are: the newest
 * key's first, then those of the keys before it.
 */
import { DATABASE_NOW_MS as NOW } from "../db/client.ts";

const ACTOR = "system";
const REASON = "Starting credits";

export interface ProvenPerson {
  /** In its normal form. */
  email: string;
  /** When the batch that these statements belong to proves the address, in milliseconds UTC. */
  provenAt: number;
}

/**
 * Statements for the batch that proves a person's address for the first time, behind it; nobody else's account gets
 * anything. Without fingerprints the address isn't asked about and isn't remembered.
 */
export function buildStartingGrant(
  db: D1Database,
  { email, provenAt }: ProvenPerson,
  amount: number,
  fingerprints: readonly string[],
): D1PreparedStatement[] {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new Error("buildStartingGrant: the amount must be a whole number, 0 or more");
  }
  if (amount === 0) return [];
  const grant = db
    .prepare(
      `INSERT INTO credit_entries (user_id, kind, available, held, op_key, actor_id, reason, created_at)
       SELECT u.id, 'grant', ?3, 0, 'start:' || u.id, ?4, ?5, ${NOW} FROM users u
       WHERE u.email = ?1 AND u.email_verified_at = ?2
         AND NOT EXISTS (SELECT 1 FROM credit_entries WHERE op_key = 'start:' || u.id)
         AND NOT EXISTS (SELECT 1 FROM granted_addresses WHERE fingerprint IN (SELECT value FROM json_each(?6)))`,
    )
    .bind(email, provenAt, amount, ACTOR, REASON, JSON.stringify(fingerprints));
  const [newest] = fingerprints;
  if (newest === undefined) return [grant];
  // No ON CONFLICT: should an address ever get a second grant, the key of this table takes both back.
  const remember = db
    .prepare("INSERT INTO granted_addresses (fingerprint) SELECT ?1 WHERE changes() > 0")
    .bind(newest);
  return [grant, remember];
}

/**
 * A statement for the batch in which an account's address changes, a provider is connected to it, or its person leaves.
 * `addresses` are this one person's, each with its fingerprints: when one of them has had its grant, all of them have.
 */
export function buildGrantMemory(
  db: D1Database,
  userId: string,
  addresses: readonly (readonly string[])[],
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO granted_addresses (fingerprint) SELECT value FROM json_each(?2)
       WHERE EXISTS (SELECT 1 FROM credit_entries WHERE op_key = 'start:' || ?1)
         OR EXISTS (SELECT 1 FROM granted_addresses WHERE fingerprint IN (SELECT value FROM json_each(?3)))
       ON CONFLICT (fingerprint) DO NOTHING`,
    )
    .bind(
      userId,
      JSON.stringify(addresses.flatMap(([newest]) => newest ?? [])),
      JSON.stringify(addresses.flat()),
    );
}
