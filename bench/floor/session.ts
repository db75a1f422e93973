/** Who is calling, by one raw prepared statement: the same row that the product reads on every request. */

export interface FloorSession {
  id: string;
  email: string;
  name: string;
  role: string;
  emailVerifiedAt: number | null;
  available: number;
  held: number;
}

const SELECT_SESSION = `
  SELECT s.id AS sessionId, s.expires_at AS expiresAt, s.absolute_expires_at AS absoluteExpiresAt,
    s.last_used_at AS lastUsedAt, u.id, u.email, u.name, u.role, u.email_verified_at AS emailVerifiedAt,
    a.available, a.held
  FROM sessions s JOIN users u ON u.id = s.user_id JOIN credit_accounts a ON a.user_id = u.id
  WHERE s.token_hash = ?1 AND s.expires_at > ?2 AND s.absolute_expires_at > ?2 AND u.disabled_at IS NULL`;

export async function findFloorSession(db: D1Database, request: Request): Promise<FloorSession | null> {
  const [, token] = /(?:^|; )__Host-session=([^;]+)/.exec(request.headers.get("Cookie") ?? "") ?? [];
  if (token === undefined) return null;
  return db
    .prepare(SELECT_SESSION)
    .bind(await sha256(token), Date.now())
    .first<FloorSession>();
}

/** Lower-case hex. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Buffer.from(digest).toString("hex");
}
