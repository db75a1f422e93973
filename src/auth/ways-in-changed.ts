/** After every change of how somebody signs in: a row in the log, and a letter to its person. */
import { type AuditAction, buildAudit } from "../db/audit.ts";
import { buildOutboxRow } from "../db/mail-outbox.ts";
import { newId } from "../ids.ts";
import type { WaysInChange } from "./letters.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";

export interface WaysInChanged {
  /** Letters that have to go out now. */
  letterIds: string[];
}

export interface WaysInNotice extends WaysInChanged {
  /** For a batch, right after the statement that makes the change; they do nothing when it didn't. */
  statements: D1PreparedStatement[];
}

const ACTIONS: Readonly<Record<WaysInChange, AuditAction>> = {
  provider_connected: "provider.connect",
  provider_disconnected: "provider.disconnect",
  passkey_added: "passkey.add",
  passkey_removed: "passkey.remove",
  key_made: "key.create",
};

/** `details` are for the log; `what` is the provider's name or the key's beginning, for the letter. */
export function noticeWaysInChange(
  db: D1Database,
  person: { id: string; email: string },
  change: WaysInChange,
  { what, details }: { what: string; details: Readonly<Record<string, string>> },
  facts: RequestFacts,
): WaysInNotice {
  const entry = {
    action: ACTIONS[change],
    actorId: person.id,
    subjectId: person.id,
    origin: auditOrigin(facts),
    details,
  };
  const letterId = newId(facts.now);
  const letter = { id: letterId, kind: "ways_in_changed", recipient: person.email, userId: person.id };
  const ifChanged = { onlyIfChanged: true };
  return {
    letterIds: [letterId],
    statements: [
      buildAudit(db, entry, facts.now, ifChanged),
      buildOutboxRow(db, { ...letter, details: { change, what } }, facts.now, ifChanged),
    ],
  };
}
