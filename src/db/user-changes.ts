/** Table users: every change of a row, most of them as statements for a batch with what else changes. */
import { type AuditOrigin, buildAudit } from "./audit.ts";
import type { Role } from "./schema.ts";

/**
 * Statements for the batch in which a mailbox is proven: afterwards it has a verified person, found or created with `id`
 * and `name`. Whatever was attached to the address before anybody had proven it belonged to somebody else, perhaps:
 * password, sessions, keys, passkeys and linked accounts of an unverified person go. `welcome` is part of it: nobody is
 * half new, whatever breaks off.
 */
export function buildAdmission(
  db: D1Database,
  { id, email, name }: { id: string; email: string; name: string },
  welcome: readonly D1PreparedStatement[],
  origin: AuditOrigin,
  now: number,
): D1PreparedStatement[] {
  const unverified = "(SELECT id FROM users WHERE email = ?1 AND email_verified_at IS NULL)";
  return [
    ...["sessions", "api_keys", "provider_accounts", "passkeys"].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE user_id IN ${unverified}`).bind(email),
    ),
    db
      .prepare(
        `UPDATE users SET password_hash = NULL, email_verified_at = ?2, updated_at = ?2
         WHERE email = ?1 AND email_verified_at IS NULL`,
      )
      .bind(email, now),
    db
      .prepare(
        `INSERT INTO users (id, email, name, email_verified_at, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4, ?4)
         ON CONFLICT (email) DO NOTHING`,
      )
      .bind(id, email, name, now),
    buildAudit(db, { action: "account.create", actorId: id, subjectId: id, origin }, now, {
      onlyIfChanged: true,
    }),
    ...welcome,
  ];
}

/**
 * `from` is the hash of the password that was proven, null when something else was. When it isn't the stored one any
 * more, the statement fails by a time that must not be null, and its whole batch with it.
 */
export function buildPasswordHash(
  db: D1Database,
  userId: string,
  hash: { from: string | null; to: string },
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE users SET password_hash = ?3, updated_at = CASE WHEN ?2 IS NULL OR password_hash = ?2 THEN ?4 END
       WHERE id = ?1`,
    )
    .bind(userId, hash.from, hash.to, now);
}

/** True for the error of a statement of buildPasswordHash that came too late. */
export function isPasswordOvertaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes("NOT NULL constraint failed: users.updated_at");
}

/** The same password, hashed anew; nothing when it was changed meanwhile. */
export function buildPasswordRehash(
  db: D1Database,
  userId: string,
  hash: { from: string; to: string },
  now: number,
): D1PreparedStatement {
  return db
    .prepare("UPDATE users SET password_hash = ?3, updated_at = ?4 WHERE id = ?1 AND password_hash = ?2")
    .bind(userId, hash.from, hash.to, now);
}

/** A statement for a batch that fails with `UNIQUE constraint failed: users.email` when the address is taken. */
export function buildEmailChange(
  db: D1Database,
  userId: string,
  email: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare("UPDATE users SET email = ?2, email_verified_at = ?3, updated_at = ?3 WHERE id = ?1")
    .bind(userId, email, now);
}

export async function updateName(db: D1Database, userId: string, name: string, now: number): Promise<void> {
  await db.prepare("UPDATE users SET name = ?2, updated_at = ?3 WHERE id = ?1").bind(userId, name, now).run();
}

export interface FromTo<Value> {
  from: Value;
  to: Value;
}

/**
 * Role, access or both in one statement; null leaves one alone. It changes nothing unless the actor is a HERO in this
 * very moment and both `from` are still so, and it fails with LAST_HERO when nobody would be one afterwards.
 */
export function buildAccountChange(
  db: D1Database,
  change: { actorId: string; userId: string; role: FromTo<Role> | null; disabled: FromTo<boolean> | null },
  now: number,
): D1PreparedStatement {
  const { role, disabled } = change;
  return db
    .prepare(
      `UPDATE users SET role = coalesce(?4, role), updated_at = ?7,
         disabled_at = CASE WHEN ?6 IS NULL THEN disabled_at WHEN ?6 THEN coalesce(disabled_at, ?7) END
       WHERE id = ?1 AND (?3 IS NULL OR role = ?3) AND (?5 IS NULL OR (disabled_at IS NOT NULL) = ?5)
         AND EXISTS (SELECT 1 FROM users a WHERE a.id = ?2 AND a.role = 'HERO' AND a.disabled_at IS NULL)`,
    )
    .bind(
      change.userId,
      change.actorId,
      role?.from ?? null,
      role?.to ?? null,
      disabled === null ? null : Number(disabled.from),
      disabled === null ? null : Number(disabled.to),
      now,
    );
}

/** What the triggers say when the last HERO would go. */
export function isLastHeroError(error: unknown): boolean {
  return error instanceof Error && error.message.includes("LAST_HERO");
}
