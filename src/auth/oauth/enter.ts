/**
 * Signing in with an account at a provider that has just proven who somebody is. A known account opens its person's
 * account. An unknown one opens a new account when its address is verified and free; it is never attached to an
 * account that somebody else may have, nor to whoever happens to be signed in.
 */
import { buildAudit, recordAudit } from "../../db/audit.ts";
import {
  buildProviderAccount,
  buildProviderAccountUse,
  findProviderAccountOwner,
  isPersonMissing,
  isProviderAccountTaken,
} from "../../db/provider-accounts.ts";
import { buildAdmission } from "../../db/user-changes.ts";
import { findUserByEmail } from "../../db/users.ts";
import { newId } from "../../ids.ts";
import { fail, type Result, succeed } from "../../result.ts";
import { openSession } from "../open-session.ts";
import type { Principal } from "../principal.ts";
import { auditOrigin, type RequestFacts } from "../request-facts.ts";
import type { Welcome } from "../welcome.ts";
import type { ProviderIdentity } from "./identity.ts";

export interface EnterContext {
  /** Who is signed in already. */
  principal: Principal | null;
  welcome: Welcome;
}

export interface Entered {
  /** For the cookie. */
  token: string;
  userId: string;
  isNew: boolean;
}

export type EnterRefusal =
  /** The provider doesn't say that the address is this person's. */
  | "unverified_email"
  /** The address has an account here, and its owner has not linked this provider. */
  | "address_known"
  /** Somebody else is signed in: who signs in now must be meant, not slipped in. */
  | "already_signed_in"
  | "disabled";

export async function enterWithProvider(
  db: D1Database,
  identity: ProviderIdentity,
  context: EnterContext,
  facts: RequestFacts,
): Promise<Result<Entered, EnterRefusal>> {
  const entered = await enterOrLoseRace(db, identity, context, facts);
  if (entered.ok) return entered;
  const entry = {
    action: "sign_in.refuse",
    actorId: null,
    subjectId: null,
    origin: auditOrigin(facts),
    details: { method: identity.provider, cause: entered.error },
  } as const;
  await recordAudit(db, entry, facts.now);
  return entered;
}

/**
 * Two first sign-ins at once, or one beside a mailed link: the second one finds, when it looks again, the account that
 * the first one made.
 */
async function enterOrLoseRace(
  db: D1Database,
  identity: ProviderIdentity,
  context: EnterContext,
  facts: RequestFacts,
): Promise<Result<Entered, EnterRefusal>> {
  try {
    return await enter(db, identity, context, facts);
  } catch (error) {
    if (!isProviderAccountTaken(error) && !isPersonMissing(error)) throw error;
    return enter(db, identity, context, facts);
  }
}

async function enter(
  db: D1Database,
  identity: ProviderIdentity,
  context: EnterContext,
  facts: RequestFacts,
): Promise<Result<Entered, EnterRefusal>> {
  const owner = await findProviderAccountOwner(db, identity);
  const { principal } = context;
  if (principal !== null && principal.id !== owner?.userId) return fail("already_signed_in");
  if (owner === null) return enterFirstTime(db, identity, context, facts);
  if (owner.disabledAt !== null) return fail("disabled");
  const use = buildProviderAccountUse(db, identity, identity.verifiedEmail, facts.now);
  const opened = await openSession(db, facts, { userId: owner.userId, method: identity.provider }, [use]);
  return opened === null ? fail("disabled") : succeed({ ...opened, isNew: false });
}

async function enterFirstTime(
  db: D1Database,
  identity: ProviderIdentity,
  context: EnterContext,
  facts: RequestFacts,
): Promise<Result<Entered, EnterRefusal>> {
  const { provider, providerAccountId, verifiedEmail: email, name } = identity;
  if (email === null) return fail("unverified_email");
  const before = await findUserByEmail(db, email);
  if (before !== null && before.emailVerifiedAt !== null) return fail("address_known");
  const id = before?.id ?? newId(facts.now);
  const origin = auditOrigin(facts);
  const linked = { actorId: id, subjectId: id, origin, details: { provider } };
  // One write: an account that was opened and not linked would keep its person out, as one that somebody else has.
  const opened = await openSession(db, facts, { userId: id, method: provider }, [
    ...buildAdmission(
      db,
      { id, email, name },
      context.welcome({ email, provenAt: facts.now }),
      origin,
      facts.now,
    ),
    buildProviderAccount(db, { provider, providerAccountId, userId: id, email }, facts.now),
    buildAudit(db, { action: "provider.connect", ...linked }, facts.now),
  ]);
  return opened === null ? fail("disabled") : succeed({ ...opened, isNew: before === null });
}
