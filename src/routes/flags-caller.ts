/**
 * Who asks for flags over OFREP, which decides what they may see and whose flags they are. One seam: API keys come in
 * here, and nothing else has to know.
 */
import { AppError } from "../errors.ts";
import { addClaims, type EvaluationContext, fillContext, toVisitorKey } from "../flags/context.ts";
import { getDefinition, isFlagKey } from "../flags/registry.ts";
import type { FlagSnapshot } from "../flags/snapshot.ts";
import type { AppContext } from "./context.ts";
import { buildOwnContext } from "./flags.ts";

export interface FlagCaller {
  /** Every flag, in any context: an administrator asks what somebody would get. */
  seesAll: boolean;
  /** True when nobody is signed in as far as this request goes. */
  isAnonymous: boolean;
}

/** A key that isn't known is 401, whatever else the request carries. */
export async function resolveFlagCaller(c: AppContext): Promise<FlagCaller> {
  if (readKey(c) !== null) throw new AppError("unauthenticated", { reason: "unknown_api_key" });
  const principal = c.get("principal") ?? null;
  // A page of another site may ask, but not in the name of whoever is signed in here.
  if (principal === null || isFromOtherSite(c)) {
    c.set("principal", null);
    return { seesAll: false, isAnonymous: true };
  }
  return { seesAll: principal.role !== "USER", isAnonymous: false };
}

/** Either of the two ways that the protocol knows. */
function readKey(c: AppContext): string | null {
  return c.req.header("Authorization") ?? c.req.header("X-API-Key") ?? null;
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
  if (!caller.isAnonymous || !asked.targetingKey) return claimed;
  return { ...claimed, targetingKey: toVisitorKey(asked.targetingKey) };
}

/** Flags of the table say it themselves, flags of the document by their metadata. */
export function maySee(caller: FlagCaller, snapshot: FlagSnapshot, key: string): boolean {
  if (caller.seesAll) return true;
  if (isFlagKey(key)) return getDefinition(key).client;
  return snapshot.document.rules.get(key)?.metadata["client"] === true;
}
