/** Table credit_entries as people read it: lists, newest first. Writing belongs to credits/. */
import { type Query, runQuery } from "./query.ts";
import type { EntryKind } from "./schema.ts";

export interface EntryRow {
  id: number;
  kind: EntryKind;
  available: number;
  held: number;
  reason: string | null;
  actorId: string | null;
  generationId: string | null;
  createdAt: number;
}

export interface EntryPage {
  items: EntryRow[];
  nextCursor: string | null;
}

export interface EntryPageRequest {
  cursor?: number | undefined;
  limit: number;
}

export function buildEntriesQuery(db: D1Database, userId: string, page: EntryPageRequest): Query<EntryPage> {
  return {
    statement: db
      .prepare(
        `SELECT id, kind, available, held, reason, actor_id AS actorId, generation_id AS generationId, created_at AS createdAt
         FROM credit_entries WHERE user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3`,
      )
      .bind(userId, page.cursor ?? Number.MAX_SAFE_INTEGER, page.limit + 1),
    parse: (rows: EntryRow[]) => {
      const items = rows.slice(0, page.limit);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > page.limit && last !== undefined ? String(last.id) : null };
    },
  };
}

export function listEntriesByUser(
  db: D1Database,
  userId: string,
  page: EntryPageRequest,
): Promise<EntryPage> {
  return runQuery(buildEntriesQuery(db, userId, page));
}
