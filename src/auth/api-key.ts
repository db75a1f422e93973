/**
 * Keys for programs: `evk_` and 256 random bits, as `Authorization: Bearer <key>`. The database holds a hash and the
 * first characters, by which a person recognises the key. A key acts with its owner's rights of that moment.
 */
import * as z from "zod/mini";
import { buildApiKey, buildKeyOfName, findKeyHolder, touchApiKey } from "../db/api-keys.ts";
import { newId } from "../ids.ts";
import { fail, type Result, succeed } from "../result.ts";
import { hasRole, type Principal, toKeyPrincipal } from "./principal.ts";
import type { RequestFacts } from "./request-facts.ts";
import { requiredRoleOf, SCOPES, type Scope } from "./scopes.ts";
import { createToken, hashToken } from "./token.ts";
import { noticeWaysInChange, type WaysInChanged } from "./ways-in-changed.ts";

export const KEYS_PER_PERSON_MAX = 20;
const KEY_MARK = "evk_";
const KEY_PATTERN = /^evk_[A-Za-z0-9_-]{43}$/;
const BEARER_PATTERN = /^Bearer +(\S+)$/i;
const PREFIX_CHARACTERS = 12;
/** The time of the last use is written at most this often. */
const TOUCH_INTERVAL_MS = 60_000;

const scopesSchema = z.array(z.enum(SCOPES));

/**
 * Who an Authorization header speaks for, or null when it isn't a key of ours that works. Scopes whose role the
 * owner has lost meanwhile are left out.
 */
export async function findKeyPrincipal(
  db: D1Database,
  authorization: string,
  now: number,
): Promise<Principal | null> {
  const key = BEARER_PATTERN.exec(authorization)?.[1] ?? "";
  if (!KEY_PATTERN.test(key)) return null;
  const holder = await findKeyHolder(db, await hashToken(key));
  if (holder === null) return null;
  if (now - (holder.lastUsedAt ?? 0) > TOUCH_INTERVAL_MS) await touchApiKey(db, holder.keyId, now);
  const scopes = scopesSchema.parse(JSON.parse(holder.scopes));
  return toKeyPrincipal(
    holder,
    scopes.filter((scope) => hasRole(holder.role, requiredRoleOf(scope))),
  );
}

/** For services that know one scope only, such as OFREP: the key's owner, or null for every other header. */
export async function findKeyPrincipalWithScope(
  db: D1Database,
  authorization: string,
  scope: Scope,
  now: number,
): Promise<Principal | null> {
  const principal = await findKeyPrincipal(db, authorization, now);
  return principal?.scopes?.includes(scope) === true ? principal : null;
}

export interface CreatedKey extends WaysInChanged {
  id: string;
  /** The only time that it can be read. */
  secret: string;
}

export type KeyRefusal =
  /** A page that is loaded again sends its form again: that must not leave a second key behind. */
  | "name_taken"
  /** The person has as many keys as anybody may have. */
  | "too_many";

/** Of many at once with one name, one is made. The person is told by mail, as about every way in. */
export async function createApiKey(
  db: D1Database,
  person: { id: string; email: string },
  key: { name: string; scopes: readonly Scope[] },
  facts: RequestFacts,
): Promise<Result<CreatedKey, KeyRefusal>> {
  const secret = KEY_MARK + createToken();
  const id = newId(facts.now);
  const row = {
    id,
    userId: person.id,
    name: key.name,
    prefix: secret.slice(0, PREFIX_CHARACTERS),
    keyHash: await hashToken(secret),
    scopes: key.scopes,
  };
  const details = { keyId: id, prefix: row.prefix, scopes: key.scopes.join(" ") };
  const notice = noticeWaysInChange(db, person, "key_made", { what: row.prefix, details }, facts);
  const [namesake, inserted] = await db.batch([
    buildKeyOfName(db, person.id, key.name),
    buildApiKey(db, row, KEYS_PER_PERSON_MAX, facts.now),
    ...notice.statements,
  ]);
  if (inserted?.meta.changes === 1) return succeed({ id, secret, letterIds: notice.letterIds });
  return fail(namesake?.results.length === 1 ? "name_taken" : "too_many");
}
