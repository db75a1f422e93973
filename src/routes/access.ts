/**
 * The one table of routes: who may call what. A route that isn't listed can't be reached,
 * and a test walks the router and fails on any route that is missing here.
 */
import type { Role } from "../auth/principal.ts";
import type { Scope } from "../auth/scopes.ts";

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
  /** What a program's key needs to come in here. Without it only administrators' routes take keys, with `admin`. */
  scope?: Scope;
  /** Which counter of bursts a request here goes through. */
  burst?: "auth" | "evaluation" | "generation" | "measure";
  /** Anywhere else the route doesn't exist. */
  developmentOnly?: boolean;
}

type Extras = Pick<RouteRule, "scope" | "burst" | "developmentOnly">;

function page(method: RouteRule["method"], path: string, access: Access, extras: Extras = {}): RouteRule {
  return { method, path, access, kind: "page", ...extras };
}

function api(method: RouteRule["method"], path: string, access: Access, extras: Extras = {}): RouteRule {
  return { method, path, access, kind: "api", ...extras };
}

/** Takes bytes instead of JSON, and answers like an API route. */
function upload(method: RouteRule["method"], path: string, access: Access, extras: Extras): RouteRule {
  return { method, path, access, kind: "bytes", ...extras };
}

function bytes(path: string, access: Access, extras: Extras = {}): RouteRule {
  return { method: "GET", path, access, kind: "bytes", ...extras };
}

function protocol(method: RouteRule["method"], path: string, access: Access, extras: Extras): RouteRule {
  return { method, path, access, kind: "protocol", ...extras };
}

const AUTH: Extras = { burst: "auth" };
const READ: Extras = { scope: "read" };
const GENERATE: Extras = { scope: "generate" };
const ORDER: Extras = { scope: "generate", burst: "generation" };
/** Costs as much work as an order. */
const GENERATION_BURST: Extras = { burst: "generation" };
const EVALUATE: Extras = { scope: "flags", burst: "evaluation" };
/** Each writes a row, and nobody has to be signed in. */
const MEASURE: Extras = { burst: "measure" };
const DEVELOPMENT: Extras = { developmentOnly: true };

