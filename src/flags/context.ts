/**
 * What a rule may know about who is asking. Our own facts always win over what a caller says about himself, and all
 * identifiers are ASCII: evaluators disagree about the buckets of anything else.
 */
import { isJsonObject, isNestedWithin } from "./json.ts";
import type { Environment } from "./registry.ts";
import type { EvaluationContext } from "./rule.ts";

export type { EvaluationContext } from "./rule.ts";

export interface ContextFacts {
  /** A signed-in person. */
  person: { id: string; role: string; email: string } | null;
  /** Tells one anonymous visitor apart from another; null when nobody has asked for one yet. */
  visitorId: string | null;
  /** ISO 3166 code of the country that the request came from. */
  country: string | null;
  environment: Environment;
}

/** Anonymous keys have this in front, so that nobody can be taken for a person by naming their id. */
const VISITOR_PREFIX = "visitor:";
const UNKNOWN_VISITOR = "unknown";
const ANONYMOUS_ROLE = "ANONYMOUS";

/** Attributes that only we may state: who somebody is, and where this runs. */
const OWN_ATTRIBUTES = ["targetingKey", "role", "email", "emailDomain", "country", "environment"] as const;

export function buildContext(facts: ContextFacts): EvaluationContext {
  return {
    targetingKey: facts.person?.id ?? toVisitorKey(facts.visitorId ?? UNKNOWN_VISITOR),
    role: facts.person?.role ?? ANONYMOUS_ROLE,
    emailDomain: facts.person === null ? null : toEmailDomain(facts.person.email),
    country: facts.country,
    environment: facts.environment,
  };
}

export function toVisitorKey(visitorId: string): string {
  return VISITOR_PREFIX + visitorId;
}

function toEmailDomain(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}

/** Deeper than any attribute that a rule could look at. */
const CONTEXT_DEPTH_MAX = 32;

/** `value` was read from JSON, so that only its outer shape and its depth are in question. */
export function isEvaluationContext(value: unknown): value is EvaluationContext {
  if (!isJsonObject(value) || !isNestedWithin(value, CONTEXT_DEPTH_MAX)) return false;
  return value["targetingKey"] === undefined || typeof value["targetingKey"] === "string";
}

/** What a caller says about himself beside `own`: everything but who he is and where this runs. */
export function addClaims(own: EvaluationContext, claims: EvaluationContext): EvaluationContext {
  const others = Object.entries(claims).filter(([name]) => !isOwnAttribute(name) && isHarmless(name));
  return { ...Object.fromEntries(others), ...own };
}

/** A question about somebody else, as administrators may ask it: only what they leave out is filled in. */
export function fillContext(asked: EvaluationContext, own: EvaluationContext): EvaluationContext {
  const given = Object.fromEntries(Object.entries(asked).filter(([name]) => isHarmless(name)));
  if (given["targetingKey"] === undefined) return { ...own, ...given };
  return { country: own["country"] ?? null, environment: own["environment"] ?? null, ...given };
}

function isOwnAttribute(name: string): boolean {
  return OWN_ATTRIBUTES.some((own) => own === name);
}

/** The evaluator copies a context by assignment: a key of this name would change what lies behind all others. */
function isHarmless(name: string): boolean {
  return name !== "__proto__" && name !== "$flagd";
}
