/**
 * Browser sessions: an opaque token in a cookie, its hash in the database.
 * 14 days rolling, 90 days at most. Role and disabled flag are read with the session on every request.
 */
import { createSession, deleteSession, extendSession, findSession, type SessionRow } from "../db/sessions.ts";
import { newId } from "../ids.ts";
import { createToken, hashToken, isToken } from "./token.ts";

export const SESSION_TTL_SECONDS = 14 * 24 * 3600;
export const SESSION_ABSOLUTE_TTL_SECONDS = 90 * 24 * 3600;
/** The rolling end is written at most this often. */
const SESSION_TOUCH_SECONDS = 24 * 3600;
const USER_AGENT_MAX_CHARACTERS = 200;

/** `__Host-` binds the cookie to this host and to https; plain http exists on loopback only. */
export function sessionCookieName(origin: string): string {
  return origin.startsWith("https:") ? "__Host-session" : "session";
}

export interface SignInFacts {
  userId: string;
  method: string;
  userAgent: string;
  now: number;
}

/** A new session; the token goes into the cookie and is kept nowhere else. */
export async function startSession(db: D1Database, facts: SignInFacts): Promise<string> {
  const token = createToken();
  await createSession(db, {
    tokenHash: await hashToken(token),
    id: newId(facts.now),
    userId: facts.userId,
    method: facts.method,
    userAgent: facts.userAgent.slice(0, USER_AGENT_MAX_CHARACTERS),
    createdAt: facts.now,
    expiresAt: facts.now + SESSION_TTL_SECONDS * 1000,
    absoluteExpiresAt: facts.now + SESSION_ABSOLUTE_TTL_SECONDS * 1000,
  });
  return token;
}

/** The live session of a cookie's value. Anything malformed is no session and costs no query. */
export async function readSession(
  db: D1Database,
  token: string | undefined,
  now: number,
): Promise<SessionRow | null> {
  if (token === undefined || !isToken(token)) return null;
  return findSession(db, await hashToken(token), now);
}

/** True when the rolling end is due to be moved. */
export function isSessionStale(session: SessionRow, now: number): boolean {
  return now - session.lastUsedAt > SESSION_TOUCH_SECONDS * 1000;
}

export async function refreshSession(db: D1Database, session: SessionRow, now: number): Promise<void> {
  const expiresAt = Math.min(now + SESSION_TTL_SECONDS * 1000, session.absoluteExpiresAt);
  await extendSession(db, session.sessionId, { lastUsedAt: now, expiresAt });
}

export async function endSession(db: D1Database, token: string | undefined): Promise<void> {
  if (token === undefined || !isToken(token)) return;
  await deleteSession(db, await hashToken(token));
}
