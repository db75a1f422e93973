/**
 * Attempts that a limit stopped are failures, which the audit log has to show; but a flood must not fill the log. So
 * the first one leaves a row, and those after it leave none for as long as the longest of the windows.
 */
import { type AuditEntry, buildAudit } from "../db/audit.ts";
import { buildTake, type TakeOutcome } from "../db/rate-counters.ts";
import { LONGEST_SIGN_IN_WINDOW_MS } from "./limits.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";

/** Of several full limits, the narrowest is the one that is told of: it says most about who was meant. */
export async function noteFullLimit(
  db: D1Database,
  taken: TakeOutcome,
  entry: Omit<AuditEntry, "origin">,
  facts: RequestFacts,
): Promise<void> {
  const notice = {
    key: `${entry.action}:${taken.fullKeys[0] ?? ""}`,
    windowMs: LONGEST_SIGN_IN_WINDOW_MS,
    max: 1,
  };
  await db.batch([
    buildTake(db, [notice], facts.now),
    buildAudit(db, { ...entry, origin: auditOrigin(facts) }, facts.now, { onlyIfChanged: true }),
  ]);
}
