/** Table users, joined with the balance where a page shows both. */
import { eq, sql } from "drizzle-orm";
import { preparedOnce } from "./client.ts";
import { buildPage, LAST_ID, type Page } from "./page.ts";
import { buildContains, type Query, runQuery } from "./query.ts";
import { type Role, users } from "./schema.ts";

export interface UserRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  emailVerifiedAt: number | null;
  disabledAt: number | null;
  createdAt: number;
  available: number;
  held: number;
}

const SELECT_USERS = `
  SELECT u.id, u.email, u.name, u.role, u.email_verified_at AS emailVerifiedAt, u.disabled_at AS disabledAt,
    u.created_at AS createdAt, a.available, a.held
  FROM users u JOIN credit_accounts a ON a.user_id = u.id`;

export function buildUserQuery(db: D1Database, id: string): Query<UserRow | null> {
  return {
    statement: db.prepare(`${SELECT_USERS} WHERE u.id = ?1`).bind(id),
    parse: ([row]: UserRow[]) => row ?? null,
  };
}

export function findUser(db: D1Database, id: string): Promise<UserRow | null> {
  return runQuery(buildUserQuery(db, id));
}

/** What somebody's own account page shows about them. */
export interface OwnAccountRow extends UserRow {
  /** 1 for people who have a password; others sign in by mailed links. */
  hasPassword: number;
  pictures: number;
}

export function buildOwnAccountQuery(db: D1Database, id: string): Query<OwnAccountRow | null> {
  return {
    statement: db
      .prepare(
        `SELECT u.id, u.email, u.name, u.role, u.email_verified_at AS emailVerifiedAt, u.disabled_at AS disabledAt,
           u.created_at AS createdAt, a.available, a.held, u.password_hash IS NOT NULL AS hasPassword,
           (SELECT count(*) FROM images WHERE user_id = ?1) AS pictures
         FROM users u JOIN credit_accounts a ON a.user_id = u.id WHERE u.id = ?1`,
      )
      .bind(id),
    parse: ([row]: OwnAccountRow[]) => row ?? null,
  };
}

/** What sign-in needs and nothing else reads: the stored password hash. */
export interface CredentialsRow {
  id: string;
  passwordHash: string | null;
  disabledAt: number | null;
}

const credentialsByEmail = preparedOnce((db) =>
  db
    .select({ id: users.id, passwordHash: users.passwordHash, disabledAt: users.disabledAt })
    .from(users)
    .where(eq(users.email, sql.placeholder("email")))
    .prepare(),
);

/** `email` in its normal form: trimmed, lower case. */
export async function findCredentials(db: D1Database, email: string): Promise<CredentialsRow | null> {
  return (await credentialsByEmail(db).get({ email })) ?? null;
}

/** A person as their mailbox knows them. */
export interface MailboxRow {
  id: string;
  passwordHash: string | null;
  emailVerifiedAt: number | null;
  disabledAt: number | null;
}

/** `email` in its normal form. */
export async function findUserByEmail(db: D1Database, email: string): Promise<MailboxRow | null> {
  return db
    .prepare(
      `SELECT id, password_hash AS passwordHash, email_verified_at AS emailVerifiedAt, disabled_at AS disabledAt
       FROM users WHERE email = ?1`,
    )
    .bind(email)
    .first<MailboxRow>();
}

export interface UserFilter {
  /** Part of an address or a name. */
  q?: string | undefined;
  role?: Role | undefined;
}

export interface UserPage extends Page<UserRow> {
  total: number;
}

/** Newest first. `cursor` is the id of the last row of the page before. */
export async function listUsers(
  db: D1Database,
  filter: UserFilter,
  page: { cursor?: string | undefined; limit: number },
): Promise<UserPage> {
  const text = filter.q ?? null;
  const isFound = `(?1 IS NULL OR ${buildContains("u.email", "?1")} OR ${buildContains("u.name", "?1")})`;
  const where = `${isFound} AND (?2 IS NULL OR u.role = ?2)`;
  const [rows, count] = await db.batch([
    db
      .prepare(`${SELECT_USERS} WHERE ${where} AND u.id < ?3 ORDER BY u.id DESC LIMIT ?4`)
      .bind(text, filter.role ?? null, page.cursor ?? LAST_ID, page.limit + 1),
    db.prepare(`SELECT count(*) AS total FROM users u WHERE ${where}`).bind(text, filter.role ?? null),
  ]);
  const found = (rows?.results ?? []) as unknown as UserRow[];
  const total = (count?.results[0] as { total: number } | undefined)?.total ?? 0;
  return { ...buildPage(found, page.limit), total };
}
