/**
 * Everything that is deleted when a person leaves, in the order that foreign keys and triggers ask for. What stays is
 * the ledger and the audit log, under an id that leads to nobody. A new table of people's data gets its line here.
 */

import { DATABASE_NOW_MS as NOW } from "./client.ts";

/** Jobs that have not begun: their credits come back by trigger, before the account is closed. */
export function buildCancelWaiting(db: D1Database, userId: string): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE generations SET status = 'canceled', error_code = 'canceled', due_at = NULL, step_at = ${NOW}, updated_at = ${NOW}
       WHERE user_id = ?1 AND status = 'queued'`,
    )
    .bind(userId);
}

const OWNED_TABLES = [
  "profile_pictures",
  "images",
  "generations",
  "briefs",
  "sessions",
  "api_keys",
  "provider_accounts",
  "passkeys",
  "passkey_challenges",
] as const;

/** Fails with GENERATION_OPEN when a job is running, and with LAST_HERO for the last one; then nothing is deleted. */
export function buildErasure(db: D1Database, person: { id: string; email: string }): D1PreparedStatement[] {
  return [
    ...OWNED_TABLES.map((table) => db.prepare(`DELETE FROM ${table} WHERE user_id = ?1`).bind(person.id)),
    ...["auth_tokens WHERE email", "mail_outbox WHERE recipient"].map((rows) =>
      db.prepare(`DELETE FROM ${rows} = ?1 OR user_id = ?2`).bind(person.email, person.id),
    ),
    db.prepare("DELETE FROM users WHERE id = ?1").bind(person.id),
  ];
}

/** What the triggers say while a picture is in the making. */
export function isGenerationOpenError(error: unknown): boolean {
  return error instanceof Error && error.message.includes("GENERATION_OPEN");
}

/** What somebody is told before they leave. */
export interface Belongings {
  pictures: number;
  briefs: number;
  /** Not begun: they are canceled. */
  waiting: number;
  /** Begun: nobody can leave before they have ended. */
  running: number;
}

export async function countBelongings(db: D1Database, userId: string): Promise<Belongings> {
  const row = await db
    .prepare(
      `SELECT (SELECT count(*) FROM images WHERE user_id = ?1) AS pictures,
         (SELECT count(*) FROM briefs WHERE user_id = ?1) AS briefs,
         (SELECT count(*) FROM generations WHERE user_id = ?1 AND status = 'queued') AS waiting,
         (SELECT count(*) FROM generations WHERE user_id = ?1 AND status = 'processing') AS running`,
    )
    .bind(userId)
    .first<Belongings>();
  if (row === null) throw new Error("countBelongings: no row");
  return row;
}

/** Ids of a person's pictures, from which the names of their thumbnails are built; in order, behind `after`. */
export async function listPictureIds(
  db: D1Database,
  userId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT id FROM images WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3")
    .bind(userId, after, limit)
    .all<{ id: string }>();
  return results.map((row) => row.id);
}
