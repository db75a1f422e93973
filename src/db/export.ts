/**
 * Everything that is kept about one person, list by list, oldest first. Hashes of passwords, tokens and keys are
 * left out: they are no use to anybody but a thief.
 */

export interface ExportList {
  /** How the list is called in the export. */
  name: string;
  /** ?1 the person, ?2 the last id of the page before, ?3 how many. The column that pages is called `id`. */
  sql: string;
  /** Sorts before every id. */
  start: string | number;
}

export const EXPORT_LISTS: readonly ExportList[] = [
  {
    name: "entries",
    start: 0,
    sql: `SELECT id, kind, available, held, reason, actor_id AS actorId, generation_id AS generationId,
            created_at AS createdAt
          FROM credit_entries WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    name: "briefs",
    start: "",
    sql: `SELECT id, event_type AS eventType, style, quality, body, title, prompt, pictures, cost, created_at AS createdAt
          FROM briefs WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    name: "generations",
    start: "",
    sql: `SELECT id, brief_id AS briefId, status, cost, shape, alt, model, width, height, seed, error_code AS errorCode,
            created_at AS createdAt, updated_at AS updatedAt
          FROM generations WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    name: "images",
    start: "",
    sql: `SELECT id, generation_id AS generationId, format, width, height, bytes, sha256, title, alt, visibility,
            favourite, tags, event_type AS eventType, style, shape, prompt, seed, model, created_at AS createdAt,
            updated_at AS updatedAt
          FROM images WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    name: "profilePicture",
    start: "",
    sql: `SELECT user_id AS id, bytes AS webp, sha256, updated_at AS updatedAt
          FROM profile_pictures WHERE user_id = ?1 AND user_id > ?2 LIMIT ?3`,
  },
  {
    name: "sessions",
    start: "",
    sql: `SELECT id, method, user_agent AS userAgent, place, created_at AS createdAt, last_used_at AS lastUsedAt,
            expires_at AS expiresAt
          FROM sessions WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    name: "keys",
    start: "",
    sql: `SELECT id, name, prefix, scopes, created_at AS createdAt, last_used_at AS lastUsedAt
          FROM api_keys WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    name: "providerAccounts",
    start: "",
    sql: `SELECT provider || ':' || provider_account_id AS id, provider, provider_account_id AS providerAccountId, email,
            created_at AS createdAt, last_used_at AS lastUsedAt
          FROM provider_accounts WHERE user_id = ?1 AND provider || ':' || provider_account_id > ?2 ORDER BY id LIMIT ?3`,
  },
  {
    name: "passkeys",
    start: "",
    sql: `SELECT credential_id AS id, name, transports, created_at AS createdAt, last_used_at AS lastUsedAt
          FROM passkeys WHERE user_id = ?1 AND credential_id > ?2 ORDER BY credential_id LIMIT ?3`,
  },
  {
    name: "audit",
    start: 0,
    sql: `SELECT id, at, action, actor_id AS actorId, subject_id AS subjectId, place, details
          FROM audit_log WHERE subject_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
  },
];

export type ExportRow = Record<string, unknown> & { id: string | number };

export interface ExportFirstPages {
  user: Record<string, unknown>;
  /** How many there are. */
  pictures: number;
  /** In the order of EXPORT_LISTS. */
  pages: ExportRow[][];
}

/** The person and the first page of every list, in one D1 round trip. Null when the person is gone. */
export async function readExport(
  db: D1Database,
  userId: string,
  limit: number,
): Promise<ExportFirstPages | null> {
  const [users, ...pages] = await db.batch<ExportRow>([
    db
      .prepare(
        `SELECT u.id, u.email, u.name, u.role, u.email_verified_at AS emailVerifiedAt, u.created_at AS createdAt,
           a.available, a.held, (SELECT count(*) FROM images WHERE user_id = ?1) AS pictures
         FROM users u JOIN credit_accounts a ON a.user_id = u.id WHERE u.id = ?1`,
      )
      .bind(userId),
    ...EXPORT_LISTS.map((list) => db.prepare(list.sql).bind(userId, list.start, limit)),
  ]);
  const row = users?.results[0];
  if (row === undefined) return null;
  const { pictures, ...user } = row;
  return { user, pictures: Number(pictures), pages: pages.map((page) => page.results) };
}

/** The page of a list behind `after`. */
export async function readExportPage(
  db: D1Database,
  list: ExportList,
  userId: string,
  after: string | number,
  limit: number,
): Promise<ExportRow[]> {
  const { results } = await db.prepare(list.sql).bind(userId, after, limit).all<ExportRow>();
  return results;
}

export interface ExportPicture {
  id: string;
  key: string;
  format: "png" | "jpeg" | "webp";
  title: string;
  createdAt: number;
}

/** Part `part` (from 1) of a person's pictures, oldest first, with `size` of them in a part. */
export async function listExportPictures(
  db: D1Database,
  userId: string,
  part: number,
  size: number,
): Promise<ExportPicture[]> {
  const { results } = await db
    .prepare(
      `SELECT id, key, format, title, created_at AS createdAt FROM images WHERE user_id = ?1
       ORDER BY id LIMIT ?3 OFFSET (?2 - 1) * ?3`,
    )
    .bind(userId, part, size)
    .all<ExportPicture>();
  return results;
}
