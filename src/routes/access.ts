/**
 * The one table of routes: who may call what. A route that isn't listed can't be reached,
 * and a test walks the router and fails on any route that is missing here.
 */
import type { Role } from "../auth/principal.ts";

/** public: no session is read. anyone: signed in or not, the page shows which. */
export type Access = "public" | "anyone" | Role;

export interface RouteRule {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  access: Access;
  /**
   * A page answers in HTML and sends anonymous people to sign in; an API route never redirects. A protocol has its
   * own bodies, written down by somebody else.
   */
  kind: "page" | "api" | "bytes" | "protocol";
}

function page(method: RouteRule["method"], path: string, access: Access): RouteRule {
  return { method, path, access, kind: "page" };
}

function api(method: RouteRule["method"], path: string, access: Access): RouteRule {
  return { method, path, access, kind: "api" };
}

function bytes(path: string, access: Access): RouteRule {
  return { method: "GET", path, access, kind: "bytes" };
}

function protocol(method: RouteRule["method"], path: string, access: Access): RouteRule {
  return { method, path, access, kind: "protocol" };
}

export const ROUTES: readonly RouteRule[] = [
  api("GET", "/api/health", "public"),
  api("POST", "/api/auth/login", "public"),
  api("POST", "/api/auth/logout", "USER"),
  api("POST", "/api/auth/logout-everywhere", "USER"),
  api("GET", "/api/me", "USER"),
  api("GET", "/api/credits/entries", "USER"),
  api("GET", "/api/catalogue", "public"),
  api("POST", "/api/generations/preview", "USER"),
  api("POST", "/api/generations", "USER"),
  api("GET", "/api/generations", "USER"),
  api("GET", "/api/generations/:id", "USER"),
  api("POST", "/api/generations/:id/cancel", "USER"),
  api("GET", "/api/images", "USER"),
  api("GET", "/api/images/:id", "anyone"),
  api("PATCH", "/api/images/:id", "USER"),
  api("DELETE", "/api/images/:id", "USER"),
  api("GET", "/api/admin/users", "ADMIN"),
  api("GET", "/api/admin/users/:id", "ADMIN"),
  api("GET", "/api/admin/users/:id/entries", "ADMIN"),
  api("PATCH", "/api/admin/users/:id", "ADMIN"),
  api("GET", "/api/admin/generations", "ADMIN"),

  protocol("POST", "/ofrep/v1/evaluate/flags", "anyone"),
  protocol("POST", "/ofrep/v1/evaluate/flags/:key", "anyone"),

  bytes("/images/:id/original", "anyone"),
  bytes("/images/:id/thumb", "anyone"),
  bytes("/images/:id/download", "anyone"),

  page("GET", "/", "anyone"),
  page("GET", "/signin", "anyone"),
  page("POST", "/signin", "public"),
  page("POST", "/signout", "anyone"),
  page("GET", "/create", "USER"),
  page("POST", "/create", "USER"),
  page("GET", "/briefs/:id", "USER"),
  page("POST", "/briefs/:id/cancel", "USER"),
  page("GET", "/gallery", "USER"),
  page("GET", "/images/:id", "anyone"),
  page("POST", "/images/:id", "USER"),
  page("POST", "/images/:id/delete", "USER"),
  page("GET", "/account", "USER"),
  page("POST", "/account/signout-everywhere", "USER"),
  page("GET", "/admin", "ADMIN"),
  page("GET", "/admin/users", "ADMIN"),
  page("GET", "/admin/users/:id", "ADMIN"),
  page("POST", "/admin/users/:id/credits", "ADMIN"),
  page("GET", "/admin/generations", "ADMIN"),
];
