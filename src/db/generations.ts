/** Table generations as its owner and the admins read it, with the brief it came from and the picture it made. */
import { buildPage, LAST_ID, type Page } from "./page.ts";
import type { GenerationStatus } from "./schema.ts";

export interface GenerationRow {
  id: string;
  briefId: string;
  position: number;
  userId: string;
  status: GenerationStatus;
  cost: number;
  shape: string;
  width: number;
  height: number;
  step: string;
  stepAt: number;
  errorCode: string | null;
  review: string | null;
  createdAt: number;
  updatedAt: number;
  eventType: string;
  style: string | null;
  quality: string;
  /** The stored picture, once there is one. */
  image: GenerationImage | null;
}

export interface GenerationImage {
  id: string;
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
  prompt: string;
  seed: number | null;
  createdAt: number;
}

/** As the SELECT gives it: the picture is JSON text, or NULL. */
export type RawGenerationRow = Omit<GenerationRow, "image"> & { image: string | null };

export function parseGenerationRow(raw: RawGenerationRow): GenerationRow {
  return { ...raw, image: raw.image === null ? null : (JSON.parse(raw.image) as GenerationImage) };
}

/** The one SELECT that every reader of generations shares; callers add WHERE, ORDER BY and LIMIT. */
export const SELECT_GENERATIONS = `
  SELECT g.id, g.brief_id AS briefId, g.position, g.user_id AS userId, g.status, g.cost, g.shape, g.width, g.height,
    g.step, g.step_at AS stepAt, g.error_code AS errorCode, g.review, g.created_at AS createdAt, g.updated_at AS updatedAt,
    b.event_type AS eventType, b.style, b.quality,
    CASE WHEN i.id IS NULL THEN NULL ELSE json_object('id', i.id, 'format', i.format, 'width', i.width,
      'height', i.height, 'bytes', i.bytes, 'sha256', i.sha256, 'title', i.title, 'alt', i.alt,
      'visibility', i.visibility, 'favourite', i.favourite, 'tags', i.tags, 'prompt', i.prompt, 'seed', i.seed,
      'createdAt', i.created_at) END AS image
  FROM generations g JOIN briefs b ON b.id = g.brief_id LEFT JOIN images i ON i.generation_id = g.id`;

export type GenerationPage = Page<GenerationRow>;

/** Null when it isn't there or isn't this person's. */
export async function findGeneration(
  db: D1Database,
  userId: string,
  id: string,
): Promise<GenerationRow | null> {
  const raw = await db
    .prepare(`${SELECT_GENERATIONS} WHERE g.id = ?1 AND g.user_id = ?2`)
    .bind(id, userId)
    .first<RawGenerationRow>();
  return raw === null ? null : parseGenerationRow(raw);
}

/** Newest first. `cursor` is the id of the last row of the page before. */
export async function listGenerationsByUser(
  db: D1Database,
  userId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<GenerationPage> {
  const { results } = await db
    .prepare(`${SELECT_GENERATIONS} WHERE g.user_id = ?1 AND g.id < ?2 ORDER BY g.id DESC LIMIT ?3`)
    .bind(userId, page.cursor ?? LAST_ID, page.limit + 1)
    .all<RawGenerationRow>();
  return buildPage(results.map(parseGenerationRow), page.limit);
}
