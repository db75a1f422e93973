/** Table briefs: what a person asked for, as it was parsed. Written only together with its generations, by credits/. */
import {
  type GenerationRow,
  parseGenerationRow,
  type RawGenerationRow,
  SELECT_GENERATIONS,
} from "./generations.ts";

/** The stored body of a brief, or null when it isn't there or isn't this person's. */
export async function findBriefBody(db: D1Database, userId: string, briefId: string): Promise<string | null> {
  return db
    .prepare("SELECT body FROM briefs WHERE id = ?1 AND user_id = ?2")
    .bind(briefId, userId)
    .first<string>("body");
}

/** How long an equal order stays worth mentioning. */
const EQUAL_ORDER_WINDOW_MS = 10 * 60_000;

/** A brief with its pictures, and the person's balance at that same moment. */
export interface BriefState {
  createdAt: number;
  credits: { available: number; held: number };
  generations: GenerationRow[];
  /** An equal order of the same person shortly before this one, of which a picture is there or in the making. */
  equal: { id: string; createdAt: number } | null;
}

type RawBriefState = { createdAt: number; available: number; held: number; equal: string | null };

/** Null when it isn't there or isn't this person's. One batch: pictures and balance can't contradict each other. */
export async function findBriefState(
  db: D1Database,
  userId: string,
  briefId: string,
): Promise<BriefState | null> {
  const [states, rows] = await db.batch([
    selectBriefState(db, userId, briefId),
    db
      .prepare(`${SELECT_GENERATIONS} WHERE g.brief_id = ?1 AND g.user_id = ?2 ORDER BY g.position`)
      .bind(briefId, userId),
  ]);
  const state = states?.results[0] as RawBriefState | undefined;
  if (state === undefined) return null;
  const { createdAt, available, held, equal } = state;
  return {
    createdAt,
    credits: { available, held },
    generations: ((rows?.results ?? []) as RawGenerationRow[]).map(parseGenerationRow),
    equal: equal === null ? null : (JSON.parse(equal) as { id: string; createdAt: number }),
  };
}

/** The equal order is looked for among the person's pictures of those minutes, which an hour's limit bounds. */
function selectBriefState(db: D1Database, userId: string, briefId: string) {
  return db
    .prepare(
      `SELECT b.created_at AS createdAt, a.available, a.held,
         (SELECT json_object('id', e.id, 'createdAt', e.created_at)
          FROM generations g JOIN briefs e ON e.id = g.brief_id
          WHERE g.user_id = ?2 AND g.created_at BETWEEN b.created_at - ${EQUAL_ORDER_WINDOW_MS} AND b.created_at
            AND g.status NOT IN ('failed', 'canceled') AND e.request_hash = b.request_hash AND e.id < b.id
          ORDER BY g.created_at DESC LIMIT 1) AS equal
       FROM briefs b JOIN credit_accounts a ON a.user_id = b.user_id WHERE b.id = ?1 AND b.user_id = ?2`,
    )
    .bind(briefId, userId);
}
