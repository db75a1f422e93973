/**
 * Who asks for flags over OFREP, which decides what they may see and whose flags they are: a key with the scope
 * `flags`, the session of somebody who came from this site, or nobody in particular.
 */
import { findKeyPrincipalWithScope } from "../auth/api-key.ts";
import type { Principal } from "../auth/principal.ts";
import { AppError } from "../errors.ts";
import { addClaims, type EvaluationContext, fillContext, toVisitorKey } from "../flags/context.ts";
import { getDefinition, isFlagKey } from "../flags/registry.ts";
import type { FlagSnapshot } from "../flags/snapshot.ts";
import type { AppContext } from "./context.ts";
import { buildOwnContext, hasVisitorId } from "./flags.ts";

export interface FlagCaller {
  /** Every flag, in any context: an administrator asks what somebody would get. */
  seesAll: boolean;
  /** True when nobody is signed in as far as this request goes. */
  isAnonymous: boolean;
}

/** A key that isn't known is 401, whatever else the request carries. */
export async function resolveFlagCaller(c: AppContext): Promise<FlagCaller> {
  const key = c.req.header("X-API-Key");
  if (key !== undefined) c.set("principal", await getKeyPrincipal(c, key));
  const principal = c.get("principal") ?? null;
  // Whoever brought a key in Authorization has passed the table of routes, which asks for the same scope.
  if (principal !== null && principal.scopes !== null) return { seesAll: true, isAnonymous: false };
  // A page of another site may ask, but not in the name of whoever is signed in here.
  if (principal === null || isFromOtherSite(c)) {
    c.set("principal", null);
    return { seesAll: false, isAnonymous: true };
  }
  return { seesAll: principal.role !== "USER", isAnonymous: false };
}

/** The protocol's second header for a key. */
async function getKeyPrincipal(c: AppContext, key: string): Promise<Principal> {
  const principal = await findKeyPrincipalWithScope(c.env.DB, `Bearer ${key}`, "flags", Date.now());
  if (principal === null) throw new AppError("unauthenticated", { reason: "no_key_for_flags" });
  return principal;
}

function isFromOtherSite(c: AppContext): boolean {
  const origin = c.req.header("Origin");
  if (origin !== undefined) return origin !== c.get("config").origin;
  const site = c.req.header("Sec-Fetch-Site");
  return site !== undefined && site !== "same-origin" && site !== "none";
}

/** What is evaluated for this caller. A person is who the session says; nobody else can be claimed to be anyone. */
export function buildCallerContext(
  c: AppContext,
  caller: FlagCaller,
  asked: EvaluationContext,
): EvaluationContext {
  const own = buildOwnContext(c);
  if (caller.seesAll) return fillContext(asked, own);
  const claimed = addClaims(own, asked);
  if (!caller.isAnonymous) return claimed;
  if (asked.targetingKey) return { ...claimed, targetingKey: toVisitorKey(asked.targetingKey) };
  return hasVisitorId(c) ? claimed : omitTargetingKey(claimed);
}

/** All strangers would share one key, and so be all in a share or all out of it: a share has no answer for them. */
function omitTargetingKey({ targetingKey: _, ...context }: EvaluationContext): EvaluationContext {
  return context;
}

/** Flags of the table say it themselves, flags of the document by their metadata. */
export function maySee(caller: FlagCaller, snapshot: FlagSnapshot, key: string): boolean {
  if (caller.seesAll) return true;
  if (isFlagKey(key)) return getDefinition(key).client;
  return snapshot.document.rules.get(key)?.metadata["client"] === true;
}
