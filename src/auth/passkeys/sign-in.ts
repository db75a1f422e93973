/** Signing in with a passkey: no address is typed, the passkey says whose it is. Every refusal looks the same. */
import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { recordAudit } from "../../db/audit.ts";
import { buildPasskeyUse, findPasskeyKey } from "../../db/passkeys.ts";
import { fail, type Result, succeed } from "../../result.ts";
import { type OpenedSession, openSession } from "../open-session.ts";
import { auditOrigin, type RequestFacts } from "../request-facts.ts";
import { CHALLENGE_TTL_SECONDS, issueChallenge, takeChallenge } from "./challenges.ts";
import { readChallenge } from "./client-data.ts";
import {
  type AssertionRefusal,
  type AssertionResponse,
  rpIdOf,
  type Site,
  verifyAssertion,
} from "./verify.ts";

/** What `navigator.credentials.get` is asked for: `PublicKeyCredentialRequestOptionsJSON`. */
export async function buildRequestOptions(
  db: D1Database,
  site: Site,
  now: number,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    challenge: await issueChallenge(db, null, now),
    rpID: rpIdOf(site),
    timeout: CHALLENGE_TTL_SECONDS * 1000,
    userVerification: "required",
    // Whichever passkey of this site the person chooses.
    allowCredentials: [],
  });
}

export interface PasskeyAnswer extends AssertionResponse {
  /** Whose it is, as the authenticator kept it; base64url. */
  userHandle: string;
}

/** For the log only. */
export type PasskeyRefusal =
  | "unknown_passkey"
  | "other_person"
  | AssertionRefusal
  | "old_challenge"
  | "disabled";

export async function signInWithPasskey(
  db: D1Database,
  answer: PasskeyAnswer,
  site: Site,
  facts: RequestFacts,
): Promise<Result<OpenedSession, PasskeyRefusal>> {
  const challenge = readChallenge(answer.response.clientDataJSON);
  if (challenge === null) return refuse(db, null, "not_verified", facts);
  if (!(await takeChallenge(db, challenge, null, facts.now))) return refuse(db, null, "old_challenge", facts);
  const known = await findPasskeyKey(db, answer.id);
  if (known === null) return refuse(db, null, "unknown_passkey", facts);
  const { userId } = known;
  if (Buffer.from(answer.userHandle, "base64url").toString() !== userId) {
    return refuse(db, userId, "other_person", facts);
  }
  const counter = await verifyAssertion(answer, challenge, known, site);
  if (!counter.ok) return refuse(db, userId, counter.error, facts);
  if (known.disabledAt !== null) return refuse(db, userId, "disabled", facts);
  const use = buildPasskeyUse(db, answer.id, counter.value, facts.now);
  const opened = await openSession(db, facts, { userId, method: "passkey" }, [use]);
  return opened === null ? refuse(db, userId, "disabled", facts) : succeed(opened);
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
