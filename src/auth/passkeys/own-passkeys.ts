/** A person's own passkeys: adding one and removing one. Both are told by mail. */
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
} from "@simplewebauthn/server";
import { buildPasskey, hasPasskey, listPasskeys } from "../../db/passkeys.ts";
import { buildPasskeyRemoval } from "../../db/ways-in.ts";
import { fail, type Result, succeed } from "../../result.ts";
import { describeDevice } from "../device.ts";
import type { ProviderId } from "../oauth/settings.ts";
import type { Principal } from "../principal.ts";
import type { RequestFacts } from "../request-facts.ts";
import { noticeWaysInChange, type WaysInChanged } from "../ways-in-changed.ts";
import { CHALLENGE_TTL_SECONDS, issueChallenge, takeChallenge } from "./challenges.ts";
import { readChallenge } from "./client-data.ts";
import {
  type CreationRefusal,
  type CreationResponse,
  KEY_ALGORITHMS,
  rpIdOf,
  type Site,
  verifyCreation,
} from "./verify.ts";

export const PASSKEYS_PER_PERSON_MAX = 10;
const SITE_NAME = "Eventide";

/** What `navigator.credentials.create` is asked for: `PublicKeyCredentialCreationOptionsJSON`. */
export async function buildCreationOptions(
  db: D1Database,
  principal: Principal,
  site: Site,
  now: number,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const [challenge, known] = await Promise.all([
    issueChallenge(db, principal.id, now),
    listPasskeys(db, principal.id, PASSKEYS_PER_PERSON_MAX),
  ]);
  return generateRegistrationOptions({
    challenge,
    rpID: rpIdOf(site),
    rpName: SITE_NAME,
    userID: Uint8Array.from(Buffer.from(principal.id)),
    userName: principal.email,
    userDisplayName: principal.name === "" ? principal.email : principal.name,
    supportedAlgorithmIDs: KEY_ALGORITHMS,
    timeout: CHALLENGE_TTL_SECONDS * 1000,
    attestationType: "none",
    // Found without typing an address, and never without its owner's PIN, finger or face.
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
  });
}

export interface NamedCreation extends CreationResponse {
  /** Empty for a name after the device. */
  name: string;
  transports: readonly string[];
}

export type AddPasskeyRefusal =
  /** `not_verified` also stands for a challenge that isn't ours, or that is too old. */
  | CreationRefusal
  /** It is somebody's already, or the person has as many as anybody may have. */
  | "not_added";

export async function addPasskey(
  db: D1Database,
  answer: NamedCreation,
  principal: Principal,
  site: Site,
  facts: RequestFacts,
): Promise<Result<WaysInChanged & { id: string }, AddPasskeyRefusal>> {
  const challenge = readChallenge(answer.response.clientDataJSON);
  if (challenge === null) return fail("not_verified");
  if (!(await takeChallenge(db, challenge, principal.id, facts.now))) return fail("not_verified");
  const created = await verifyCreation(answer, challenge, site);
  if (!created.ok) return created;
  const { id, publicKey, counter } = created.value;
  const name = answer.name === "" ? describeDevice(facts.userAgent) : answer.name;
  const passkey = {
    credentialId: id,
    userId: principal.id,
    publicKey,
    counter,
    transports: answer.transports,
    name,
  };
  const about = { what: "", details: {} };
  const notice = noticeWaysInChange(db, principal, "passkey_added", about, facts);
  const [added] = await db.batch([
    buildPasskey(db, passkey, PASSKEYS_PER_PERSON_MAX, facts.now),
    ...notice.statements,
  ]);
  return added?.meta.changes === 1 ? succeed({ id, letterIds: notice.letterIds }) : fail("not_added");
}

export type RemovePasskeyRefusal = "not_there" | "last_way_in";

export async function removePasskey(
  db: D1Database,
  credentialId: string,
  offered: readonly ProviderId[],
  principal: Principal,
  facts: RequestFacts,
): Promise<Result<WaysInChanged, RemovePasskeyRefusal>> {
  if (!(await hasPasskey(db, principal.id, credentialId))) return fail("not_there");
  const about = { what: "", details: {} };
  const notice = noticeWaysInChange(db, principal, "passkey_removed", about, facts);
  const [removed] = await db.batch([
    buildPasskeyRemoval(db, principal.id, credentialId, offered),
    ...notice.statements,
  ]);
  return removed?.meta.changes === 1 ? succeed({ letterIds: notice.letterIds }) : fail("last_way_in");
}
