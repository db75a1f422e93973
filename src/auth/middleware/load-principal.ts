/** Who is calling: the person of a live session cookie, or the owner of the key in the Authorization header. */
import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { AppError } from "../../errors.ts";
import { findKeyPrincipal } from "../api-key.ts";
import { type Principal, toPrincipal } from "../principal.ts";
import {
  planSessionCare,
  readSession,
  SESSION_TTL_SECONDS,
  sessionCookieName,
  touchSession,
} from "../session.ts";
import type { GuardEnv } from "./guard-routes.ts";

type GuardContext = Parameters<MiddlewareHandler<GuardEnv>>[0];

const BEARER = /^Bearer\b/i;

/**
 * A Bearer header is a claim: when its key isn't good the answer is 401, whatever the cookie would have said.
 * Other schemes are not ours (a proxy's password, for example) and say nothing about who is calling.
 */
export async function loadPrincipal(c: GuardContext): Promise<Principal | null> {
  const authorization = c.req.header("Authorization");
  if (authorization === undefined || !BEARER.test(authorization)) return loadSession(c);
  const principal = await findKeyPrincipal(c.env.DB, authorization, Date.now());
  if (principal !== null) return principal;
  throw new AppError("unauthenticated", {
    detail: "This key is unknown or was revoked.",
    reason: "bad_key",
    headers: { "WWW-Authenticate": 'Bearer realm="eventide", error="invalid_token"' },
  });
}

/** One joined query: session, person, role, disabled flag and balance. */
async function loadSession(c: GuardContext): Promise<Principal | null> {
  const { origin } = c.get("config");
  const token = getCookie(c, sessionCookieName(origin));
  if (token === undefined) return null;
  const now = Date.now();
  const session = await readSession(c.env.DB, token, now);
  if (session === null) {
    setSessionCookie(c, origin, "", 0);
    return null;
  }
  const care = planSessionCare(session, now);
  if (care.isTouchDue) await touchSession(c.env.DB, session, care, now);
  if (care.isExtensionDue) setSessionCookie(c, origin, token, SESSION_TTL_SECONDS);
  return toPrincipal(session);
}

/** `maxAge` in seconds; 0 removes the cookie. What this answer said about it before doesn't count any more. */
export function setSessionCookie(
  c: Parameters<typeof setCookie>[0],
  origin: string,
  token: string,
  maxAge: number,
): void {
  const name = sessionCookieName(origin);
  const others = c.res.headers.getSetCookie().filter((line) => !line.startsWith(`${name}=`));
  c.header("Set-Cookie", undefined);
  for (const line of others) c.header("Set-Cookie", line, { append: true });
  setCookie(c, name, token, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: origin.startsWith("https:"),
    maxAge,
  });
}
