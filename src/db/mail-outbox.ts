/**
 * Table mail_outbox: letters that have to go out, each until it is sent. A row says which letter to whom and holds
 * neither token nor text; whoever sends it writes the letter anew, the same each time.
 */

export interface OutboxRow {
  id: string;
  kind: string;
  recipient: string;
  userId: string | null;
  /** JSON; its meaning depends on the kind. */
  details: string;
  /** How often sending has been tried, this time included. */
  attempts: number;
  createdAt: number;
}

export interface NewOutboxRow {
  id: string;
  kind: string;
  recipient: string;
  userId: string | null;
  details: Readonly<Record<string, string | null>>;
}

/** Between the first attempt and the second one. */
export const LETTER_RETRY_FIRST_MS = 60_000;
/** How much longer a letter belongs to whoever took it: more than one attempt takes. */
const LETTER_LEASE_MS = 15_000;

const COLUMNS = "id, kind, recipient, user_id AS userId, details, attempts, created_at AS createdAt";

const INSERT = `INSERT INTO mail_outbox (id, kind, recipient, user_id, details, due_at, created_at)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6`;

/** A statement for a batch. `onlyIfChanged`: written only when the statement before it changed a row. */
export function buildOutboxRow(
  db: D1Database,
  row: NewOutboxRow,
  now: number,
  options: { onlyIfChanged?: boolean } = {},
): D1PreparedStatement {
  return db
    .prepare(options.onlyIfChanged === true ? `${INSERT} WHERE changes() > 0` : INSERT)
    .bind(row.id, row.kind, row.recipient, row.userId, JSON.stringify(row.details), now);
}

/**
 * Takes one letter for sending, or null when it is sent, taken by somebody else, or not due yet.
 * It is due again after the lease and `retryAfterMs`, in case whoever took it dies.
 */
export async function claimLetter(
  db: D1Database,
  id: string,
  now: number,
  retryAfterMs: number,
): Promise<OutboxRow | null> {
  return db
    .prepare(
      `UPDATE mail_outbox SET attempts = attempts + 1, due_at = ?2 + ?3 WHERE id = ?1 AND due_at <= ?2
       RETURNING ${COLUMNS}`,
    )
    .bind(id, now, LETTER_LEASE_MS + retryAfterMs)
    .first<OutboxRow>();
}

/** It could not be sent: the lease is over, and it is due `retryAfterMs` from now. */
export async function releaseLetter(
  db: D1Database,
  id: string,
  now: number,
  retryAfterMs: number,
): Promise<void> {
  await db.prepare("UPDATE mail_outbox SET due_at = ?2 + ?3 WHERE id = ?1").bind(id, now, retryAfterMs).run();
}

/** Letters that are due, the longest waiting first. */
export async function listDueLetters(
  db: D1Database,
  now: number,
  limit: number,
): Promise<{ id: string; attempts: number }[]> {
  const { results } = await db
    .prepare("SELECT id, attempts FROM mail_outbox WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2")
    .bind(now, limit)
    .all<{ id: string; attempts: number }>();
  return results;
}

/** The letter is sent, or nobody needs it any more. */
export async function deleteLetter(db: D1Database, id: string): Promise<void> {
  await db.prepare("DELETE FROM mail_outbox WHERE id = ?1").bind(id).run();
}

/**
 * How many letters wait, and how many of them could not be sent so far. One that is being sent for the first time
 * hasn't failed yet: its lease makes it due later than any that has.
 */
export async function countWaitingLetters(
  db: D1Database,
  now: number,
): Promise<{ waiting: number; failing: number }> {
  const row = await db
    .prepare(
      `SELECT count(*) AS waiting,
         coalesce(sum(attempts > 1 OR (attempts = 1 AND due_at <= ?1 + ?2)), 0) AS failing
       FROM mail_outbox`,
    )
    .bind(now, LETTER_RETRY_FIRST_MS)
    .first<{ waiting: number; failing: number }>();
  return row ?? { waiting: 0, failing: 0 };
}
