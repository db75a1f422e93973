/** `PATCH /api/admin/users/:id`: the entry, its audit row and the answer in one batch. */
import { type FloorSession, sha256 } from "./session.ts";

const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

const INSERT_ENTRY = `
  INSERT INTO credit_entries (user_id, kind, available, held, op_key, request_hash, actor_id, reason, created_at)
  SELECT a.user_id, 'grant', ?2, 0, ?3, ?4, ?5, ?6, ${NOW} FROM credit_accounts a JOIN users u ON u.id = a.user_id
  WHERE a.user_id = ?1 AND a.available + ?2 >= 0 AND u.role IN (SELECT value FROM json_each(?7))
    AND NOT EXISTS (SELECT 1 FROM credit_entries WHERE op_key = ?3)
  RETURNING id`;

const INSERT_AUDIT = `
  INSERT INTO audit_log (at, actor_id, action, subject_type, subject_id, request_id, place, details)
  SELECT ${NOW}, ?1, 'credits.apply', 'user', ?2, ?3, NULL, json_object('amount', CAST(?4 AS INTEGER), 'reason', ?5)
  WHERE changes() > 0`;

const SELECT_APPLIED = `
  SELECT u.id, u.email, u.name, u.role, u.email_verified_at AS emailVerifiedAt, u.disabled_at AS disabledAt,
    u.created_at AS createdAt, a.available, a.held, e.available AS amount,
    CASE WHEN e.id = a.last_entry THEN a.available
      ELSE (SELECT sum(available) FROM credit_entries WHERE user_id = e.user_id AND id <= e.id) END AS availableThen,
    CASE WHEN e.id = a.last_entry THEN a.held
      ELSE (SELECT sum(held) FROM credit_entries WHERE user_id = e.user_id AND id <= e.id) END AS heldThen
  FROM credit_accounts a JOIN users u ON u.id = a.user_id JOIN credit_entries e ON e.op_key = ?2 WHERE a.user_id = ?1`;

interface AppliedRow {
  id: string;
  email: string;
  name: string;
  role: string;
  emailVerifiedAt: number | null;
  disabledAt: number | null;
  createdAt: number;
  available: number;
  held: number;
  amount: number;
  availableThen: number;
  heldThen: number;
}

export async function addFloorCredits(
  db: D1Database,
  actor: FloorSession,
  userId: string,
  request: Request,
): Promise<Response> {
  if (actor.role !== "ADMIN") return new Response(null, { status: 403 });
  const { addCredits, reason } = await request.json<{ addCredits: number; reason: string }>();
  const opKey = `admin:${actor.id}:${request.headers.get("Idempotency-Key")}`;
  const hash = await sha256(JSON.stringify([userId, addCredits, reason]));
  const results = await db.batch<AppliedRow>([
    db.prepare(INSERT_ENTRY).bind(userId, addCredits, opKey, hash, actor.id, reason, '["USER","ADMIN"]'),
    db.prepare(INSERT_AUDIT).bind(actor.id, userId, crypto.randomUUID(), addCredits, reason),
    db.prepare(SELECT_APPLIED).bind(userId, opKey),
  ]);
  const row = results[2]?.results[0];
  if (row === undefined) return new Response(null, { status: 404 });
  return Response.json({
    user: {
      id: row.id,
      email: row.email,
      name: row.name,
      role: row.role,
      disabled: row.disabledAt !== null,
      emailVerified: row.emailVerifiedAt !== null,
      createdAt: new Date(row.createdAt).toISOString(),
      credits: { available: row.available, held: row.held },
    },
    credits: { added: row.amount, available: row.availableThen, held: row.heldThen },
  });
}
