/** Table credit_entries as people read it: lists, newest first. Writing belongs to credits/. */
import { buildPage, type Page } from "./page.ts";
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

export type EntryPage = Page<EntryRow>;

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
    parse: (rows: EntryRow[]) => buildPage(rows, page.limit),
  };
}

export function listEntriesByUser(
  db: D1Database,
  userId: string,
  page: EntryPageRequest,
): Promise<EntryPage> {
  return runQuery(buildEntriesQuery(db, userId, page));
}
