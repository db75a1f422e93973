/**
 * Refuses requests that change something and come from another site (CSRF).
 * SameSite=Lax alone isn't enough, and JSON bodies are checked like forms.
 */
import type { MiddlewareHandler } from "hono";
import { AppError } from "../../errors.ts";

interface OriginEnv {
  Variables: { config: { origin: string } };
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

export function requireSameOrigin(): MiddlewareHandler<OriginEnv> {
  return async function sameOrigin(c, next) {
    if (SAFE_METHODS.has(c.req.method)) return next();
    const origin = c.req.header("Origin");
    const site = c.req.header("Sec-Fetch-Site");
    const isOwn = origin === undefined ? site === "same-origin" : origin === c.get("config").origin;
    if (isOwn || isProgram(c.req.header("Cookie"), c.req.header("Authorization"))) return next();
    throw new AppError("cross_origin", {
      reason: origin === undefined ? "no_origin_no_same_site" : "other_origin",
    });
  };
}

/** A program that brings its own key and no cookie can't be somebody's tricked browser. */
function isProgram(cookie: string | undefined, authorization: string | undefined): boolean {
  return cookie === undefined && authorization !== undefined;
}
