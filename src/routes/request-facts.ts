/** What the request says about where it comes from, for limits, records and sessions. */
import { getCookie } from "hono/cookie";
import { type Place, parsePlace } from "../auth/place.ts";
import type { RequestFacts } from "../auth/request-facts.ts";
import { sessionCookieName } from "../auth/session.ts";
import type { AppContext } from "./context.ts";

export function readPlace(c: AppContext): Place {
  return parsePlace(c.req.header("CF-Connecting-IP"));
}

export function buildRequestFacts(c: AppContext): RequestFacts {
  return {
    requestId: c.get("requestId"),
    place: readPlace(c),
    userAgent: c.req.header("User-Agent") ?? "",
    sessionToken: getCookie(c, sessionCookieName(c.get("config").origin)),
    // Public routes load nobody.
    keyId: c.get("principal")?.keyId,
    now: Date.now(),
  };
}
