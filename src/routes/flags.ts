/**
 * The flags of one request: evaluated for whoever is calling, each at most once, all from one snapshot.
 * Routes ask here and nowhere else whether something is on.
 */
import { getCookie, setCookie } from "hono/cookie";
import { AppError } from "../errors.ts";
import { buildContext, type EvaluationContext } from "../flags/context.ts";
import { evaluateFlag, type FlagDetails } from "../flags/evaluate.ts";
import { type FlagKey, getDefinition, variantOf } from "../flags/registry.ts";
import type { FlagSnapshot } from "../flags/snapshot.ts";
import { ID_PATTERN, newId } from "../ids.ts";
import type { AppContext } from "./context.ts";

const VISITOR_COOKIE = "visitor";
const VISITOR_TTL_SECONDS = 180 * 24 * 3600;

export function isOn(c: AppContext, key: FlagKey): boolean {
  return getFlag(c, key).value;
}

/** The value and why. Without a configuration there is no snapshot, and the defaults of production hold. */
export function getFlag(c: AppContext, key: FlagKey): FlagDetails {
  const snapshot = c.get("flags");
  if (snapshot === undefined) return getSafeDefault(key);
  const known = c.get("flagValues") ?? new Map<FlagKey, FlagDetails>();
  const details = known.get(key) ?? evaluateFlag(snapshot, key, buildOwnContext(c));
  c.set("flagValues", known.set(key, details));
  return details;
}

function getSafeDefault(key: FlagKey): FlagDetails {
  const value = getDefinition(key).default.production;
  return { key, value, variant: variantOf(value), reason: "DEFAULT", source: "default", error: null };
}

export function requireSnapshot(c: AppContext): FlagSnapshot {
  const snapshot = c.get("flags");
  if (snapshot === undefined) throw new AppError("misconfigured");
  return snapshot;
}

/** What the rules may know about the caller. Nothing of it is taken from what the caller says. */
export function buildOwnContext(c: AppContext): EvaluationContext {
  const principal = c.get("principal") ?? null;
  return buildContext({
    person: principal,
    visitorId: principal === null ? findVisitorId(c) : null,
    country: findCountry(c),
    environment: c.get("config").environment,
  });
}

/** Something to tell this anonymous visitor apart by: the cookie. */
export function hasVisitorId(c: AppContext): boolean {
  return findVisitorId(c) !== null;
}

function findVisitorId(c: AppContext): string | null {
  const id = c.get("visitorId") ?? getCookie(c, VISITOR_COOKIE) ?? "";
  return ID_PATTERN.test(id) ? id : null;
}

function findCountry(c: AppContext): string | null {
  const country: unknown = c.req.raw.cf?.["country"];
  return typeof country === "string" ? country : null;
}

/**
 * Gives an anonymous visitor of a page an id, so that a share of people stays the same people. Only while a flag
 * chooses a share: otherwise nobody has to be told apart, and there is no cookie.
 */
export function rememberVisitor(c: AppContext): void {
  const isNeeded = c.get("flags")?.needsTargetingKey === true && (c.get("principal") ?? null) === null;
  if (!isNeeded || findVisitorId(c) !== null) return;
  const id = newId();
  c.set("visitorId", id);
  setCookie(c, VISITOR_COOKIE, id, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: c.get("config").origin.startsWith("https:"),
    maxAge: VISITOR_TTL_SECONDS,
  });
}

/** Says that a feature failed although the answer is fine: the guard counts it against the flag. */
export function reportFlagFailure(c: AppContext, key: FlagKey): void {
  const failures = c.get("flagFailures") ?? new Set<FlagKey>();
  c.set("flagFailures", failures.add(key));
}
