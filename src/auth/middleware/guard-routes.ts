/**
 * Loads who is calling and authorises by the one table of routes. What the table doesn't list is not reachable.
 * It never guesses: a request has the principal of its own live session or of its own key, or none.
 */
import type { MiddlewareHandler } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import { AppError } from "../../errors.ts";
import { parsePlace } from "../place.ts";
import { hasRole, type Principal, type Role } from "../principal.ts";
import type { Scope } from "../scopes.ts";
import { type BurstEnv, type BurstKind, limitBurst } from "./limit-burst.ts";
import { loadPrincipal } from "./load-principal.ts";

export interface GuardedRoute {
  method: string;
  path: string;
  access: "public" | "anyone" | Role;
  kind: "page" | "api" | "bytes" | "protocol";
  /** What a key needs to come in here. Without it the administrators' routes need `admin` and others take no keys. */
  scope?: Scope;
  /** Which counter of bursts a request here goes through. */
  burst?: BurstKind;
  /** Elsewhere the route doesn't exist. */
  developmentOnly?: boolean;
}

export interface GuardEnv {
  Bindings: { DB: D1Database } & BurstEnv;
  Variables: {
    config: { origin: string; environment: "production" | "development" };
    principal: Principal | null;
    route: string;
    refusal: string;
  };
}

/** For a form that was sent after its session had ended. */
const SESSION_ENDED =
  "You were signed out in the meantime, so what you sent was not taken and nothing was changed.";

/** Why a request that needs somebody was refused without asking further. */
export const NO_SESSION = "no_session";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export function guardRoutes(routes: readonly GuardedRoute[]): MiddlewareHandler<GuardEnv> {
  if (routes.length === 0) throw new Error("guardRoutes: the table of routes is empty");
  const router = new TrieRouter<GuardedRoute>();
  for (const route of routes) router.add(route.method, route.path, route);

  return async function guardRoute(c, next) {
    // Health is answered without a configuration too, and then it isn't development.
    const config: GuardEnv["Variables"]["config"] | undefined = c.get("config");
    const isDevelopment = config?.environment === "development";
    const match = (method: string): GuardedRoute | undefined => {
      const route = router.match(method, c.req.path)[0][0]?.[0];
      return route?.developmentOnly === true && !isDevelopment ? undefined : route;
    };
    const method = c.req.method === "HEAD" ? "GET" : c.req.method;
    const route = match(method);
    if (route === undefined) {
      const allowed = METHODS.filter((other) => match(other) !== undefined);
      if (allowed.length === 0) throw new AppError("not_found", { reason: "no_route" });
      throw new AppError("method_not_allowed", { headers: { Allow: allowed.join(", ") } });
    }
    c.set("route", route.path);
    c.set("principal", null);
    if (route.burst !== undefined && route.burst !== "generation")
      await limitBurst(c.env, route.burst, parsePlace(c.req.header("CF-Connecting-IP")).key);
    const principal = route.access === "public" ? null : await loadPrincipal(c);
    c.set("principal", principal);
    if (route.access !== "public" && principal?.scopes != null) requireScope(route, principal);
    if (route.access === "public" || route.access === "anyone") return next();
    if (principal === null) {
      c.set("refusal", NO_SESSION);
      if (route.kind === "page" && method === "GET") return c.redirect(signInPath(c.req.url), 303);
      throw new AppError("unauthenticated", {
        headers: { "WWW-Authenticate": 'Session realm="eventide"' },
        reason: NO_SESSION,
        ...(route.kind === "page" ? { detail: SESSION_ENDED } : {}),
      });
    }
    if (!hasRole(principal.role, route.access)) {
      throw new AppError("forbidden", { reason: `needs_${route.access}` });
    }
    if (route.burst === "generation") await limitBurst(c.env, "generation", principal.id);
    return next();
  };
}

/** A key opens what its scopes name, and nothing that is for people only. */
function requireScope(route: GuardedRoute, principal: Principal): void {
  const isAdministration = route.access === "ADMIN" || route.access === "HERO";
  const scope = route.scope ?? (isAdministration ? "admin" : null);
  if (scope !== null && principal.scopes?.includes(scope) === true) return;
  throw new AppError("forbidden", {
    detail:
      scope === null
        ? "This is for signed-in people; no key opens it. Nothing was changed."
        : `This key lacks the scope "${scope}". Nothing was changed.`,
    reason: scope === null ? "not_for_keys" : `needs_scope_${scope}`,
  });
}

/** Where an anonymous visitor of a page goes first, and comes back from. */
export function signInPath(url: string): string {
  const { pathname, search } = new URL(url);
  return `/signin?next=${encodeURIComponent(pathname + search)}`;
}
