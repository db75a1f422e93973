/** Security headers of every answer. Scripts, styles and pictures come from this origin only; nothing inline. */
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../context.ts";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A route that sets one of these itself keeps its own value: pictures bring a stricter policy and their caching. */
const DEFAULTS: Record<string, string> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

const HSTS = "max-age=63072000; includeSubDomains";

export function setResponseHeaders(): MiddlewareHandler<AppEnv> {
  return async function responseHeaders(c, next) {
    await next();
    for (const [name, value] of Object.entries(DEFAULTS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    if (c.req.url.startsWith("https:")) c.res.headers.set("Strict-Transport-Security", HSTS);
  };
}