export const ROUTES: readonly RouteRule[] = [
  api("GET", "/api/health", "public"),
  api("POST", "/api/auth/register", "public", AUTH),
  api("POST", "/api/auth/magic-link", "public", AUTH),
  api("POST", "/api/auth/confirm", "anyone", AUTH),
  api("POST", "/api/auth/login", "public", AUTH),
  api("POST", "/api/auth/passkey/options", "public", AUTH),
  api("POST", "/api/auth/passkey", "public", AUTH),
  api("POST", "/api/auth/logout", "USER"),
  api("POST", "/api/auth/logout-everywhere", "USER"),
  api("GET", "/api/me", "USER", READ),
  api("PATCH", "/api/me", "USER"),
  api("DELETE", "/api/me", "USER"),
  api("POST", "/api/me/email", "USER", AUTH),
  api("GET", "/api/me/export", "USER"),
  bytes("/api/me/export/pictures", "USER"),
  upload("PUT", "/api/me/picture", "USER", GENERATION_BURST),
  api("DELETE", "/api/me/picture", "USER"),
  api("GET", "/api/me/sessions", "USER"),
  api("DELETE", "/api/me/sessions/:id", "USER"),
  api("GET", "/api/me/passkeys", "USER"),
  api("POST", "/api/me/passkeys/options", "USER", AUTH),
  api("POST", "/api/me/passkeys", "USER", AUTH),
  api("DELETE", "/api/me/passkeys/:id", "USER"),
  api("GET", "/api/me/keys", "USER"),
  api("POST", "/api/me/keys", "USER", AUTH),
  api("DELETE", "/api/me/keys/:id", "USER"),
  api("GET", "/api/credits/entries", "USER", READ),
  api("GET", "/api/catalogue", "public"),
  api("POST", "/api/generations/preview", "USER", ORDER),
  api("POST", "/api/generations", "USER", ORDER),
  api("GET", "/api/generations", "USER", READ),
  api("GET", "/api/generations/:id", "USER", READ),
  api("POST", "/api/generations/:id/cancel", "USER", GENERATE),
  api("GET", "/api/images", "USER", READ),
  api("GET", "/api/images/:id", "anyone", READ),
  api("PATCH", "/api/images/:id", "USER", GENERATE),
  api("DELETE", "/api/images/:id", "USER", GENERATE),
  api("GET", "/api/admin/users", "ADMIN"),
  api("GET", "/api/admin/users/:id", "ADMIN"),
  api("GET", "/api/admin/users/:id/entries", "ADMIN"),
  api("PATCH", "/api/admin/users/:id", "ADMIN"),
  api("GET", "/api/admin/generations", "ADMIN"),
  api("GET", "/api/admin/audit", "ADMIN"),
  api("POST", "/api/vitals", "anyone", MEASURE),
  api("GET", "/api/admin/diagnostics", "ADMIN"),
  api("GET", "/api/admin/flags", "ADMIN"),
  api("GET", "/api/admin/flags/document", "ADMIN"),
  api("PUT", "/api/admin/flags/document", "ADMIN"),
  api("PUT", "/api/admin/flags/:key", "ADMIN"),
  api("GET", "/api/admin/flags/:key/history", "ADMIN"),

  protocol("POST", "/ofrep/v1/evaluate/flags", "anyone", EVALUATE),
  protocol("POST", "/ofrep/v1/evaluate/flags/:key", "anyone", EVALUATE),

  bytes("/images/:id/original", "anyone", READ),
  bytes("/images/:id/thumb", "anyone", READ),
  bytes("/images/:id/download", "anyone", READ),

  bytes("/account/picture", "USER"),
  bytes("/admin/users/:id/picture", "ADMIN"),

  page("GET", "/", "anyone"),
  page("GET", "/signin", "anyone"),
  page("POST", "/signin", "public", AUTH),
  page("POST", "/signin/link", "public", AUTH),
  page("GET", "/register", "anyone"),
  page("POST", "/register", "public", AUTH),
  page("GET", "/forgot", "anyone"),
  page("POST", "/forgot", "public", AUTH),
  page("GET", "/auth/confirm", "anyone"),
  page("POST", "/auth/confirm", "anyone", AUTH),
  page("POST", "/auth/signin/:provider", "anyone", AUTH),
  page("GET", "/auth/callback/:provider", "anyone", AUTH),
  page("GET", "/dev/mail", "public", DEVELOPMENT),
  page("GET", "/dev/mail/:id", "public", DEVELOPMENT),
  page("POST", "/signout", "anyone"),
  page("GET", "/create", "USER"),
  page("POST", "/create", "USER", GENERATION_BURST),
  page("GET", "/briefs/:id", "USER"),
  page("POST", "/briefs/:id/cancel", "USER"),
  page("GET", "/gallery", "USER"),
  page("GET", "/images/:id", "anyone"),
  page("POST", "/images/:id", "USER"),
  page("POST", "/images/:id/delete", "USER"),
  page("GET", "/account", "USER"),
  page("POST", "/account/signout-everywhere", "USER"),
  page("GET", "/account/providers/:provider/connect", "USER"),
  page("POST", "/account/providers/:provider/connect", "USER", AUTH),
  page("POST", "/account/providers/:provider/disconnect", "USER"),
  page("GET", "/account/passkeys/new", "USER"),
  page("POST", "/account/passkeys/remove", "USER"),
  page("POST", "/account/name", "USER"),
  page("POST", "/account/picture", "USER", GENERATION_BURST),
  page("POST", "/account/picture/remove", "USER"),
  page("POST", "/account/email", "USER", AUTH),
  page("POST", "/account/password", "USER", AUTH),
  page("POST", "/account/password/link", "USER", AUTH),
  page("POST", "/account/sessions/:id/end", "USER"),
  page("POST", "/account/keys", "USER", AUTH),
  page("POST", "/account/keys/:id/revoke", "USER"),
  page("GET", "/account/erase", "USER"),
  page("POST", "/account/erase", "USER"),
  page("GET", "/admin", "ADMIN"),
  page("GET", "/admin/users", "ADMIN"),
  page("GET", "/admin/users/:id", "ADMIN"),
  page("POST", "/admin/users/:id/credits", "ADMIN"),
  page("POST", "/admin/users/:id/account", "HERO"),
  page("GET", "/admin/generations", "ADMIN"),
  page("GET", "/admin/flags", "ADMIN"),
  page("GET", "/admin/flags/export", "ADMIN"),
  page("GET", "/admin/flags/import", "ADMIN"),
  page("POST", "/admin/flags/import", "ADMIN"),
  page("GET", "/admin/flags/rules", "ADMIN"),
  page("POST", "/admin/flags/rules", "ADMIN"),
  page("GET", "/admin/flags/:key", "ADMIN"),
  page("POST", "/admin/flags/:key", "ADMIN"),
  page("GET", "/admin/speed", "ADMIN"),
  page("GET", "/admin/audit", "ADMIN"),
];
