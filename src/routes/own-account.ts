/** What people do with their own account, as the JSON API and the pages both use it. */
import { eraseAccount } from "../account/erase-account.ts";
import { type CreatedKey, createApiKey, KEYS_PER_PERSON_MAX } from "../auth/api-key.ts";
import { setSessionCookie } from "../auth/middleware/load-principal.ts";
import { type OwnPasswordCheck, refuseOwnPassword, verifyOwnPassword } from "../auth/own-password.ts";
import { buildPasswordChange } from "../auth/password-change.ts";
import { describePasswordProblem, findPasswordProblem } from "../auth/password-rules.ts";
import { hasRole, type Principal } from "../auth/principal.ts";
import { auditOrigin } from "../auth/request-facts.ts";
import { requiredRoleOf, type Scope } from "../auth/scopes.ts";
import { buildDeleteApiKey } from "../db/api-keys.ts";
import { type AuditAction, buildAudit } from "../db/audit.ts";
import { buildDeleteSessionById } from "../db/sessions.ts";
import { isPasswordOvertaken } from "../db/user-changes.ts";
import { AppError } from "../errors.ts";
import { type AppContext, requireUser } from "./context.ts";
import { buildRequestFacts } from "./request-facts.ts";
import { ACCOUNT } from "./views/addresses.ts";
import { askForLink, deliverLater, retryAfter } from "./ways-in.ts";

/** Ends one of the caller's sessions, or 404. Ending the own one also removes the cookie. */
export async function endSession(c: AppContext, sessionId: string): Promise<void> {
  const user = requireUser(c);
  await deleteOwn(c, buildDeleteSessionById(c.env.DB, user.id, sessionId), "session.end", { sessionId });
  if (sessionId === user.sessionId) setSessionCookie(c, c.get("config").origin, "", 0);
}

/** Revokes one of the caller's keys, or 404. It stops working with the next request. */
export async function revokeKey(c: AppContext, keyId: string): Promise<void> {
  const user = requireUser(c);
  await deleteOwn(c, buildDeleteApiKey(c.env.DB, user.id, keyId), "key.revoke", { keyId });
}

async function deleteOwn(
  c: AppContext,
  statement: D1PreparedStatement,
  action: AuditAction,
  details: Record<string, string>,
): Promise<void> {
  const { id } = requireUser(c);
  const facts = buildRequestFacts(c);
  const entry = { action, actorId: id, subjectId: id, origin: auditOrigin(facts), details };
  const [deleted] = await c.env.DB.batch([
    statement,
    buildAudit(c.env.DB, entry, facts.now, { onlyIfChanged: true }),
  ]);
  if ((deleted?.meta.changes ?? 0) === 0) throw new AppError("not_found");
}

/** A key with scopes that the caller's role may give. The secret in the answer is shown this one time. */
export async function makeKey(
  c: AppContext,
  key: { name: string; scopes: readonly Scope[] },
): Promise<CreatedKey> {
  const user = requireUser(c);
  const tooMuch = key.scopes.find((scope) => !hasRole(user.role, requiredRoleOf(scope)));
  if (tooMuch !== undefined) {
    throw new AppError("forbidden", {
      detail: `Only administrators make keys with the scope "${tooMuch}". Nothing was made.`,
      reason: `scope_${tooMuch}`,
    });
  }
  const created = await createApiKey(c.env.DB, user, key, buildRequestFacts(c));
  if (created.ok) {
    deliverLater(c, created.value.letterIds);
    return created.value;
  }
  if (created.error === "name_taken") {
    throw new AppError("invalid_request", {
      errors: [{ field: "name", message: "You have a key of this name already." }],
      reason: "key_name_taken",
    });
  }
  throw new AppError("conflict", {
    detail: `Nobody has more than ${KEYS_PER_PERSON_MAX} keys. Revoke one that you no longer use first.`,
  });
}

/** Asks for the new address to be confirmed by a letter to it. Needs the password where there is one. */
export async function askToChangeEmail(
  c: AppContext,
  change: { email: string; password: string },
): Promise<void> {
  const user = requireUser(c);
  requireOwnPassword(await verifyOwnPassword(c.env.DB, user, change.password, buildRequestFacts(c)));
  if (change.email === user.email) {
    throw new AppError("invalid_request", {
      errors: [{ field: "email", message: "This is your address already." }],
    });
  }
  await askForLink(c, {
    purpose: "change_email",
    email: change.email,
    name: "",
    userId: user.id,
    next: ACCOUNT,
  });
}

/** Sets a new password in place of the old one. Who has none yet gets one behind a mailed link, not here. */
export async function changePassword(
  c: AppContext,
  change: { current: string; password: string },
): Promise<void> {
  const user = requireUser(c);
  const facts = buildRequestFacts(c);
  const check = await verifyOwnPassword(c.env.DB, user, change.current, facts);
  requireOwnPassword(check);
  if (check.kind !== "right") {
    throw new AppError("conflict", {
      detail: "You have no password yet. Let us mail you a link, and choose one behind it.",
    });
  }
  const problem = findPasswordProblem(change.password, user.email);
  if (problem !== null) {
    throw new AppError("invalid_request", {
      errors: [{ field: "password", message: describePasswordProblem(problem) }],
    });
  }
  const person = { id: user.id, email: user.email, passwordHash: check.passwordHash };
  const proof = { sessionId: user.sessionId, passwordHash: check.passwordHash };
  const { statements, letterIds } = buildPasswordChange(c.env.DB, person, change.password, proof, facts);
  try {
    await c.env.DB.batch(statements);
  } catch (error) {
    // Another one was set while this one was being checked, perhaps to keep whoever this is out.
    if (isPasswordOvertaken(error)) {
      requireOwnPassword(await refuseOwnPassword(c.env.DB, user, "overtaken", facts));
    }
    throw error;
  }
  deliverLater(c, letterIds);
}

/** Throws unless the password was right, or there is none. */
export function requireOwnPassword(check: OwnPasswordCheck): void {
  if (check.kind === "limited") {
    throw new AppError("too_many_requests", {
      detail: "There were too many attempts. Wait a while and try again. Nothing was changed.",
      headers: retryAfter(check.retryAfterMs),
    });
  }
  if (check.kind === "wrong") {
    throw new AppError("invalid_request", {
      errors: [{ field: "current", message: "This is not your password." }],
    });
  }
}

/** Erases the caller's account and ends their session, or says in words why that has to wait. */
export async function eraseOwnAccount(c: AppContext): Promise<void> {
  const user: Principal = requireUser(c);
  const { knownAuthSecrets } = c.get("config");
  const erased = await eraseAccount(c.env.DB, c.env.BUCKET, knownAuthSecrets, user, buildRequestFacts(c));
  if (erased.ok) {
    setSessionCookie(c, c.get("config").origin, "", 0);
    deliverLater(c, [erased.value.letterId]);
    return;
  }
  throw new AppError("conflict", {
    detail:
      erased.error.kind === "pictures_running"
        ? "Pictures of yours are in the making right now. Wait until they are done, a few minutes at most, and then erase your account. Nothing was changed."
        : "You are the last HERO who can sign in. Make somebody else a HERO first. Nothing was changed.",
  });
}
