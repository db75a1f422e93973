/**
 * Refuses requests that change something and come from another site (CSRF).
 * SameSite=Lax alone isn't enough, and JSON bodies are checked like forms.
 */
import type { MiddlewareHandler } from "hono";
import { AppError } from "../../errors.ts";
import { logAlarm } from "../../log.ts";

interface OriginEnv {
  Variables: { config: { origin: string } };
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const BEARER = /^Bearer\b/i;

export function requireSameOrigin(): MiddlewareHandler<OriginEnv> {
  return async function sameOrigin(c, next) {
    if (SAFE_METHODS.has(c.req.method)) return next();
    const isOwn = isFromOwnPage(c.req.raw.headers, c.get("config").origin);
    if (isOwn || isProgram(c.req.header("Cookie"), c.req.header("Authorization"))) return next();
    const origin = c.req.header("Origin");
    if (origin !== undefined && origin === new URL(c.req.url).origin) {
      throw wrongAddress(origin, c.get("config").origin);
    }
    throw new AppError("cross_origin", {
      reason: origin === undefined ? "no_origin_no_same_site" : "other_origin",
    });
  };
}

/** Whether a page of this product sent the request, by the browser's word. */
export function isFromOwnPage(headers: Headers, ownOrigin: string): boolean {
  const origin = headers.get("Origin");
  return origin === null ? headers.get("Sec-Fetch-Site") === "same-origin" : origin === ownOrigin;
}

/**
 * The browser is on this very host, and the configuration says another: a person at an address that isn't the
 * product's, or an operator with a wrong APP_ORIGIN. It is refused all the same, for Host is the caller's word.
 */
function wrongAddress(opened: string, configured: string): AppError {
  logAlarm("wrong_origin", { field: "APP_ORIGIN", opened, configured });
  return new AppError("cross_origin", {
    detail: `This site is set up for ${configured}, and you opened it at ${opened}. Open ${configured} and try again there; nothing was changed. Whoever runs the site can change the setting APP_ORIGIN.`,
    reason: "other_address",
  });
}

/**
 * A program that brings its own key and no cookie can't be somebody's tricked browser. Only Bearer says so: a browser
 * adds `Basic` by itself, also to another site's form, and that form could sign it in as somebody else.
 */
function isProgram(cookie: string | undefined, authorization: string | undefined): boolean {
  return cookie === undefined && authorization !== undefined && BEARER.test(authorization);
}
