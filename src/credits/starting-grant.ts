/** What a new person begins with: one grant, once in a lifetime, through the ledger like all other money. */
import { DATABASE_NOW_MS as NOW } from "../db/client.ts";

const ACTOR = "system";
const REASON = "Starting credits";

/**
 * True when this call gave the credits, false when they were given before or `amount` is 0.
 * One statement, keyed by the person, so that neither a repeat nor a race can give them twice.
 */
export async function grantStartingCredits(db: D1Database, userId: string, amount: number): Promise<boolean> {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new Error("grantStartingCredits: the amount must be a whole number, 0 or more");
  }
  if (amount === 0) return false;
  const entry = await db
    .prepare(
      `INSERT INTO credit_entries (user_id, kind, available, held, op_key, actor_id, reason, created_at)
       SELECT ?1, 'grant', ?2, 0, ?3, ?4, ?5, ${NOW}
       WHERE NOT EXISTS (SELECT 1 FROM credit_entries WHERE op_key = ?3)
       RETURNING id`,
    )
    .bind(userId, amount, `start:${userId}`, ACTOR, REASON)
    .first();
  return entry !== null;
}
