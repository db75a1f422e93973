/** The end of every way in, whatever proved who somebody is: a new session, and a row that says so. */
import { buildAudit } from "../db/audit.ts";
import { buildDeleteSession } from "../db/sessions.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";
import { buildNewSession } from "./session.ts";
import { hashToken } from "./token.ts";

export interface OpenedSession {
  /** For the cookie. */
  token: string;
  userId: string;
}

/**
 * A cookie that was there before is never kept: a planted session must not become this person's.
 * `also` is written in the same batch, before the session.
 */
export async function openSession(
  db: D1Database,
  facts: RequestFacts,
  person: { userId: string; method: string },
  also: readonly D1PreparedStatement[] = [],
): Promise<OpenedSession> {
  const session = await buildNewSession(db, {
    ...person,
    userAgent: facts.userAgent,
    place: facts.place.network,
    now: facts.now,
  });
  await db.batch([
    ...also,
    ...(facts.sessionToken === undefined
      ? []
      : [buildDeleteSession(db, await hashToken(facts.sessionToken))]),
    session.statement,
    buildAudit(
      db,
      {
        action: "sign_in.accept",
        actorId: person.userId,
        subjectId: person.userId,
        origin: auditOrigin(facts),
        details: { method: person.method },
      },
      facts.now,
    ),
  ]);
  return { token: session.token, userId: person.userId };
}
