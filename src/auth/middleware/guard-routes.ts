/**
 * Loads who is calling and authorises by the one table of routes. What the table doesn't list is not reachable.
 * It never guesses: a request has the principal of its own live session, or none.
 */
import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { TrieRouter } from "hono/router/trie-router";
import { AppError } from "../../errors.ts";
import { hasRole, type Principal, type Role, toPrincipal } from "../principal.ts";
import {
  isSessionStale,
  readSession,
  refreshSession,
  SESSION_TTL_SECONDS,
  sessionCookieName,
} from "../session.ts";

export interface GuardedRoute {
  method: string;
  path: string;
  access: "public" | "anyone" | Role;
  kind: "page" | "api" | "bytes" | "protocol";
}

interface GuardEnv {
  Bindings: { DB: D1Database };
  Variables: { config: { origin: string }; principal: Principal | null; route: string; refusal: string };
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export function guardRoutes(routes: readonly GuardedRoute[]): MiddlewareHandler<GuardEnv> {
  if (routes.length === 0) throw new Error("guardRoutes: the table of routes is empty");
  const router = new TrieRouter<GuardedRoute>();
  for (const route of routes) router.add(route.method, route.path, route);
  const match = (method: string, path: string): GuardedRoute | undefined =>
    router.match(method, path)[0][0]?.[0];

  return async function guardRoute(c, next) {
    const method = c.req.method === "HEAD" ? "GET" : c.req.method;
    const route = match(method, c.req.path);
    if (route === undefined) {
      const allowed = METHODS.filter((other) => match(other, c.req.path) !== undefined);
      if (allowed.length === 0) throw new AppError("not_found", { reason: "no_route" });
      throw new AppError("method_not_allowed", { headers: { Allow: allowed.join(", ") } });
    }
    c.set("route", route.path);
    c.set("principal", null);
    if (route.access === "public") return next();

    const principal = await loadPrincipal(c);
    c.set("principal", principal);
    if (route.access === "anyone") return next();
    if (principal === null) {
      c.set("refusal", "no_session");
      if (route.kind === "page" && method === "GET") return c.redirect(signInPath(c.req.url), 303);
      throw new AppError("unauthenticated", { headers: { "WWW-Authenticate": 'Session realm="eventide"' } });
    }
    if (!hasRole(principal.role, route.access)) {
      throw new AppError("forbidden", { reason: `needs_${route.access}` });
    }
    return next();
  };
}

/** Where an anonymous visitor of a page goes first, and comes back from. */
export function signInPath(url: string): string {
  const { pathname, search } = new URL(url);
  return `/signin?next=${encodeURIComponent(pathname + search)}`;
}

type GuardContext = Parameters<MiddlewareHandler<GuardEnv>>[0];

/** One joined query: session, person, role, disabled flag and balance. */
async function loadPrincipal(c: GuardContext): Promise<Principal | null> {
  const { origin } = c.get("config");
  const name = sessionCookieName(origin);
  const token = getCookie(c, name);
  if (token === undefined) return null;
  const now = Date.now();
  const session = await readSession(c.env.DB, token, now);
  if (session === null) {
    setSessionCookie(c, origin, "", 0);
    return null;
  }
  if (isSessionStale(session, now)) {
    await refreshSession(c.env.DB, session, now);
    setSessionCookie(c, origin, token, SESSION_TTL_SECONDS);
  }
  return toPrincipal(session);
}

/** `maxAge` in seconds; 0 removes the cookie. */
export function setSessionCookie(
  c: Parameters<typeof setCookie>[0],
  origin: string,
  token: string,
  maxAge: number,
): void {
  setCookie(c, sessionCookieName(origin), token, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: origin.startsWith("https:"),
    maxAge,
  });
}
