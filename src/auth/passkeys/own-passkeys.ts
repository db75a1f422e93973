/** A person's own passkeys: adding one and removing one. Both are told by mail. */
import { buildPasskey, hasPasskey, listPasskeys } from "../../db/passkeys.ts";
import { buildPasskeyRemoval } from "../../db/ways-in.ts";
import { fail, type Result, succeed } from "../../result.ts";
import { describeDevice } from "../device.ts";
import type { ProviderId } from "../oauth/settings.ts";
import type { Principal } from "../principal.ts";
import type { RequestFacts } from "../request-facts.ts";
import { noticeWaysInChange, type WaysInChanged } from "../ways-in-changed.ts";
import { type CreationAnswer, readCeremony, rpIdOf, type Site, verifyCreation } from "./ceremony.ts";
import { CHALLENGE_TTL_SECONDS, issueChallenge, takeChallenge } from "./challenges.ts";
import { KEY_ALGORITHMS } from "./public-key.ts";

export const PASSKEYS_PER_PERSON_MAX = 10;
const SITE_NAME = "Eventide";

/** What `navigator.credentials.create` is asked for, as JSON: bytes are base64url. */
export async function buildCreationOptions(db: D1Database, principal: Principal, site: Site, now: number) {
  const [challenge, known] = await Promise.all([
    issueChallenge(db, principal.id, now),
    listPasskeys(db, principal.id, PASSKEYS_PER_PERSON_MAX),
  ]);
  return {
    challenge,
    rp: { id: rpIdOf(site), name: SITE_NAME },
    user: {
      id: Buffer.from(principal.id).toString("base64url"),
      name: principal.email,
      displayName: principal.name === "" ? principal.email : principal.name,
    },
    pubKeyCredParams: KEY_ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    timeout: CHALLENGE_TTL_SECONDS * 1000,
    attestation: "none",
    // Found without typing an address, and never without its owner's PIN, finger or face.
    authenticatorSelection: {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
    excludeCredentials: known.map(({ credentialId }) => ({ type: "public-key", id: credentialId })),
  };
}

export interface NamedCreation extends CreationAnswer {
  /** Empty for a name after the device. */
  name: string;
  transports: readonly string[];
}

export type AddPasskeyRefusal =
  /** Not an answer to a question of ours, or too late. */
  | "not_verified"
  /** It is somebody's already, or the person has as many as anybody may have. */
  | "not_added";

export async function addPasskey(
  db: D1Database,
  answer: NamedCreation,
  principal: Principal,
  site: Site,
  facts: RequestFacts,
): Promise<Result<WaysInChanged & { id: string }, AddPasskeyRefusal>> {
  const ceremony = readCeremony(answer, "webauthn.create", site);
  if (ceremony === null) return fail("not_verified");
  if (!(await takeChallenge(db, ceremony.challenge, principal.id, facts.now))) return fail("not_verified");
  if (!verifyCreation(ceremony, answer)) return fail("not_verified");
  const id = encode(answer.credentialId);
  const passkey = {
    credentialId: id,
    userId: principal.id,
    publicKey: encode(answer.publicKey),
    counter: ceremony.authenticator.counter,
    transports: answer.transports,
    name: answer.name === "" ? describeDevice(facts.userAgent) : answer.name,
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

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
