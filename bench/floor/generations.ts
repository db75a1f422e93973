/** `POST /api/generations`: brief, job, hold and the answer in one batch, then the queue. The prompt is a constant. */
import { type FloorSession, sha256 } from "./session.ts";

const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
const OPEN = "(SELECT count(*) FROM generations WHERE user_id = ?1 AND status IN ('queued', 'processing'))";
const THIS_HOUR = `(SELECT count(*) FROM generations WHERE user_id = ?1 AND created_at > ${NOW} - 3600000)`;

const INSERT_BRIEF = `
  INSERT INTO briefs (id, user_id, idempotency_key, request_hash, event_type, style, quality, body, title, prompt,
    magic_prompt, pictures, cost, created_at)
  SELECT ?2, a.user_id, ?3, ?4, ?5, NULL, 'standard', ?6, ?7, ?8, 'on', 1, 1, ${NOW} FROM credit_accounts a
  WHERE a.user_id = ?1 AND a.available >= 1 AND ${OPEN} + 1 <= ?9 AND ${THIS_HOUR} + 1 <= ?10
    AND NOT EXISTS (SELECT 1 FROM briefs WHERE user_id = ?1 AND idempotency_key = ?3)`;

const INSERT_GENERATION = `
  INSERT INTO generations (id, brief_id, position, user_id, cost, shape, alt, model, provider_size, width, height, seed,
    step_at, resume_at, due_at, created_at, updated_at)
  SELECT p.value ->> 'id', b.id, p.key, b.user_id, p.value ->> 'cost', p.value ->> 'shape', p.value ->> 'alt',
    p.value ->> 'model', p.value ->> 'providerSize', p.value ->> 'width', p.value ->> 'height', p.value ->> 'seed',
    b.created_at, b.created_at, b.created_at + 60000, b.created_at, b.created_at
  FROM briefs b, json_each(?2) p WHERE b.id = ?1 AND b.user_id = ?3 AND b.idempotency_key = ?4 ORDER BY p.key`;

const SELECT_STATE = `
  SELECT a.available, a.held, b.id AS briefId, b.request_hash AS requestHash, ${OPEN} AS open, ${THIS_HOUR} AS thisHour,
    (SELECT min(created_at) + 3600000 - ${NOW} FROM generations
     WHERE user_id = ?1 AND created_at > ${NOW} - 3600000) AS retryAfterMs
  FROM credit_accounts a LEFT JOIN briefs b ON b.user_id = a.user_id AND b.idempotency_key = ?2 WHERE a.user_id = ?1`;

const SELECT_GENERATIONS = `
  SELECT g.id, g.brief_id AS briefId, g.position, g.user_id AS userId, g.status, g.cost, g.shape, g.width, g.height,
    g.step, g.step_at AS stepAt, g.error_code AS errorCode, g.review, g.created_at AS createdAt, g.updated_at AS updatedAt,
    b.event_type AS eventType, b.style, b.quality,
    CASE WHEN i.id IS NULL THEN NULL ELSE json_object('id', i.id, 'format', i.format, 'width', i.width) END AS image
  FROM generations g JOIN briefs b ON b.id = g.brief_id LEFT JOIN images i ON i.generation_id = g.id
  WHERE b.user_id = ?1 AND b.idempotency_key = ?2 ORDER BY g.position`;

const TITLE = "Birthday Party, age 7";
const PROMPT =
  "A festive picture for a birthday party: the birthday child turns 7. Square composition, warm light, rich detail, " +
  "balloons and bunting, an inviting table with a cake, happy guests of all ages, painted with care. No text, no letters.";
const MAX_OPEN = 100_000;
const MAX_PER_HOUR = 1_000_000;

interface StateRow {
  available: number;
  held: number;
}

interface GenerationRow {
  id: string;
  status: string;
  cost: number;
  shape: string;
  quality: string;
  eventType: string;
  style: string | null;
  step: string;
  stepAt: number;
  createdAt: number;
  updatedAt: number;
}

export async function createFloorGeneration(
  db: D1Database,
  queue: Queue,
  user: FloorSession,
  request: Request,
): Promise<Response> {
  const text = await request.text();
  const brief = JSON.parse(text) as { eventType: string; shapes: string[] };
  const key = request.headers.get("Idempotency-Key");
  const briefId = crypto.randomUUID();
  const picture = {
    id: crypto.randomUUID(),
    cost: 1,
    shape: brief.shapes[0],
    alt: "Picture for a birthday party, age 7, square post 1:1.",
    model: "ideogram-4-5",
    providerSize: "2048x2048",
    width: 2048,
    height: 2048,
    seed: null,
  };
  const hash = await sha256(text);
  const [, , states, generations] = await db.batch([
    db
      .prepare(INSERT_BRIEF)
      .bind(user.id, briefId, key, hash, brief.eventType, text, TITLE, PROMPT, MAX_OPEN, MAX_PER_HOUR),
    db.prepare(INSERT_GENERATION).bind(briefId, JSON.stringify([picture]), user.id, key),
    db.prepare(SELECT_STATE).bind(user.id, key),
    db.prepare(SELECT_GENERATIONS).bind(user.id, key),
  ]);
  const state = states?.results[0] as StateRow | undefined;
  const rows = (generations?.results ?? []) as GenerationRow[];
  if (state === undefined || rows.length === 0) return new Response(null, { status: 402 });
  await queue.sendBatch(
    rows.map((row) => ({ body: { v: 1, id: row.id } })),
    { delaySeconds: 0 },
  );
  const credits = { available: state.available, held: state.held };
  return Response.json({ generations: rows.map(presentGeneration), credits }, { status: 202 });
}

function presentGeneration(row: GenerationRow) {
  return {
    id: row.id,
    status: row.status,
    cost: row.cost,
    shape: row.shape,
    quality: row.quality,
    eventType: row.eventType,
    style: row.style,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    progress: { step: row.step, since: new Date(row.stepAt).toISOString() },
    error: null,
    image: null,
  };
}
