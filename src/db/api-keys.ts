/** Table api_keys: keys for programs. Holds hashes; a key is shown once, when it is made. */
import type { Query } from "./query.ts";
import type { Role } from "./schema.ts";

/** A key's person and their balance, as a session has them too. */
export interface KeyHolderRow {
  keyId: string;
  /** JSON array. */
  scopes: string;
  lastUsedAt: number | null;
  userId: string;
  email: string;
  name: string;
  role: Role;
  emailVerifiedAt: number | null;
  available: number;
  held: number;
}

/** Null when there is no such key or when its person is disabled. */
export async function findKeyHolder(db: D1Database, keyHash: string): Promise<KeyHolderRow | null> {
  return db
    .prepare(
      `SELECT k.id AS keyId, k.scopes, k.last_used_at AS lastUsedAt, u.id AS userId, u.email, u.name, u.role,
         u.email_verified_at AS emailVerifiedAt, a.available, a.held
       FROM api_keys k JOIN users u ON u.id = k.user_id JOIN credit_accounts a ON a.user_id = u.id
       WHERE k.key_hash = ?1 AND u.disabled_at IS NULL`,
    )
    .bind(keyHash)
    .first<KeyHolderRow>();
}

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  /** JSON array. */
  scopes: string;
  createdAt: number;
  lastUsedAt: number | null;
}

export interface NewApiKey {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  keyHash: string;
  scopes: readonly string[];
}

/** A statement that inserts nothing when the person has `max` keys already, or one of this name. */
export function buildApiKey(db: D1Database, key: NewApiKey, max: number, now: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT count(*) FROM api_keys WHERE user_id = ?2) < ?8
         AND NOT EXISTS (SELECT 1 FROM api_keys WHERE user_id = ?2 AND name = ?3)`,
    )
    .bind(key.id, key.userId, key.name, key.prefix, key.keyHash, JSON.stringify(key.scopes), now, max);
}

/** A statement for the same batch, before the key's own: a row when the person has a key of this name already. */
export function buildKeyOfName(db: D1Database, userId: string, name: string): D1PreparedStatement {
  return db.prepare("SELECT id FROM api_keys WHERE user_id = ?1 AND name = ?2 LIMIT 1").bind(userId, name);
}

/** Newest first. */
export function buildApiKeysQuery(db: D1Database, userId: string, limit: number): Query<ApiKeyRow[]> {
  return {
    statement: db
      .prepare(
        `SELECT id, name, prefix, scopes, created_at AS createdAt, last_used_at AS lastUsedAt
         FROM api_keys WHERE user_id = ?1 ORDER BY id DESC LIMIT ?2`,
      )
      .bind(userId, limit),
    parse: (rows: ApiKeyRow[]) => rows,
  };
}

/** A statement whose `changes` tell whether there was one: a key of this person. */
export function buildDeleteApiKey(db: D1Database, userId: string, id: string): D1PreparedStatement {
  return db.prepare("DELETE FROM api_keys WHERE id = ?2 AND user_id = ?1").bind(userId, id);
}

export async function touchApiKey(db: D1Database, id: string, now: number): Promise<void> {
  await db.prepare("UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1").bind(id, now).run();
}
