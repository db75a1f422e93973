/** The ways in and out, as the JSON API and the pages both use them. They say what a refusal means, once. */
import { fingerprintAddress } from "../auth/address-fingerprint.ts";
import { createBotCheck } from "../auth/bot-check.ts";
import { type Confirmation, type Confirmed, type ConfirmRefusal, confirmLink } from "../auth/confirm-link.ts";
import { type LinkRequest, requestLink } from "../auth/links.ts";
import { setSessionCookie } from "../auth/middleware/load-principal.ts";
import type { OpenedSession } from "../auth/open-session.ts";
import { describePasswordProblem } from "../auth/password-rules.ts";
import { buildPostOffice } from "../auth/post-office.ts";
import { auditOrigin } from "../auth/request-facts.ts";
import { SESSION_TTL_SECONDS } from "../auth/session.ts";
import { signInWithPassword } from "../auth/sign-in.ts";
import { hashToken } from "../auth/token.ts";
import type { AddressJoin, Welcome } from "../auth/welcome.ts";
import { buildGrantMemory, buildStartingGrant } from "../credits/starting-grant.ts";
import { buildAudit } from "../db/audit.ts";
import { buildDeleteSession, buildDeleteSessions } from "../db/sessions.ts";
import { findUser } from "../db/users.ts";
import { AppError } from "../errors.ts";
import { deliverLetter } from "../mail/outbox.ts";
import { type AppContext, requireUser } from "./context.ts";
import { buildRequestFacts } from "./request-facts.ts";

const MINUTE_MS = 60_000;

/** Sends letters after the answer has gone out; what fails is sent again by the minute's cron. */
export function deliverLater(c: AppContext, letterIds: readonly string[]): void {
  if (letterIds.length === 0) return;
  const office = buildPostOffice(c.env, c.get("config"));
  c.executionCtx.waitUntil(Promise.all(letterIds.map((id) => deliverLetter(office, id, 0))));
}

/**
 * Asks for a letter with a link. The answer is the same for every address: with an account, without one, and when
 * its mailbox has had enough letters for now.
 */
export async function askForLink(c: AppContext, request: LinkRequest): Promise<void> {
  const asked = await requestLink(c.env.DB, request, buildRequestFacts(c));
  if (asked.ok) return deliverLater(c, [asked.value.letterId]);
  c.set("refusal", asked.error.kind);
  if (asked.error.kind === "address_limit") return;
  throw new AppError("too_many_requests", {
    detail: "Too many letters were asked for from here. Wait a while and try again.",
    reason: asked.error.kind,
    headers: retryAfter(asked.error.retryAfterMs),
  });
}

/** The reason of a refusal that a form may be sent again after, as it is. */
export const BOT_CHECK_UNAVAILABLE = "bot_check_unavailable";

const BOT_CHECK_WORDS = {
  missing: "The check that you are a person isn't done yet. Wait until it is, and send the form then.",
  refused: "Please show once more that you are a person.",
} as const;

/** Throws unless the bot check is passed; where none is configured everybody passes. */
export async function requirePerson(c: AppContext, response: string | undefined): Promise<void> {
  const { turnstile, origin } = c.get("config");
  const check = createBotCheck(turnstile, origin, (request) => fetch(request));
  const verdict = await check.verify(response, c.req.header("CF-Connecting-IP"));
  if (verdict.ok) return;
  if (verdict.error === "unavailable") {
    throw new AppError("unavailable", {
      detail:
        "The check that you are a person doesn't answer, and without it nobody can register. Nothing was sent. Try again in a minute.",
      reason: BOT_CHECK_UNAVAILABLE,
    });
  }
  throw new AppError("invalid_request", {
    reason: `bot_check_${verdict.error}`,
    errors: [{ field: "turnstileToken", message: BOT_CHECK_WORDS[verdict.error] }],
  });
}

/** Starts a session and sets its cookie, or throws 401 with one message for every cause. */
export async function signIn(
  c: AppContext,
  credentials: { email: string; password: string },
): Promise<OpenedSession> {
  const signedIn = await signInWithPassword(c.env.DB, credentials, buildRequestFacts(c));
  if (signedIn.ok) {
    setSessionCookie(c, c.get("config").origin, signedIn.value.token, SESSION_TTL_SECONDS);
    return signedIn.value;
  }
  if (signedIn.error.kind === "limited") {
    throw new AppError("too_many_requests", {
      detail: `There were too many attempts to sign in. Wait ${sayMinutes(signedIn.error.retryAfterMs)} and try again, or let us mail you a link.`,
      reason: "sign_in_limited",
      headers: retryAfter(signedIn.error.retryAfterMs),
    });
  }
  throw new AppError("unauthenticated", {
    detail: "This e-mail address and password don't match an account. Check both and try again.",
    reason: `sign_in_${signedIn.error.cause}`,
  });
}

