/** Table auth_tokens: links that were mailed and not used yet. Holds hashes; the newest link is the only one that works. */
import { LINK_PURPOSES, type LinkPurpose } from "./schema.ts";

export interface LinkRow {
  purpose: LinkPurpose;
  email: string;
  /** Whose address changes; null for every other purpose. */
  userId: string | null;
  /** The name that was given at registration. */
  name: string;
  /** Where its page leads on to: a path of this site. */
  next: string;
}

export interface NewLink extends LinkRow {
  /** The row of the outbox that it is written for. */
  letterId: string;
  tokenHash: string;
  /** When it was asked for, which decides which one is the newest. */
  createdAt: number;
  expiresAt: number;
}

/** The letters that bring one. */
const LINK_KINDS = `(${LINK_PURPOSES.map((purpose) => `'${purpose}'`).join(", ")})`;

/** Links are of a mailbox, but a change of address is of a person. */
const SAME_TARGET = "((?1 IS NULL AND user_id IS NULL AND email = ?2) OR (?1 IS NOT NULL AND user_id = ?1))";

/**
 * Replaces the older links. False when this one is worth nothing: a newer one was made meanwhile, its person is gone, or
 * its letter isn't wanted any more. A letter whose answer got lost is sent again, and by then its link may have been
 * used: made anew, it would work twice.
 */
export async function createLink(db: D1Database, link: NewLink): Promise<boolean> {
  const [, inserted] = await db.batch([
    db
      .prepare(`DELETE FROM auth_tokens WHERE ${SAME_TARGET} AND created_at <= ?3`)
      .bind(link.userId, link.email, link.createdAt),
    db
      .prepare(
        `INSERT INTO auth_tokens (token_hash, purpose, email, user_id, name, created_at, expires_at, next)
         SELECT ?4, ?5, ?2, ?1, ?6, ?3, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM auth_tokens WHERE ${SAME_TARGET})
           AND EXISTS (SELECT 1 FROM mail_outbox WHERE id = ?9)
           AND (?1 IS NULL OR EXISTS (SELECT 1 FROM users WHERE id = ?1))
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
        link.letterId,
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
      `SELECT purpose, email, user_id AS userId, name, next FROM auth_tokens
       WHERE token_hash = ?1 AND email = ?2 AND expires_at > ?3`,
    )
    .bind(tokenHash, email, now)
    .first<LinkRow>();
}

/**
 * Statements for the beginning of a batch that does what a link is for. They use it up, and take back letters on their
 * way to its mailbox that would bring the same one or another one like it. When it was used, was replaced or has expired
 * by then, the whole batch fails: a row that lives until the next statement can't have the expiry of a link that is gone.
 */
export function buildLinkUse(
  db: D1Database,
  tokenHash: string,
  { email, purpose }: Pick<LinkRow, "email" | "purpose">,
  now: number,
): D1PreparedStatement[] {
  const isSameKind = `(kind = 'change_email') = (?2 = 'change_email') AND kind IN ${LINK_KINDS}`;
  return [
    db
      .prepare(
        `INSERT INTO auth_tokens (token_hash, purpose, email, created_at, expires_at) VALUES ('used:' || ?1, 'sign_in', ?2, ?3,
           (SELECT expires_at FROM auth_tokens WHERE token_hash = ?1 AND email = ?2 AND expires_at > ?3))`,
      )
      .bind(tokenHash, email, now),
    db.prepare("DELETE FROM auth_tokens WHERE token_hash IN (?1, 'used:' || ?1)").bind(tokenHash),
    db.prepare(`DELETE FROM mail_outbox WHERE recipient = ?1 AND ${isSameKind}`).bind(email, purpose),
  ];
}

/** True for the error of a batch with statements of buildLinkUse that came too late: of many at once, one isn't. */
export function isLinkGone(error: unknown): boolean {
  return (
    error instanceof Error && error.message.includes("NOT NULL constraint failed: auth_tokens.expires_at")
  );
}

/** Statements for a batch: every link to a mailbox and every change of address of its person, mailed or on its way. */
export function buildDeleteLinks(db: D1Database, email: string, userId: string): D1PreparedStatement[] {
  return [
    db.prepare("DELETE FROM auth_tokens WHERE email = ?1 OR user_id = ?2").bind(email, userId),
    db
      .prepare(`DELETE FROM mail_outbox WHERE (recipient = ?1 OR user_id = ?2) AND kind IN ${LINK_KINDS}`)
      .bind(email, userId),
  ];
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
