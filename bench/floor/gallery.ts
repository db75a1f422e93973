/** `GET /gallery`: the rows of one page, written into HTML by string concatenation between a fixed head and foot. */
import type { FloorSession } from "./session.ts";

const SELECT_PAGE = `
  SELECT i.id, i.generation_id AS generationId, i.user_id AS userId, i.key, i.thumbnail_key AS thumbnailKey, i.format,
    i.width, i.height, i.bytes, i.sha256, i.title, i.alt, i.visibility, i.favourite, i.tags, i.event_type AS eventType,
    i.style, i.shape, i.prompt, i.seed, i.model, g.brief_id AS briefId, i.created_at AS createdAt
  FROM images i JOIN generations g ON g.id = i.generation_id
  WHERE i.user_id = ?1 AND i.id < ?2 ORDER BY i.id DESC LIMIT 25`;

const COUNT = "SELECT count(*) AS total FROM images i WHERE i.user_id = ?1";

const PAGE_TILES = 24;
const EAGER_TILES = 6;
const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What the product writes around the tiles, handed over before the measurement so that both send as many bytes. */
export interface PageFrame {
  head: string;
  foot: string;
}

/** Where the bench hands it over. */
export const FRAME_PATH = "/bench/frame";

interface TileRow {
  id: string;
  title: string;
  alt: string;
  shape: string;
  width: number;
  height: number;
}

export async function renderFloorGallery(db: D1Database, user: FloorSession, frame: PageFrame) {
  const [page] = await db.batch<TileRow>([
    db.prepare(SELECT_PAGE).bind(user.id, "~"),
    db.prepare(COUNT).bind(user.id),
  ]);
  const tiles = (page?.results ?? []).slice(0, PAGE_TILES).map(renderTile).join("");
  return new Response(frame.head + tiles + frame.foot, {
    headers: { "Content-Type": "text/html; charset=UTF-8" },
  });
}

function renderTile(row: TileRow, index: number): string {
  const loading = index < EAGER_TILES ? 'fetchpriority="high"' : 'loading="lazy"';
  return (
    `<li class="tile" data-shape="${row.shape}"><a href="/images/${row.id}"><img src="/images/${row.id}/thumb" ` +
    `alt="${escapeHtml(row.alt)}" width="${row.width}" height="${row.height}" ${loading} decoding="async"/>` +
    `<span class="tile-caption"><span class="tile-title">${escapeHtml(row.title)}</span></span></a></li>`
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
