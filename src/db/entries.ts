/** Table credit_entries as people read it: lists, newest first. Writing belongs to credits/. */
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

export async function listEntriesByUser(
  db: D1Database,
  userId: string,
  page: { cursor?: number | undefined; limit: number },
): Promise<EntryPage> {
  const { results } = await db
    .prepare(
      `SELECT id, kind, available, held, reason, actor_id AS actorId, generation_id AS generationId, created_at AS createdAt
       FROM credit_entries WHERE user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3`,
    )
    .bind(userId, page.cursor ?? Number.MAX_SAFE_INTEGER, page.limit + 1)
    .all<EntryRow>();
  const items = results.slice(0, page.limit);
  const last = items.at(-1);
  return { items, nextCursor: results.length > page.limit && last !== undefined ? String(last.id) : null };
}