function sayMinutes(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE_MS);
  return minutes <= 1 ? "a minute" : `${minutes} minutes`;
}

/** Starting credits, for whoever is new here with an address that is new here too. */
export function buildWelcome(c: AppContext): Welcome {
  const { startingCredits, knownAuthSecrets } = c.get("config");
  return (person) =>
    buildStartingGrant(c.env.DB, person, startingCredits, fingerprintAddress(knownAuthSecrets, person.email));
}

/** Addresses of one person: when one of them has had its starting credits, all of them have. */
export function buildAddressJoin(c: AppContext): AddressJoin {
  const { knownAuthSecrets } = c.get("config");
  const fingerprint = (email: string) => fingerprintAddress(knownAuthSecrets, email);
  return (userId, emails) => buildGrantMemory(c.env.DB, userId, emails.map(fingerprint));
}

/** For the page that somebody new sees first: those who come back with nothing are told why it is nothing. */
export async function greetNewcomer(c: AppContext, userId: string): Promise<string> {
  const user = await findUser(c.env.DB, userId);
  return c.get("config").startingCredits === 0 || user?.available !== 0
    ? "Welcome. Your account is open."
    : "Welcome back. Your account is open. Starting credits are given once, and this address has had them.";
}

/** Uses a mailed link up and sets the cookie of the session that it opens. */
export async function confirm(c: AppContext, confirmation: Confirmation): Promise<Confirmed> {
  const confirmed = await confirmLink(
    c.env.DB,
    confirmation,
    { principal: c.get("principal"), welcome: buildWelcome(c), joinAddresses: buildAddressJoin(c) },
    buildRequestFacts(c),
  );
  if (!confirmed.ok) throw explainRefusal(confirmed.error);
  const { token, letterIds } = confirmed.value;
  if (token !== null) setSessionCookie(c, c.get("config").origin, token, SESSION_TTL_SECONDS);
  deliverLater(c, letterIds);
  return confirmed.value;
}

function explainRefusal(refusal: ConfirmRefusal): AppError {
  switch (refusal.kind) {
    case "dead_link":
      return new AppError("unauthenticated", {
        detail:
          "This link doesn't work any more: it was used, it is too old, or a newer one was sent. Ask for a new one.",
        reason: "dead_link",
      });
    case "weak_password":
      return new AppError("invalid_request", {
        errors: [{ field: "password", message: describePasswordProblem(refusal.problem) }],
      });
    case "sign_in_first":
      return new AppError("unauthenticated", {
        detail: "Sign in to the account whose address changes, and open this link again.",
        reason: "change_email_without_session",
      });
    case "address_taken":
      return new AppError("conflict", {
        detail: "This address belongs to another account by now. Nothing was changed.",
      });
  }
}

export async function signOut(c: AppContext): Promise<void> {
  const facts = buildRequestFacts(c);
  if (facts.sessionToken !== undefined) {
    const userId = c.get("principal")?.id ?? null;
    const entry = { actorId: userId, subjectId: userId, origin: auditOrigin(facts) };
    await c.env.DB.batch([
      buildDeleteSession(c.env.DB, await hashToken(facts.sessionToken)),
      buildAudit(c.env.DB, { action: "session.end", ...entry }, facts.now, { onlyIfChanged: true }),
    ]);
  }
  setSessionCookie(c, c.get("config").origin, "", 0);
}

export async function signOutEverywhere(c: AppContext): Promise<void> {
  const { id } = requireUser(c);
  const facts = buildRequestFacts(c);
  const entry = { actorId: id, subjectId: id, origin: auditOrigin(facts) };
  await c.env.DB.batch([
    buildDeleteSessions(c.env.DB, id, null),
    buildAudit(c.env.DB, { action: "session.end_all", ...entry }, facts.now),
  ]);
  setSessionCookie(c, c.get("config").origin, "", 0);
}

/** At least a second, rounded up. */
export function retryAfter(milliseconds: number): Record<string, string> {
  return { "Retry-After": String(Math.max(1, Math.ceil(milliseconds / 1000))) };
}
