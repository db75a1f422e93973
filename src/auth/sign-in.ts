/** Sign-in by e-mail and password. Every refusal looks the same to the caller and takes the same time. */
import { recordAudit } from "../db/audit.ts";
import { buildGiveBack, takeFromLimits } from "../db/rate-counters.ts";
import { buildPasswordRehash } from "../db/user-changes.ts";
import { type CredentialsRow, findCredentials } from "../db/users.ts";
import { fail, type Result, succeed } from "../result.ts";
import { normalizeEmail } from "./email.ts";
import { buildSignInLimits } from "./limits.ts";
import { noteFullLimit } from "./note-full-limit.ts";
import { type OpenedSession, openSession } from "./open-session.ts";
import { hashPassword, type PasswordCheck, verifyPassword } from "./password.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";

type RefusalCause =
  | "unknown_address"
  | "no_password"
  | "wrong_password"
  | "disabled"
  /** Switched off, or with another password, while this one was being checked. */
  | "overtaken";

export type SignInRefusal =
  /** `cause` is for the log only: the answer to the caller is one and the same. */
  | { kind: "refused"; cause: RefusalCause }
  /** Answered before anything is compared, so that a right password gets the same answer. */
  | { kind: "limited"; retryAfterMs: number };

export async function signInWithPassword(
  db: D1Database,
  credentials: { email: string; password: string },
  facts: RequestFacts,
): Promise<Result<OpenedSession, SignInRefusal>> {
  const email = normalizeEmail(credentials.email);
  const limits = await buildSignInLimits(email, facts.place);
  const [taken, stored] = await Promise.all([
    takeFromLimits(db, limits, facts.now),
    findCredentials(db, email),
  ]);
  if (!taken.isTaken) {
    const entry = { actorId: null, subjectId: stored?.id ?? null, details: describeRefusal("limited") };
    await noteFullLimit(db, taken, { action: "sign_in.refuse", ...entry }, facts);
    return fail({ kind: "limited", retryAfterMs: taken.retryAfterMs });
  }
  const check = verifyPassword(credentials.password, stored?.passwordHash ?? null);
  const cause = findCause(stored, check);
  if (cause !== null || stored === null || stored.passwordHash === null) {
    return refuse(db, stored?.id ?? null, cause ?? "unknown_address", facts);
  }
  const also = [buildGiveBack(db, taken)];
  let { passwordHash } = stored;
  if (check.needsRehash) {
    const change = { from: passwordHash, to: hashPassword(credentials.password) };
    also.push(buildPasswordRehash(db, stored.id, change, facts.now));
    passwordHash = change.to;
  }
  const opened = await openSession(db, facts, { userId: stored.id, method: "password", passwordHash }, also);
  return opened === null ? refuse(db, stored.id, "overtaken", facts) : succeed(opened);
}

/** An address that nobody has leaves a row as well, so that both cost the same. */
async function refuse(
  db: D1Database,
  subjectId: string | null,
  cause: RefusalCause,
  facts: RequestFacts,
): Promise<Result<never, SignInRefusal>> {
  const entry = { actorId: null, subjectId, origin: auditOrigin(facts), details: describeRefusal(cause) };
  await recordAudit(db, { action: "sign_in.refuse", ...entry }, facts.now);
  return fail({ kind: "refused", cause });
}

function describeRefusal(cause: RefusalCause | "limited") {
  return { method: "password", cause };
}

function findCause(stored: CredentialsRow | null, check: PasswordCheck): RefusalCause | null {
  if (stored === null) return "unknown_address";
  if (stored.passwordHash === null) return "no_password";
  if (!check.isValid) return "wrong_password";
  return stored.disabledAt === null ? null : "disabled";
}
