/**
 * Browser sessions: an opaque token in a cookie, its hash in the database.
 * 14 days rolling, 90 days at most. Role and disabled flag are read with the session on every request.
 */
import { buildSession, extendSession, findSession, type SessionRow } from "../db/sessions.ts";
import { newId } from "../ids.ts";
import { createToken, hashToken, isToken } from "./token.ts";

export const SESSION_TTL_SECONDS = 14 * 24 * 3600;
export const SESSION_ABSOLUTE_TTL_SECONDS = 90 * 24 * 3600;
/** The rolling end is moved, and the cookie sent again, at most this often. */
const SESSION_EXTEND_SECONDS = 24 * 3600;
/** The time of the last use is written at most this often: exact enough to recognise a device by. */
const SESSION_TOUCH_SECONDS = 10 * 60;
const USER_AGENT_MAX_CHARACTERS = 200;

/** `__Host-` binds the cookie to this host and to https; plain http exists on loopback only. */
export function sessionCookieName(origin: string): string {
  return origin.startsWith("https:") ? "__Host-session" : "session";
}

export interface SignInFacts {
  userId: string;
  /** The stored hash of the password that was proven; null when something else was. */
  passwordHash: string | null;
  /** How the person proved who they are: password, link, passkey or the name of a provider. */
  method: string;
  userAgent: string;
  /** The truncated network. */
  place: string | null;
  now: number;
}

export interface NewSessionToken {
  /** Goes into the cookie and is kept nowhere else. */
  token: string;
  statement: D1PreparedStatement;
}

/** A new session as a statement, for a batch with what else a sign-in writes. */
export async function buildNewSession(db: D1Database, facts: SignInFacts): Promise<NewSessionToken> {
  const token = createToken();
  const statement = buildSession(db, {
    tokenHash: await hashToken(token),
    id: newId(facts.now),
    userId: facts.userId,
    passwordHash: facts.passwordHash,
    method: facts.method,
    userAgent: facts.userAgent.slice(0, USER_AGENT_MAX_CHARACTERS),
    place: facts.place,
    createdAt: facts.now,
    expiresAt: facts.now + SESSION_TTL_SECONDS * 1000,
    absoluteExpiresAt: facts.now + SESSION_ABSOLUTE_TTL_SECONDS * 1000,
  });
  return { token, statement };
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

export interface SessionCare {
  /** The time of its last use is due to be written. */
  isTouchDue: boolean;
  /** Its rolling end is due to be moved, and its cookie to be sent again. */
  isExtensionDue: boolean;
}

export function planSessionCare(session: SessionRow, now: number): SessionCare {
  const fullEnd = Math.min(now + SESSION_TTL_SECONDS * 1000, session.absoluteExpiresAt);
  const isExtensionDue = fullEnd - session.expiresAt > SESSION_EXTEND_SECONDS * 1000;
  return {
    isTouchDue: isExtensionDue || now - session.lastUsedAt > SESSION_TOUCH_SECONDS * 1000,
    isExtensionDue,
  };
}

export async function touchSession(
  db: D1Database,
  session: SessionRow,
  care: SessionCare,
  now: number,
): Promise<void> {
  const fullEnd = Math.min(now + SESSION_TTL_SECONDS * 1000, session.absoluteExpiresAt);
  await extendSession(db, session.sessionId, {
    lastUsedAt: now,
    expiresAt: care.isExtensionDue ? fullEnd : session.expiresAt,
  });
}
