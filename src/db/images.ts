/** Table images: pictures as their owner and other viewers read them. Rows are inserted by finishJob only. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import { buildPage, LAST_ID, type Page } from "./page.ts";
import { buildContains } from "./query.ts";

export interface ImageRow {
  id: string;
  generationId: string;
  userId: string;
  key: string;
  thumbnailKey: string | null;
  format: "png" | "jpeg" | "webp";
  width: number;
  height: number;
  bytes: number;
  sha256: string;
  title: string;
  alt: string;
  visibility: "private" | "public";
  favourite: number;
  tags: string;
  eventType: string;
  style: string | null;
  shape: string;
  prompt: string;
  seed: number | null;
  model: string;
  briefId: string;
  createdAt: number;
}

const SELECT_IMAGES = `
  SELECT i.id, i.generation_id AS generationId, i.user_id AS userId, i.key, i.thumbnail_key AS thumbnailKey, i.format,
    i.width, i.height, i.bytes, i.sha256, i.title, i.alt, i.visibility, i.favourite, i.tags, i.event_type AS eventType,
    i.style, i.shape, i.prompt, i.seed, i.model, g.brief_id AS briefId, i.created_at AS createdAt
  FROM images i JOIN generations g ON g.id = i.generation_id`;

export async function findImage(db: D1Database, id: string): Promise<ImageRow | null> {
  return db.prepare(`${SELECT_IMAGES} WHERE i.id = ?1`).bind(id).first<ImageRow>();
}

export interface ImageFilter {
  /** Part of a title or a prompt. */
  q?: string | undefined;
  eventType?: string | undefined;
  style?: string | undefined;
  shape?: string | undefined;
  visibility?: "private" | "public" | undefined;
  favourite?: boolean | undefined;
  tag?: string | undefined;
}

export interface ImagePage extends Page<ImageRow> {
  total: number;
}

/** One person's own pictures, newest first. `cursor` is the id of the last picture of the page before. */
export async function listImagesByUser(
  db: D1Database,
  userId: string,
  filter: ImageFilter,
  page: { cursor?: string | undefined; limit: number },
): Promise<ImagePage> {
  const { where, values } = buildFilter(userId, filter);
  const cursor = values.length + 1;
  const [rows, count] = await db.batch([
    db
      .prepare(
        `${SELECT_IMAGES} WHERE ${where} AND i.id < ?${cursor} ORDER BY i.id DESC LIMIT ?${cursor + 1}`,
      )
      .bind(...values, page.cursor ?? LAST_ID, page.limit + 1),
    db.prepare(`SELECT count(*) AS total FROM images i WHERE ${where}`).bind(...values),
  ]);
  const found = (rows?.results ?? []) as unknown as ImageRow[];
  const total = (count?.results[0] as { total: number } | undefined)?.total ?? 0;
  return { ...buildPage(found, page.limit), total };
}

/** Conditions are added only for what was asked, so that the plan stays a search by user. */
function buildFilter(userId: string, filter: ImageFilter): { where: string; values: (string | number)[] } {
  const values: (string | number)[] = [userId];
  const conditions = ["i.user_id = ?1"];
  const add = (condition: (parameter: string) => string, value: string | number | undefined): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`?${values.length}`));
  };
  add((p) => `(${buildContains("i.title", p)} OR ${buildContains("i.prompt", p)})`, filter.q);
  add((p) => `i.event_type = ${p}`, filter.eventType);
  add((p) => `i.style = ${p}`, filter.style);
  add((p) => `i.shape = ${p}`, filter.shape);
  add((p) => `i.visibility = ${p}`, filter.visibility);
  add((p) => `i.favourite = ${p}`, filter.favourite === undefined ? undefined : Number(filter.favourite));
  add((p) => `EXISTS (SELECT 1 FROM json_each(i.tags) t WHERE t.value = ${p})`, filter.tag);
  return { where: conditions.join(" AND "), values };
}

export interface ImageChange {
  title?: string | undefined;
  visibility?: "private" | "public" | undefined;
  tags?: string[] | undefined;
  favourite?: boolean | undefined;
}

/** Null when it isn't there or isn't this person's. */
export async function updateImage(
  db: D1Database,
  userId: string,
  id: string,
  change: ImageChange,
): Promise<ImageRow | null> {
  const [, selected] = await db.batch<ImageRow>([
    db
      .prepare(
        `UPDATE images SET title = coalesce(?3, title), visibility = coalesce(?4, visibility), tags = coalesce(?5, tags),
           favourite = coalesce(?6, favourite), updated_at = ${NOW} WHERE id = ?1 AND user_id = ?2`,
      )
      .bind(
        id,
        userId,
        change.title ?? null,
        change.visibility ?? null,
        change.tags === undefined ? null : JSON.stringify(change.tags),
        change.favourite === undefined ? null : Number(change.favourite),
      ),
    db.prepare(`${SELECT_IMAGES} WHERE i.id = ?1 AND i.user_id = ?2`).bind(id, userId),
  ]);
  return selected?.results[0] ?? null;
}

export interface DeletedImage {
  key: string;
  thumbnailKey: string | null;
}

/** Removes the row and tells which objects are nobody's now. Null when it isn't there or isn't this person's. */
export async function deleteImage(db: D1Database, userId: string, id: string): Promise<DeletedImage | null> {
  return db
    .prepare("DELETE FROM images WHERE id = ?1 AND user_id = ?2 RETURNING key, thumbnail_key AS thumbnailKey")
    .bind(id, userId)
    .first<DeletedImage>();
}

/** Notes that the thumbnail is stored. False when the picture is gone: then the object is nobody's. */
export async function setThumbnailKey(db: D1Database, id: string, thumbnailKey: string): Promise<boolean> {
  const { results } = await db
    .prepare("UPDATE images SET thumbnail_key = ?2 WHERE id = ?1 RETURNING id")
    .bind(id, thumbnailKey)
    .all();
  return results.length === 1;
}

/**
 * The keys of these objects that a row names, as a picture or as a thumbnail, and those of a job that is open still: its
 * row may come yet. At most 100 objects.
 */
export async function listClaimedKeys(
  db: D1Database,
  objects: { key: string; generationId: string | null }[],
): Promise<Set<string>> {
  const { results } = await db
    .prepare(
      `SELECT i.key AS key FROM json_each(?1) o JOIN images i ON i.key = o.value ->> 'key'
       UNION SELECT i.thumbnail_key FROM json_each(?1) o JOIN images i ON i.thumbnail_key = o.value ->> 'key'
       UNION SELECT o.value ->> 'key' FROM json_each(?1) o JOIN generations g ON g.id = o.value ->> 'generationId'
         WHERE g.status IN ('queued', 'processing')`,
    )
    .bind(JSON.stringify(objects))
    .all<{ key: string }>();
  return new Set(results.map((row) => row.key));
}

/** The next images behind `after`, in the order of their ids: for walking through all of them. */
export async function listImagesAfter(
  db: D1Database,
  after: string | null,
  limit: number,
): Promise<Pick<ImageRow, "id" | "key" | "bytes" | "sha256">[]> {
  const { results } = await db
    .prepare("SELECT id, key, bytes, sha256 FROM images WHERE id > ?1 ORDER BY id LIMIT ?2")
    .bind(after ?? "", limit)
    .all<Pick<ImageRow, "id" | "key" | "bytes" | "sha256">>();
  return results;
}
