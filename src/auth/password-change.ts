/** A new password: it ends every other session and every link that was mailed before, and the person is told. */
import { buildAudit } from "../db/audit.ts";
import { buildDeleteLinks } from "../db/auth-tokens.ts";
import { buildOutboxRow } from "../db/mail-outbox.ts";
import { buildDeleteSessions } from "../db/sessions.ts";
import { buildPasswordHash } from "../db/user-changes.ts";
import { newId } from "../ids.ts";
import { hashPassword } from "./password.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";

export interface PasswordChange {
  /** For one batch. */
  statements: D1PreparedStatement[];
  /** Letters that have to go out afterwards. */
  letterIds: string[];
}

/** What allows the change: the old password in a session, which goes on, or neither of them behind a mailed link. */
export type PasswordProof =
  | { sessionId: string | null; passwordHash: string }
  | { sessionId: null; passwordHash: null };

/** The first password of an account needs no letter. The batch fails when the proven password is no longer the one. */
export function buildPasswordChange(
  db: D1Database,
  person: { id: string; email: string; passwordHash: string | null },
  password: string,
  proof: PasswordProof,
  facts: RequestFacts,
): PasswordChange {
  const entry = {
    action: "password.set",
    actorId: person.id,
    subjectId: person.id,
    origin: auditOrigin(facts),
  } as const;
  const statements = [
    buildPasswordHash(db, person.id, { from: proof.passwordHash, to: hashPassword(password) }, facts.now),
    buildDeleteSessions(db, person.id, proof.sessionId),
    ...buildDeleteLinks(db, person.email, person.id),
    buildAudit(db, entry, facts.now),
  ];
  if (person.passwordHash === null) return { statements, letterIds: [] };
  const letterId = newId(facts.now);
  const letter = { id: letterId, kind: "password_changed", recipient: person.email, userId: person.id };
  statements.push(buildOutboxRow(db, { ...letter, details: {} }, facts.now));
  return { statements, letterIds: [letterId] };
}
