/**
 * The second half of a change of address: the button in the letter to the new one. It needs the session of the person
 * who asked, for whoever reads a mistyped mailbox must not be able to take the account. The old address is told.
 */
import { buildAudit } from "../db/audit.ts";
import { buildDeleteLinks, buildLinkUse, isLinkGone, type LinkRow } from "../db/auth-tokens.ts";
import { buildOutboxRow } from "../db/mail-outbox.ts";
import { buildDeleteSessions } from "../db/sessions.ts";
import { buildEmailChange } from "../db/user-changes.ts";
import { findUserByEmail } from "../db/users.ts";
import { newId } from "../ids.ts";
import { fail, type Result, succeed } from "../result.ts";
import type { ConfirmContext, Confirmed, ConfirmRefusal } from "./confirm-link.ts";
import { maskEmail } from "./email.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";

export async function changeEmail(
  db: D1Database,
  link: LinkRow,
  tokenHash: string,
  { principal, joinAddresses }: ConfirmContext,
  facts: RequestFacts,
): Promise<Result<Confirmed, ConfirmRefusal>> {
  if (principal === null || principal.id !== link.userId || principal.sessionId === null) {
    return fail({ kind: "sign_in_first" });
  }
  if ((await findUserByEmail(db, link.email)) !== null) return fail({ kind: "address_taken" });
  const entry = {
    action: "email.change",
    actorId: principal.id,
    subjectId: principal.id,
    origin: auditOrigin(facts),
  } as const;
  const letterId = newId(facts.now);
  const notice = { id: letterId, kind: "email_changed", recipient: principal.email, userId: principal.id };
  try {
    await db.batch([
      ...buildLinkUse(db, tokenHash, link, facts.now),
      buildEmailChange(db, principal.id, link.email, facts.now),
      joinAddresses(principal.id, [principal.email, link.email]),
      buildDeleteSessions(db, principal.id, principal.sessionId),
      ...buildDeleteLinks(db, principal.email, principal.id),
      buildAudit(db, entry, facts.now),
      buildOutboxRow(db, { ...notice, details: { newEmail: maskEmail(link.email) } }, facts.now),
    ]);
  } catch (error) {
    if (isLinkGone(error)) return fail({ kind: "dead_link" });
    // Somebody else took the address between the look and the write.
    if (error instanceof Error && error.message.includes("users.email"))
      return fail({ kind: "address_taken" });
    throw error;
  }
  return succeed({
    kind: "email_changed",
    userId: principal.id,
    isNew: false,
    token: null,
    letterIds: [letterId],
  });
}
