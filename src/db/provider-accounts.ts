/** Table provider_accounts: which accounts at identity providers open which account here. Never a provider's token. */
import { type Query, runQuery } from "./query.ts";

export interface ProviderAccountKey {
  provider: string;
  providerAccountId: string;
}

/** Whom an account at a provider belongs to here. */
export interface ProviderAccountOwner {
  userId: string;
  disabledAt: number | null;
}

export async function findProviderAccountOwner(
  db: D1Database,
  { provider, providerAccountId }: ProviderAccountKey,
): Promise<ProviderAccountOwner | null> {
  return db
    .prepare(
      `SELECT p.user_id AS userId, u.disabled_at AS disabledAt FROM provider_accounts p JOIN users u ON u.id = p.user_id
       WHERE p.provider = ?1 AND p.provider_account_id = ?2`,
    )
    .bind(provider, providerAccountId)
    .first<ProviderAccountOwner>();
}

export interface NewProviderAccount extends ProviderAccountKey {
  userId: string;
  email: string;
}

/** A statement for a batch. It fails when the account belongs to somebody, or the person has another one there. */
export function buildProviderAccount(
  db: D1Database,
  account: NewProviderAccount,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO provider_accounts (provider, provider_account_id, user_id, email, created_at)
       VALUES (?1, ?2, ?3, ?4, ?5)`,
    )
    .bind(account.provider, account.providerAccountId, account.userId, account.email, now);
}

/** True for the error of a statement of buildProviderAccount that came too late. */
export function isProviderAccountTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes("UNIQUE constraint failed: provider_accounts.");
}

/** True for the error of a statement of buildProviderAccount whose person isn't there. */
export function isPersonMissing(error: unknown): boolean {
  return error instanceof Error && error.message.includes("FOREIGN KEY constraint failed");
}

/** A statement for a batch: it was used just now. `email` replaces the address that is shown, where there is one. */
export function buildProviderAccountUse(
  db: D1Database,
  { provider, providerAccountId }: ProviderAccountKey,
  email: string | null,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE provider_accounts SET last_used_at = ?4, email = coalesce(?3, email)
       WHERE provider = ?1 AND provider_account_id = ?2`,
    )
    .bind(provider, providerAccountId, email, now);
}

export interface ProviderAccountRow extends ProviderAccountKey {
  email: string;
  createdAt: number;
  lastUsedAt: number | null;
}

/** A person has at most one account at each provider. */
export function buildProviderAccountsQuery(db: D1Database, userId: string): Query<ProviderAccountRow[]> {
  return {
    statement: db
      .prepare(
        `SELECT provider, provider_account_id AS providerAccountId, email, created_at AS createdAt,
           last_used_at AS lastUsedAt FROM provider_accounts WHERE user_id = ?1 ORDER BY provider`,
      )
      .bind(userId),
    parse: (rows: ProviderAccountRow[]) => rows,
  };
}

export function listProviderAccounts(db: D1Database, userId: string): Promise<ProviderAccountRow[]> {
  return runQuery(buildProviderAccountsQuery(db, userId));
}
