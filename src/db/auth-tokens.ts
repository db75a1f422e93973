/** Table auth_tokens: links that were mailed and not used yet. Holds hashes; the newest link is the only one that works. */
import type { LinkPurpose } from "./schema.ts";

export interface LinkRow {
  purpose: LinkPurpose;
  email: string;
  /** Whose address changes; null for every other purpose. */
  userId: string | null;
  /** The name that was given at registration. */
  name: string;
  /** Where its page leads on to: a path of this site. */
  next: string;
  createdAt: number;
}

export interface NewLink extends LinkRow {
  tokenHash: string;
  expiresAt: number;
}

/** Links are of a mailbox, but a change of address is of a person. */
const SAME_TARGET = "((?1 IS NULL AND user_id IS NULL AND email = ?2) OR (?1 IS NOT NULL AND user_id = ?1))";

/** Replaces the older links. False when a newer one was made meanwhile: then this one is worth nothing. */
export async function createLink(db: D1Database, link: NewLink): Promise<boolean> {
  const [, inserted] = await db.batch([
    db
      .prepare(`DELETE FROM auth_tokens WHERE ${SAME_TARGET} AND created_at <= ?3`)
      .bind(link.userId, link.email, link.createdAt),
    db
      .prepare(
        `INSERT INTO auth_tokens (token_hash, purpose, email, user_id, name, created_at, expires_at, next)
         SELECT ?4, ?5, ?2, ?1, ?6, ?3, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM auth_tokens WHERE ${SAME_TARGET})
         RETURNING purpose`,
      )
      .bind(
        link.userId,
        link.email,
        link.createdAt,
        link.tokenHash,
        link.purpose,
        link.name,
        link.expiresAt,
        link.next,
      ),
  ]);
  return inserted?.results.length === 1;
}

/** A link that still works, without using it up. Null unless the address is the one that it was sent to. */
export async function findLink(
  db: D1Database,
  tokenHash: string,
  email: string,
  now: number,
): Promise<LinkRow | null> {
  return db
    .prepare(
      `SELECT purpose, email, user_id AS userId, name, next, created_at AS createdAt FROM auth_tokens
       WHERE token_hash = ?1 AND email = ?2 AND expires_at > ?3`,
    )
    .bind(tokenHash, email, now)
    .first<LinkRow>();
}

/** Uses a link up. False when it was used, replaced or has expired: of many at once, one is told true. */
export async function consumeLink(
  db: D1Database,
  tokenHash: string,
  email: string,
  now: number,
): Promise<boolean> {
  const { results } = await db
    .prepare(
      "DELETE FROM auth_tokens WHERE token_hash = ?1 AND email = ?2 AND expires_at > ?3 RETURNING purpose",
    )
    .bind(tokenHash, email, now)
    .all();
  return results.length === 1;
}

/** A statement for a batch: every link to a mailbox, and every change of address of its person. */
export function buildDeleteLinks(db: D1Database, email: string, userId: string): D1PreparedStatement {
  return db.prepare("DELETE FROM auth_tokens WHERE email = ?1 OR user_id = ?2").bind(email, userId);
}

/** Removes what expired, at most `limit` rows. */
export async function deleteExpiredLinks(db: D1Database, now: number, limit: number): Promise<void> {
  await db
    .prepare(
      "DELETE FROM auth_tokens WHERE token_hash IN (SELECT token_hash FROM auth_tokens WHERE expires_at < ?1 LIMIT ?2)",
    )
    .bind(now, limit)
    .run();
}
