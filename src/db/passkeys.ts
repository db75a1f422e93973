/** Table passkeys: public keys that open an account. Nothing in it is a secret. */
import { type Query, runQuery } from "./query.ts";

export interface NewPasskey {
  /** base64url, as is the key. */
  credentialId: string;
  userId: string;
  publicKey: string;
  counter: number;
  transports: readonly string[];
  name: string;
}

/** A statement whose `changes` tell whether it was added: the passkey is new, and the person has fewer than `max`. */
export function buildPasskey(
  db: D1Database,
  passkey: NewPasskey,
  max: number,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO passkeys (credential_id, user_id, public_key, counter, transports, name, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT count(*) FROM passkeys WHERE user_id = ?2) < ?8
       ON CONFLICT (credential_id) DO NOTHING`,
    )
    .bind(
      passkey.credentialId,
      passkey.userId,
      passkey.publicKey,
      passkey.counter,
      JSON.stringify(passkey.transports),
      passkey.name,
      now,
      max,
    );
}

export interface PasskeyKeyRow {
  userId: string;
  publicKey: string;
  counter: number;
  disabledAt: number | null;
}

/** What signing in with it needs. */
export async function findPasskeyKey(db: D1Database, credentialId: string): Promise<PasskeyKeyRow | null> {
  return db
    .prepare(
      `SELECT p.user_id AS userId, p.public_key AS publicKey, p.counter, u.disabled_at AS disabledAt
       FROM passkeys p JOIN users u ON u.id = p.user_id WHERE p.credential_id = ?1`,
    )
    .bind(credentialId)
    .first<PasskeyKeyRow>();
}

/** A statement for a batch: it was used just now. The counter never goes back, also when two uses arrive at once. */
export function buildPasskeyUse(
  db: D1Database,
  credentialId: string,
  counter: number,
  now: number,
): D1PreparedStatement {
  return db
    .prepare("UPDATE passkeys SET counter = max(counter, ?2), last_used_at = ?3 WHERE credential_id = ?1")
    .bind(credentialId, counter, now);
}

export interface PasskeyRow {
  credentialId: string;
  name: string;
  createdAt: number;
  lastUsedAt: number | null;
}

/** The newest first. */
export function buildPasskeysQuery(db: D1Database, userId: string, limit: number): Query<PasskeyRow[]> {
  return {
    statement: db
      .prepare(
        `SELECT credential_id AS credentialId, name, created_at AS createdAt, last_used_at AS lastUsedAt
         FROM passkeys WHERE user_id = ?1 ORDER BY created_at DESC, credential_id LIMIT ?2`,
      )
      .bind(userId, limit),
    parse: (rows: PasskeyRow[]) => rows,
  };
}

export function listPasskeys(db: D1Database, userId: string, limit: number): Promise<PasskeyRow[]> {
  return runQuery(buildPasskeysQuery(db, userId, limit));
}

export async function hasPasskey(db: D1Database, userId: string, credentialId: string): Promise<boolean> {
  const row = await db
    .prepare("SELECT 1 AS found FROM passkeys WHERE credential_id = ?2 AND user_id = ?1")
    .bind(userId, credentialId)
    .first();
  return row !== null;
}
