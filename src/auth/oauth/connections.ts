/** Linking a provider's account to somebody who is signed in and asked for it, and taking the link away again. */
import {
  buildProviderAccount,
  findProviderAccountOwner,
  isProviderAccountTaken,
  listProviderAccounts,
} from "../../db/provider-accounts.ts";
import { buildProviderRemoval } from "../../db/ways-in.ts";
import { fail, type Result, succeed } from "../../result.ts";
import type { Principal } from "../principal.ts";
import type { RequestFacts } from "../request-facts.ts";
import { noticeWaysInChange, type WaysInChanged } from "../ways-in-changed.ts";
import type { AddressJoin } from "../welcome.ts";
import type { ProviderIdentity } from "./identity.ts";
import type { ProviderId, ProviderSettings } from "./settings.ts";

export type ConnectRefusal =
  | "unverified_email"
  /** It opens another person's account. */
  | "linked_elsewhere"
  /** This person has another account of the same provider. */
  | "another_linked";

export interface ConnectContext {
  /** Who asked for the link, and is signed in. */
  principal: Principal;
  joinAddresses: AddressJoin;
}

/** Linking what is linked already changes nothing. */
export async function connectProvider(
  db: D1Database,
  identity: ProviderIdentity,
  provider: ProviderSettings,
  { principal, joinAddresses }: ConnectContext,
  facts: RequestFacts,
): Promise<Result<WaysInChanged, ConnectRefusal>> {
  const { providerAccountId, verifiedEmail: email } = identity;
  const known = await findLink(db, identity, principal);
  if (known !== null) return known;
  if (email === null) return fail("unverified_email");
  const account = { provider: provider.id, providerAccountId, userId: principal.id, email };
  const about = { what: provider.name, details: { provider: provider.id } };
  const notice = noticeWaysInChange(db, principal, "provider_connected", about, facts);
  try {
    await db.batch([
      buildProviderAccount(db, account, facts.now),
      ...notice.statements,
      joinAddresses(principal.id, [principal.email, email]),
    ]);
  } catch (error) {
    if (!isProviderAccountTaken(error)) throw error;
    return (await findLink(db, identity, principal)) ?? fail("another_linked");
  }
  return succeed({ letterIds: notice.letterIds });
}

/** Null when neither this account nor another one of its provider stands in the way. */
async function findLink(
  db: D1Database,
  identity: ProviderIdentity,
  principal: Principal,
): Promise<Result<WaysInChanged, ConnectRefusal> | null> {
  const owner = await findProviderAccountOwner(db, identity);
  if (owner !== null) {
    return owner.userId === principal.id ? succeed({ letterIds: [] }) : fail("linked_elsewhere");
  }
  const linked = await listProviderAccounts(db, principal.id);
  return linked.some(({ provider }) => provider === identity.provider) ? fail("another_linked") : null;
}

export type DisconnectRefusal = "not_linked" | "last_way_in";

export async function disconnectProvider(
  db: D1Database,
  provider: ProviderSettings,
  offered: readonly ProviderId[],
  principal: Principal,
  facts: RequestFacts,
): Promise<Result<WaysInChanged, DisconnectRefusal>> {
  const linked = await listProviderAccounts(db, principal.id);
  if (!linked.some((account) => account.provider === provider.id)) return fail("not_linked");
  const about = { what: provider.name, details: { provider: provider.id } };
  const notice = noticeWaysInChange(db, principal, "provider_disconnected", about, facts);
  const [removed] = await db.batch([
    buildProviderRemoval(db, principal.id, provider.id, offered),
    ...notice.statements,
  ]);
  if (removed?.meta.changes !== 1) return fail("last_way_in");
  return succeed({ letterIds: notice.letterIds });
}
