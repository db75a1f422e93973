/**
 * Adds credits to a balance, or takes them away: a signed whole number on top of what is there, never a new total.
 * One Idempotency-Key is one operation; a repeat gives the first answer.
 */
import type { AuditOrigin } from "../db/audit.ts";
import { DATABASE_NOW_MS as NOW } from "../db/client.ts";
import type { Role } from "../db/schema.ts";
import type { UserRow } from "../db/users.ts";
import type { Balance } from "./reserve.ts";

export interface ApplyRequest {
  userId: string;
  /** Signed whole credits, not 0. */
  amount: number;
  reason: string;
  /** Nobody acts on someone who outranks them: the roles that this actor may act on. */
  actor: { id: string; mayActOn: readonly Role[] };
  /** Unique for the operation, for example `admin:<actor>:<Idempotency-Key>`. */
  opKey: string;
  /** SHA-256 of the whole request: the same key with another hash is another operation. */
  requestHash: string;
  audit: AuditOrigin;
}

export type ApplyOutcome =
  /** `credits` is the balance right after this operation, also when it is answered again later. */
  | { kind: "applied" | "replayed"; added: number; credits: Balance; user: UserRow }
  | { kind: "key_reused" }
  | { kind: "outranked" }
  | { kind: "below_zero"; credits: Balance }
  | { kind: "no_account" };

interface AppliedRow extends UserRow {
  entryId: number | null;
  entryUserId: string | null;
  requestHash: string | null;
  amount: number | null;
  availableThen: number | null;
  heldThen: number | null;
}

/** The entry, its audit row and the answer in one D1 round trip. */
export async function applyCredits(db: D1Database, request: ApplyRequest): Promise<ApplyOutcome> {
  const results = await db.batch([
    insertEntry(db, request),
    insertAudit(db, request),
    selectApplied(db, request),
  ]);
  const isNew = (results[0]?.results.length ?? 0) === 1;
  const row = results[2]?.results[0] as AppliedRow | undefined;
  if (row === undefined) return { kind: "no_account" };
  if (row.entryId === null) {
    if (!request.actor.mayActOn.includes(row.role)) return { kind: "outranked" };
    return { kind: "below_zero", credits: { available: row.available, held: row.held } };
  }
  if (row.entryUserId !== request.userId || row.requestHash !== request.requestHash) {
    return { kind: "key_reused" };
  }
  return {
    kind: isNew ? "applied" : "replayed",
    added: row.amount ?? 0,
    credits: { available: row.availableThen ?? 0, held: row.heldThen ?? 0 },
    user: toUser(row),
  };
}

function insertEntry(db: D1Database, request: ApplyRequest) {
  return db
    .prepare(
      `INSERT INTO credit_entries (user_id, kind, available, held, op_key, request_hash, actor_id, reason, created_at)
       SELECT a.user_id, CASE WHEN ?2 > 0 THEN 'grant' ELSE 'revoke' END, ?2, 0, ?3, ?4, ?5, ?6, ${NOW}
       FROM credit_accounts a JOIN users u ON u.id = a.user_id
       WHERE a.user_id = ?1 AND a.available + ?2 >= 0 AND u.role IN (SELECT value FROM json_each(?7))
         AND NOT EXISTS (SELECT 1 FROM credit_entries WHERE op_key = ?3)
       RETURNING id`,
    )
    .bind(
      request.userId,
      request.amount,
      request.opKey,
      request.requestHash,
      request.actor.id,
      request.reason,
      JSON.stringify(request.actor.mayActOn),
    );
}

/** Written only when the statement before it wrote its entry. */
function insertAudit(db: D1Database, request: ApplyRequest) {
  return db
    .prepare(
      `INSERT INTO audit_log (at, actor_id, action, subject_type, subject_id, request_id, place, details)
       SELECT ${NOW}, ?1, 'credits.apply', 'user', ?2, ?3, ?4,
         json_patch(json_object('amount', CAST(?5 AS INTEGER), 'reason', ?6), json_object('key', ?7))
       WHERE changes() > 0`,
    )
    .bind(
      request.actor.id,
      request.userId,
      request.audit.requestId,
      request.audit.place,
      request.amount,
      request.reason,
      // Merged into the details, where null leaves the name out.
      request.audit.keyId ?? null,
    );
}

/**
 * The balance now, and the balance right after the entry of this key: a replay gives the first answer. The two are the
 * same while that entry is the newest, so only a late replay adds up the ledger.
 */
function selectApplied(db: D1Database, request: ApplyRequest) {
  return db
    .prepare(
      `SELECT u.id, u.email, u.name, u.role, u.email_verified_at AS emailVerifiedAt, u.disabled_at AS disabledAt,
         u.created_at AS createdAt, a.available, a.held, e.id AS entryId, e.user_id AS entryUserId, e.request_hash AS requestHash,
         e.available AS amount,
         CASE WHEN e.id = a.last_entry THEN a.available
           ELSE (SELECT sum(available) FROM credit_entries WHERE user_id = e.user_id AND id <= e.id) END AS availableThen,
         CASE WHEN e.id = a.last_entry THEN a.held
           ELSE (SELECT sum(held) FROM credit_entries WHERE user_id = e.user_id AND id <= e.id) END AS heldThen
       FROM credit_accounts a JOIN users u ON u.id = a.user_id LEFT JOIN credit_entries e ON e.op_key = ?2
       WHERE a.user_id = ?1`,
    )
    .bind(request.userId, request.opKey);
}

function toUser(row: AppliedRow): UserRow {
  const { id, email, name, role, emailVerifiedAt, disabledAt, createdAt, available, held } = row;
  return { id, email, name, role, emailVerifiedAt, disabledAt, createdAt, available, held };
}
