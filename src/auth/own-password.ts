/** A signed-in person proves once more who they are before something that a stolen session must not do. */
import { recordAudit } from "../db/audit.ts";
import { buildGiveBack, takeFromLimits } from "../db/rate-counters.ts";
import { findCredentials } from "../db/users.ts";
import { buildSignInLimits } from "./limits.ts";
import { noteFullLimit } from "./note-full-limit.ts";
import { verifyPassword } from "./password.ts";
import type { Principal } from "./principal.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";

export type OwnPasswordCheck =
  | { kind: "right"; passwordHash: string }
  /** The person signs in by mailed links, and their session is all the proof that there is. */
  | { kind: "has_none" }
  | { kind: "wrong" }
  | { kind: "limited"; retryAfterMs: number };

/** Wrong ones count as failed sign-ins, so that a session is no way to guess faster. */
export async function verifyOwnPassword(
  db: D1Database,
  principal: Principal,
  password: string,
  facts: RequestFacts,
): Promise<OwnPasswordCheck> {
  const limits = await buildSignInLimits(principal.email, facts.place);
  const [taken, stored] = await Promise.all([
    takeFromLimits(db, limits, facts.now),
    findCredentials(db, principal.email),
  ]);
  const passwordHash = stored?.passwordHash ?? null;
  if (!taken.isTaken) {
    const entry = { actorId: principal.id, subjectId: principal.id, details: { cause: "limited" } };
    await noteFullLimit(db, taken, { action: "password.refuse", ...entry }, facts);
    return { kind: "limited", retryAfterMs: taken.retryAfterMs };
  }
  if (passwordHash !== null && !verifyPassword(password, passwordHash).isValid) {
    return refuseOwnPassword(db, principal, "wrong_password", facts);
  }
  await buildGiveBack(db, taken).run();
  return passwordHash === null ? { kind: "has_none" } : { kind: "right", passwordHash };
}

/** `overtaken`: another password was set while this one was being checked. Whoever has the session is the actor. */
export async function refuseOwnPassword(
  db: D1Database,
  { id }: Principal,
  cause: "wrong_password" | "overtaken",
  facts: RequestFacts,
): Promise<{ kind: "wrong" }> {
  const entry = { actorId: id, subjectId: id, origin: auditOrigin(facts), details: { cause } };
  await recordAudit(db, { action: "password.refuse", ...entry }, facts.now);
  return { kind: "wrong" };
}
