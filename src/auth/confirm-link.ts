/**
 * What happens when somebody presses the button that a letter led to. The link proves the mailbox: an account that
 * doesn't exist yet is opened, one that nobody had proven is cleared of what others attached to it, and a password
 * may be set. One link works once, and every way in which it may not work looks the same.
 */
import { buildAudit } from "../db/audit.ts";
import { consumeLink, findLink, type LinkRow } from "../db/auth-tokens.ts";
import { admitMailbox } from "../db/user-changes.ts";
import type { MailboxRow } from "../db/users.ts";
import { newId } from "../ids.ts";
import { fail, type Result, succeed } from "../result.ts";
import { changeEmail } from "./change-email.ts";
import { parseEmail } from "./email.ts";
import { openSession } from "./open-session.ts";
import { buildPasswordChange, type PasswordChange } from "./password-change.ts";
import { findPasswordProblem, type PasswordProblem } from "./password-rules.ts";
import type { Principal } from "./principal.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";
import { hashToken, isToken } from "./token.ts";
import type { Welcome } from "./welcome.ts";

export interface Confirmation {
  email: string;
  token: string;
  /** Sets the account's password. */
  password: string | undefined;
  /** What a new account is called. Without it, what was typed where the letter was asked for, by whoever that was. */
  name?: string | undefined;
}

export interface ConfirmContext {
  /** Who is signed in, for a change of address. */
  principal: Principal | null;
  welcome: Welcome;
  /** Notes that a person's old and new addresses are one person's, in the batch that changes them. */
  joinAddresses: (userId: string, emails: readonly string[]) => D1PreparedStatement;
}

export interface Confirmed {
  kind: "signed_in" | "email_changed";
  userId: string;
  isNew: boolean;
  /** For the cookie; null for a change of address, which keeps the session that asked for it. */
  token: string | null;
  /** Letters that have to go out now. */
  letterIds: string[];
}

export type ConfirmRefusal =
  /** Unknown, used, expired, replaced, sent to another address, or its person is disabled. */
  | { kind: "dead_link" }
  | { kind: "weak_password"; problem: PasswordProblem }
  /** A change of address needs the person who asked for it. */
  | { kind: "sign_in_first" }
  | { kind: "address_taken" };

/** A link that works, without using it up: what its page has to ask for. */
export async function peekLink(
  db: D1Database,
  link: { email: string; token: string },
  now: number,
): Promise<LinkRow | null> {
  const email = parseEmail(link.email);
  if (email === null || !isToken(link.token)) return null;
  return findLink(db, await hashToken(link.token), email, now);
}

export async function confirmLink(
  db: D1Database,
  confirmation: Confirmation,
  context: ConfirmContext,
  facts: RequestFacts,
): Promise<Result<Confirmed, ConfirmRefusal>> {
  const link = await peekLink(db, confirmation, facts.now);
  if (link === null) return fail({ kind: "dead_link" });
  const tokenHash = await hashToken(confirmation.token);
  if (link.purpose === "change_email") {
    return changeEmail(db, link, tokenHash, context, facts);
  }
  if (confirmation.password !== undefined) {
    const problem = findPasswordProblem(confirmation.password, link.email);
    if (problem !== null) return fail({ kind: "weak_password", problem });
  }
  const named = { ...link, name: confirmation.name ?? link.name };
  return enter(db, named, tokenHash, confirmation.password, context, facts);
}

async function enter(
  db: D1Database,
  link: LinkRow,
  tokenHash: string,
  password: string | undefined,
  context: ConfirmContext,
  facts: RequestFacts,
): Promise<Result<Confirmed, ConfirmRefusal>> {
  const id = newId(facts.now);
  const person = await admitMailbox(
    db,
    { id, email: link.email, name: link.name, linkHash: tokenHash },
    context.welcome({ email: link.email, provenAt: facts.now }),
    auditOrigin(facts),
    facts.now,
  );
  if (person === null || person.disabledAt !== null) return fail({ kind: "dead_link" });
  // Younger than the link: created by it, perhaps in an attempt that broke off right here.
  const isNew = person.createdAt >= link.createdAt;
  if (!(await consumeLink(db, tokenHash, link, facts.now))) return fail({ kind: "dead_link" });
  const { statements, letterIds } = buildUse(db, link, person, password, facts);
  const opened = await openSession(db, facts, { userId: person.id, method: "link" }, statements);
  if (opened === null) return fail({ kind: "dead_link" });
  return succeed({ kind: "signed_in", userId: person.id, isNew, token: opened.token, letterIds });
}

/** What a link that was used leaves behind: a row in the audit log, and the new password if there is one. */
function buildUse(
  db: D1Database,
  link: LinkRow,
  person: MailboxRow,
  password: string | undefined,
  facts: RequestFacts,
): PasswordChange {
  const used = {
    action: "link.use",
    actorId: person.id,
    subjectId: person.id,
    origin: auditOrigin(facts),
    details: { purpose: link.purpose },
  } as const;
  const statements = [buildAudit(db, used, facts.now)];
  if (password === undefined) return { statements, letterIds: [] };
  const proof = { sessionId: null, passwordHash: null };
  const change = buildPasswordChange(db, { ...person, email: link.email }, password, proof, facts);
  return { statements: [...statements, ...change.statements], letterIds: change.letterIds };
}
