/** Table sessions: one row a signed-in device. Holds hashes of tokens, never a token. */
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { orm, preparedOnce } from "./client.ts";
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
  method: string;
  userAgent: string;
  createdAt: number;
  expiresAt: number;
  absoluteExpiresAt: number;
}

export async function createSession(db: D1Database, session: NewSession): Promise<void> {
  await orm(db)
    .insert(sessions)
    .values({ ...session, lastUsedAt: session.createdAt });
}

/** Notes the use of a session and moves its rolling end. */
export async function extendSession(
  db: D1Database,
  sessionId: string,
  times: { lastUsedAt: number; expiresAt: number },
): Promise<void> {
  await orm(db).update(sessions).set(times).where(eq(sessions.id, sessionId));
}

export async function deleteSession(db: D1Database, tokenHash: string): Promise<void> {
  await orm(db).delete(sessions).where(eq(sessions.tokenHash, tokenHash));
}

export async function deleteSessionsByUser(db: D1Database, userId: string): Promise<void> {
  await orm(db).delete(sessions).where(eq(sessions.userId, userId));
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
