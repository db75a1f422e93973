/** Signing in with a passkey: no address is typed, the passkey says whose it is. Every refusal looks the same. */
import { recordAudit } from "../../db/audit.ts";
import { buildPasskeyUse, findPasskeyKey, type PasskeyKeyRow } from "../../db/passkeys.ts";
import { fail, type Result, succeed } from "../../result.ts";
import { type OpenedSession, openSession } from "../open-session.ts";
import { auditOrigin, type RequestFacts } from "../request-facts.ts";
import {
  type AssertionAnswer,
  type Ceremony,
  readCeremony,
  rpIdOf,
  type Site,
  verifyAssertion,
} from "./ceremony.ts";
import { CHALLENGE_TTL_SECONDS, issueChallenge, takeChallenge } from "./challenges.ts";

/** What `navigator.credentials.get` is asked for, as JSON: bytes are base64url. */
export async function buildRequestOptions(db: D1Database, site: Site, now: number) {
  return {
    challenge: await issueChallenge(db, null, now),
    rpId: rpIdOf(site),
    timeout: CHALLENGE_TTL_SECONDS * 1000,
    userVerification: "required",
    allowCredentials: [],
  };
}

export interface PasskeyAnswer extends AssertionAnswer {
  /** base64url. */
  credentialId: string;
  /** Whose it is, as the authenticator kept it. */
  userHandle: Uint8Array;
}

/** For the log only. */
export type PasskeyRefusal =
  | "unknown_passkey"
  | "other_person"
  | "not_verified"
  | "copied_passkey"
  | "old_challenge"
  | "disabled";

export async function signInWithPasskey(
  db: D1Database,
  answer: PasskeyAnswer,
  site: Site,
  facts: RequestFacts,
): Promise<Result<OpenedSession, PasskeyRefusal>> {
  const ceremony = readCeremony(answer, "webauthn.get", site);
  if (ceremony === null) return refuse(db, null, "not_verified", facts);
  if (!(await takeChallenge(db, ceremony.challenge, null, facts.now))) {
    return refuse(db, null, "old_challenge", facts);
  }
  const known = await findPasskeyKey(db, answer.credentialId);
  if (known === null) return refuse(db, null, "unknown_passkey", facts);
  const { userId } = known;
  const cause = findCause(ceremony, answer, known);
  if (cause !== null) return refuse(db, userId, cause, facts);
  const use = buildPasskeyUse(db, answer.credentialId, ceremony.authenticator.counter, facts.now);
  return succeed(await openSession(db, facts, { userId, method: "passkey" }, [use]));
}

function findCause(ceremony: Ceremony, answer: PasskeyAnswer, known: PasskeyKeyRow): PasskeyRefusal | null {
  if (Buffer.from(answer.userHandle).toString() !== known.userId) return "other_person";
  const stored = { publicKey: Buffer.from(known.publicKey, "base64url"), counter: known.counter };
  switch (verifyAssertion(ceremony, answer, stored)) {
    case "refused":
      return "not_verified";
    case "copied":
      return "copied_passkey";
    case "verified":
      return known.disabledAt === null ? null : "disabled";
  }
}

async function refuse(
  db: D1Database,
  subjectId: string | null,
  cause: PasskeyRefusal,
  facts: RequestFacts,
): Promise<Result<OpenedSession, PasskeyRefusal>> {
  const entry = {
    action: "sign_in.refuse",
    actorId: null,
    subjectId,
    origin: auditOrigin(facts),
    details: { method: "passkey", cause },
  } as const;
  await recordAudit(db, entry, facts.now);
  return fail(cause);
}
