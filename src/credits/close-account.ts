/** The last entry of an account whose person leaves: what was left is taken away, and the books still balance. */
import { DATABASE_NOW_MS as NOW } from "../db/client.ts";

const ACTOR = "system";
const REASON = "Account erased";

/** A statement for the batch that erases the person; nothing when nothing is left. Once in a lifetime, by its key. */
export function buildAccountClosing(db: D1Database, userId: string): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO credit_entries (user_id, kind, available, held, op_key, actor_id, reason, created_at)
       SELECT user_id, 'revoke', -available, 0, 'erase:' || user_id, ?2, ?3, ${NOW}
       FROM credit_accounts WHERE user_id = ?1 AND available > 0`,
    )
    .bind(userId, ACTOR, REASON);
}
