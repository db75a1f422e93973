/**
 * What happens when somebody presses the button that a letter led to. The link proves the mailbox: an account that
 * doesn't exist yet is opened, one that nobody had proven is cleared of what others attached to it, and a password
 * may be set. One link works once, and every way in which it may not work looks the same.
 */
import { type AuditEntry, buildAudit } from "../db/audit.ts";
import { buildLinkUse, findLink, isLinkGone, type LinkRow } from "../db/auth-tokens.ts";
import { buildAdmission } from "../db/user-changes.ts";
import { findUserByEmail, type MailboxRow } from "../db/users.ts";
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
import type { AddressJoin, Welcome } from "./welcome.ts";

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
  /** For the batch that changes a person's address. */
  joinAddresses: AddressJoin;
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
  const named = { ...link, name: confirmation.name ?? link.name, tokenHash };
  const enter = () => enterByLink(db, named, confirmation.password, context, facts);
  try {
    // Somebody else may have opened an account for this address in between: the second look finds it.
    const entered = (await enter()) ?? (await enter());
    return entered === null ? fail({ kind: "dead_link" }) : succeed(entered);
  } catch (error) {
    if (isLinkGone(error)) return fail({ kind: "dead_link" });
    throw error;
  }
}

/**
 * One write: the link is used up, the account opened if there is none, and the session begun, or nothing of it is done.
 * Null when the person is switched off, or when who has the address changed in between.
 */
async function enterByLink(
  db: D1Database,
  link: LinkRow & { tokenHash: string },
  password: string | undefined,
  context: ConfirmContext,
  facts: RequestFacts,
): Promise<Confirmed | null> {
  const { email, name, tokenHash } = link;
  const before = await findUserByEmail(db, email);
  if (before !== null && before.disabledAt !== null) return null;
  const id = before?.id ?? newId(facts.now);
  const welcome = context.welcome({ email, provenAt: facts.now });
  const change = buildChoice(db, { id, email, before }, password, facts);
  const opened = await openSession(db, facts, { userId: id, method: "link" }, [
    ...buildLinkUse(db, tokenHash, link, facts.now),
    ...buildAdmission(db, { id, email, name }, welcome, auditOrigin(facts), facts.now),
    buildAudit(db, describeUse(id, link, facts), facts.now),
    ...change.statements,
  ]);
  if (opened === null) return null;
  const { letterIds } = change;
  return { kind: "signed_in", userId: id, isNew: before === null, token: opened.token, letterIds };
}

/** The password that was chosen on the link's page, if one was. An unproven person's old one is no password of theirs. */
function buildChoice(
  db: D1Database,
  { id, email, before }: { id: string; email: string; before: MailboxRow | null },
  password: string | undefined,
  facts: RequestFacts,
): PasswordChange {
  if (password === undefined) return { statements: [], letterIds: [] };
  const passwordHash = before === null || before.emailVerifiedAt === null ? null : before.passwordHash;
  const proof = { sessionId: null, passwordHash: null };
  return buildPasswordChange(db, { id, email, passwordHash }, password, proof, facts);
}

function describeUse(id: string, { purpose }: LinkRow, facts: RequestFacts): AuditEntry {
  const origin = auditOrigin(facts);
  return { action: "link.use", actorId: id, subjectId: id, origin, details: { purpose } };
}
