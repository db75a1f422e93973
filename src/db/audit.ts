/** Table audit_log: who did what to whom, when and from where. Rows are added and never changed. */
import { buildPage, type Page } from "./page.ts";

export const AUDIT_ACTIONS = [
  "account.create",
  "account.disable",
  "account.enable",
  "account.erase",
  "credits.apply",
  "email.change",
  "key.create",
  "key.revoke",
  "link.send",
  "link.use",
  "passkey.add",
  "passkey.remove",
  "password.refuse",
  "password.set",
  "provider.connect",
  "provider.disconnect",
  "role.change",
  "session.end",
  "session.end_all",
  "sign_in.accept",
  "sign_in.refuse",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** From which request: its id, the truncated network that it came from, and the API key that it was made with. */
export interface AuditOrigin {
  requestId: string;
  place: string | null;
  /** The key's id, never the key; absent for a browser. It stands among the details. */
  keyId?: string | undefined;
}

export interface AuditEntry {
  action: AuditAction;
  /** Null when nobody was signed in. */
  actorId: string | null;
  /** The person whom it was about; null for an address that has no account. */
  subjectId: string | null;
  origin: AuditOrigin;
  /** Facts in words and numbers; never an address, a token or a password. */
  details?: Readonly<Record<string, string | number | boolean | null>>;
}

const INSERT = `INSERT INTO audit_log (at, actor_id, action, subject_type, subject_id, request_id, place, details)
  SELECT ?1, ?2, ?3, 'user', ?4, ?5, ?6, ?7`;

/** A statement for a batch. `onlyIfChanged`: written only when the statement before it changed a row. */
export function buildAudit(
  db: D1Database,
  entry: AuditEntry,
  now: number,
  options: { onlyIfChanged?: boolean } = {},
): D1PreparedStatement {
  return db
    .prepare(options.onlyIfChanged === true ? `${INSERT} WHERE changes() > 0` : INSERT)
    .bind(
      now,
      entry.actorId,
      entry.action,
      entry.subjectId,
      entry.origin.requestId,
      entry.origin.place,
      JSON.stringify({ ...entry.details, key: entry.origin.keyId }),
    );
}

export async function recordAudit(db: D1Database, entry: AuditEntry, now: number): Promise<void> {
  await buildAudit(db, entry, now).run();
}

export interface AuditRow {
  id: number;
  at: number;
  action: string;
  actorId: string | null;
  actorEmail: string | null;
  subjectType: string;
  subjectId: string | null;
  subjectEmail: string | null;
  requestId: string | null;
  place: string | null;
  details: string;
}

export interface AuditFilter {
  /** Who did it: an id, or the address that the person has today, in its normal form. */
  actor?: string | undefined;
  /** Whom it was about, likewise. */
  subject?: string | undefined;
  action?: string | undefined;
}

export type AuditPage = Page<AuditRow>;

/** Newest first. Conditions are added only for what was asked, so that each is answered by its index. */
export async function listAudit(
  db: D1Database,
  filter: AuditFilter,
  page: { cursor?: number | undefined; limit: number },
): Promise<AuditPage> {
  const conditions = ["a.id < ?1"];
  const values: (string | number)[] = [page.cursor ?? Number.MAX_SAFE_INTEGER, page.limit + 1];
  const add = (column: string, value: string | undefined): void => {
    if (value === undefined) return;
    values.push(value);
    const parameter = `?${values.length}`;
    // No id has an @ in it, and neither has the key of a flag.
    const id = value.includes("@") ? `(SELECT id FROM users WHERE email = ${parameter})` : parameter;
    conditions.push(`a.${column} = ${id}`);
  };
  add("actor_id", filter.actor);
  add("subject_id", filter.subject);
  add("action", filter.action);
  const { results } = await db
    .prepare(
      `SELECT a.id, a.at, a.action, a.actor_id AS actorId, actor.email AS actorEmail, a.subject_type AS subjectType,
         a.subject_id AS subjectId, subject.email AS subjectEmail, a.request_id AS requestId, a.place, a.details
       FROM audit_log a LEFT JOIN users actor ON actor.id = a.actor_id LEFT JOIN users subject ON subject.id = a.subject_id
       WHERE ${conditions.join(" AND ")} ORDER BY a.id DESC LIMIT ?2`,
    )
    .bind(...values)
    .all<AuditRow>();
  return buildPage(results, page.limit);
}
