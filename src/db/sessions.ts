/** Table sessions: one row a signed-in device. Holds hashes of tokens, never a token. */
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { orm, preparedOnce } from "./client.ts";
import type { Query } from "./query.ts";
import { creditAccounts, type Role, sessions, users } from "./schema.ts";

/** A live session with its person and their balance: all that a request needs to know about its caller. */
export interface SessionRow {
  sessionId: string;
  expiresAt: number;
  absoluteExpiresAt: number;
  lastUsedAt: number;
  userId: string;
  email: string;
  name: string;
  role: Role;
  emailVerifiedAt: number | null;
  available: number;
  held: number;
}

const sessionByTokenHash = preparedOnce((db) =>
  db
    .select({
      sessionId: sessions.id,
      expiresAt: sessions.expiresAt,
      absoluteExpiresAt: sessions.absoluteExpiresAt,
      lastUsedAt: sessions.lastUsedAt,
      userId: users.id,
      email: users.email,
      name: users.name,
      role: users.role,
      emailVerifiedAt: users.emailVerifiedAt,
      available: creditAccounts.available,
      held: creditAccounts.held,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(creditAccounts, eq(creditAccounts.userId, users.id))
    .where(
      and(
        eq(sessions.tokenHash, sql.placeholder("tokenHash")),
        gt(sessions.expiresAt, sql.placeholder("now")),
        gt(sessions.absoluteExpiresAt, sql.placeholder("now")),
        isNull(users.disabledAt),
      ),
    )
    .prepare(),
);

/** Null when there is no such session, when it has expired, or when its person is disabled. */
export async function findSession(
  db: D1Database,
  tokenHash: string,
  now: number,
): Promise<SessionRow | null> {
  return (await sessionByTokenHash(db).get({ tokenHash, now })) ?? null;
}

export interface NewSession {
  tokenHash: string;
  id: string;
  userId: string;
  /** The password that was proven; null when something else was. */
  passwordHash: string | null;
  method: string;
  userAgent: string;
  createdAt: number;
  expiresAt: number;
  absoluteExpiresAt: number;
  /** The truncated network where it began. */
  place: string | null;
}

/**
 * A statement that fails, and its whole batch with it, when the person was switched off, left, or got another
 * password after the proof was checked: checking takes long enough for that.
 */
export function buildSession(db: D1Database, session: NewSession): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO sessions (token_hash, id, user_id, method, user_agent, created_at, last_used_at, expires_at,
         absolute_expires_at, place)
       VALUES (?1, ?2,
         (SELECT id FROM users WHERE id = ?3 AND disabled_at IS NULL AND (?10 IS NULL OR password_hash = ?10)),
         ?4, ?5, ?6, ?6, ?7, ?8, ?9)`,
    )
    .bind(
      session.tokenHash,
      session.id,
      session.userId,
      session.method,
      session.userAgent,
      session.createdAt,
      session.expiresAt,
      session.absoluteExpiresAt,
      session.place,
      session.passwordHash,
    );
}

/** True for the error of a statement of buildSession that came too late. */
export function isSessionRefused(error: unknown): boolean {
  return error instanceof Error && error.message.includes("NOT NULL constraint failed: sessions.user_id");
}

/** Notes the use of a session and moves its rolling end. */
export async function extendSession(
  db: D1Database,
  sessionId: string,
  times: { lastUsedAt: number; expiresAt: number },
): Promise<void> {
  await orm(db).update(sessions).set(times).where(eq(sessions.id, sessionId));
}

export function buildDeleteSession(db: D1Database, tokenHash: string): D1PreparedStatement {
  return db.prepare("DELETE FROM sessions WHERE token_hash = ?1").bind(tokenHash);
}

/** All of a person's sessions, except `keepId` where one is to stay. */
export function buildDeleteSessions(
  db: D1Database,
  userId: string,
  keepId: string | null,
): D1PreparedStatement {
  return db.prepare("DELETE FROM sessions WHERE user_id = ?1 AND id IS NOT ?2").bind(userId, keepId);
}

/**
 * After a change of role or access, and only if the statement before it changed a row. `keepsLatest` leaves the
 * session that began last: a device that somebody forgot doesn't follow into a new role.
 */
export function buildDeleteSessionsIfChanged(
  db: D1Database,
  userId: string,
  options: { keepsLatest: boolean },
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM sessions WHERE user_id = ?1 AND changes() > 0
         AND (?2 = 0 OR id <> (SELECT id FROM sessions WHERE user_id = ?1 ORDER BY id DESC LIMIT 1))`,
    )
    .bind(userId, Number(options.keepsLatest));
}

/** One device, as its owner sees it. */
export interface DeviceRow {
  id: string;
  method: string;
  userAgent: string;
  place: string | null;
  createdAt: number;
  lastUsedAt: number;
  expiresAt: number;
}

/** Live sessions of a person, the last used first. */
export function buildDevicesQuery(
  db: D1Database,
  userId: string,
  now: number,
  limit: number,
): Query<DeviceRow[]> {
  return {
    statement: db
      .prepare(
        `SELECT id, method, user_agent AS userAgent, place, created_at AS createdAt, last_used_at AS lastUsedAt,
           min(expires_at, absolute_expires_at) AS expiresAt
         FROM sessions WHERE user_id = ?1 AND expires_at > ?2 AND absolute_expires_at > ?2
         ORDER BY last_used_at DESC, id DESC LIMIT ?3`,
      )
      .bind(userId, now, limit),
    parse: (rows: DeviceRow[]) => rows,
  };
}

/** A statement whose `changes` tell whether there was one: a session of this person, by its public id. */
export function buildDeleteSessionById(db: D1Database, userId: string, id: string): D1PreparedStatement {
  return db.prepare("DELETE FROM sessions WHERE id = ?2 AND user_id = ?1").bind(userId, id);
}

/** Removes what expired, at most `limit` rows. */
export async function deleteExpiredSessions(db: D1Database, now: number, limit: number): Promise<void> {
  await db
    .prepare(
      "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at < ?1 LIMIT ?2)",
    )
    .bind(now, limit)
    .run();
}
