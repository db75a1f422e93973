/** The end of every way in, whatever proved who somebody is: a new session, and a row that says so. */
import { buildAudit } from "../db/audit.ts";
import { buildDeleteSession, isSessionRefused } from "../db/sessions.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";
import { buildNewSession } from "./session.ts";
import { hashToken } from "./token.ts";

export interface OpenedSession {
  /** For the cookie. */
  token: string;
  userId: string;
}

export interface ProvenPerson {
  userId: string;
  method: string;
  /** The stored hash of the password that proved it; the session opens only while it is still that one. */
  passwordHash?: string;
}

/**
 * A cookie that was there before is never kept: a planted session must not become this person's.
 * `also` is written in the same batch, before the session. Null, and nothing is written, when the person was switched
 * off, left or got another password since the proof was checked.
 */
export async function openSession(
  db: D1Database,
  facts: RequestFacts,
  person: ProvenPerson,
  also: readonly D1PreparedStatement[] = [],
): Promise<OpenedSession | null> {
  const session = await buildNewSession(db, {
    ...person,
    passwordHash: person.passwordHash ?? null,
    userAgent: facts.userAgent,
    place: facts.place.network,
    now: facts.now,
  });
  const entry = {
    action: "sign_in.accept",
    actorId: person.userId,
    subjectId: person.userId,
    origin: auditOrigin(facts),
    details: { method: person.method },
  } as const;
  const planted = facts.sessionToken === undefined ? null : await hashToken(facts.sessionToken);
  try {
    await db.batch([
      ...also,
      ...(planted === null ? [] : [buildDeleteSession(db, planted)]),
      session.statement,
      buildAudit(db, entry, facts.now),
    ]);
  } catch (error) {
    if (isSessionRefused(error)) return null;
    throw error;
  }
  return { token: session.token, userId: person.userId };
}
