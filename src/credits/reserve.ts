/**
 * Reserves the pictures of one brief: all of them or none, once per Idempotency-Key, in one D1 round trip.
 * Inserting a generation holds its cost by trigger, so the hold and the job are the same write.
 */
import { DATABASE_NOW_MS as NOW } from "../db/client.ts";
import {
  type GenerationRow,
  parseGenerationRow,
  type RawGenerationRow,
  SELECT_GENERATIONS,
} from "../db/generations.ts";

export interface ReserveRequest {
  userId: string;
  briefId: string;
  idempotencyKey: string;
  /** SHA-256 of the parsed brief: the same key with another hash is another request. */
  requestHash: string;
  eventType: string;
  style: string | null;
  quality: string;
  /** The parsed brief as JSON, so that a person can try again with everything filled in. */
  body: string;
  /** A short name for people, such as "Birthday Party, age 7". */
  title: string;
  prompt: string;
  magicPrompt: "auto" | "on" | "off";
  pictures: ReservePicture[];
}

export interface ReservePicture {
  id: string;
  cost: number;
  shape: string;
  alt: string;
  model: string;
  /** `WIDTHxHEIGHT` as asked of the provider; width and height are what will be stored. */
  providerSize: string;
  width: number;
  height: number;
  seed: number | null;
}

export interface ReserveLimits {
  maxOpen: number;
  maxPerHour: number;
  /** Nothing new is taken; a repeat of what was accepted before still gets its first answer. */
  isClosed?: boolean;
}

export interface Balance {
  available: number;
  held: number;
}

export interface Reserved {
  briefId: string;
  generations: GenerationRow[];
  credits: Balance;
}

export type ReserveOutcome =
  | ({ kind: "created" } & Reserved)
  | ({ kind: "replayed" } & Reserved)
  | { kind: "key_reused" }
  | { kind: "closed" }
  | { kind: "insufficient_credits"; cost: number; credits: Balance }
  | { kind: "too_many_open"; open: number; max: number }
  | { kind: "too_many_this_hour"; max: number; retryAfterSeconds: number };

interface StateRow extends Balance {
  briefId: string | null;
  requestHash: string | null;
  open: number;
  thisHour: number;
  retryAfterMs: number | null;
}

const OPEN = "(SELECT count(*) FROM generations WHERE user_id = ?1 AND status IN ('queued', 'processing'))";
const HOUR_MS = 3_600_000;
const THIS_HOUR = `(SELECT count(*) FROM generations WHERE user_id = ?1 AND created_at > ${NOW} - ${HOUR_MS})`;
/** When the first sweep would happen if the queue loses the message. */
const FIRST_SWEEP_MS = 60_000;

export async function reserveBrief(
  db: D1Database,
  request: ReserveRequest,
  limits: ReserveLimits,
): Promise<ReserveOutcome> {
  const cost = sumCosts(request.pictures);
  const inserts =
    limits.isClosed === true ? [] : [insertBrief(db, request, cost, limits), insertGenerations(db, request)];
  const results = await db.batch([...inserts, selectState(db, request), selectGenerations(db, request)]);
  const [states, generations] = results.slice(inserts.length);
  const state = states?.results[0] as StateRow | undefined;
  const rows = (generations?.results ?? []) as RawGenerationRow[];
  if (state === undefined) throw new Error("reserve: the person has no credit account");
  return classify(request, cost, limits, state, rows.map(parseGenerationRow));
}

/** An unknown price is a bug and never a free picture. D1 would take NaN for NULL, which compares as if too dear. */
function sumCosts(pictures: ReservePicture[]): number {
  return pictures.reduce((sum, { cost }) => {
    if (!Number.isSafeInteger(cost) || cost <= 0) throw new Error("reserve: a cost is not whole credits");
    return sum + cost;
  }, 0);
}

/** Guarded by balance and limits in the statement itself: concurrent requests can't both pass. */
function insertBrief(db: D1Database, request: ReserveRequest, cost: number, limits: ReserveLimits) {
  return db
    .prepare(
      `INSERT INTO briefs (id, user_id, idempotency_key, request_hash, event_type, style, quality, body, title, prompt,
         magic_prompt, pictures, cost, created_at)
       SELECT ?2, a.user_id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ${NOW} FROM credit_accounts a
       WHERE a.user_id = ?1 AND a.available >= ?13 AND ${OPEN} + ?12 <= ?14 AND ${THIS_HOUR} + ?12 <= ?15
         AND NOT EXISTS (SELECT 1 FROM briefs WHERE user_id = ?1 AND idempotency_key = ?3)`,
    )
    .bind(
      request.userId,
      request.briefId,
      request.idempotencyKey,
      request.requestHash,
      request.eventType,
      request.style,
      request.quality,
      request.body,
      request.title,
      request.prompt,
      request.magicPrompt,
      request.pictures.length,
      cost,
      limits.maxOpen,
      limits.maxPerHour,
    );
}

/** Inserts nothing when the brief of this request was not inserted. */
function insertGenerations(db: D1Database, request: ReserveRequest) {
  return db
    .prepare(
      `INSERT INTO generations (id, brief_id, position, user_id, cost, shape, alt, model, provider_size, width, height, seed,
         step_at, resume_at, due_at, created_at, updated_at)
       SELECT p.value ->> 'id', b.id, p.key, b.user_id, p.value ->> 'cost', p.value ->> 'shape', p.value ->> 'alt', p.value ->> 'model',
         p.value ->> 'providerSize', p.value ->> 'width', p.value ->> 'height', p.value ->> 'seed',
         b.created_at, b.created_at, b.created_at + ${FIRST_SWEEP_MS}, b.created_at, b.created_at
       FROM briefs b, json_each(?2) p WHERE b.id = ?1 AND b.user_id = ?3 AND b.idempotency_key = ?4 ORDER BY p.key`,
    )
    .bind(request.briefId, JSON.stringify(request.pictures), request.userId, request.idempotencyKey);
}

function selectState(db: D1Database, request: ReserveRequest) {
  return db
    .prepare(
      `SELECT a.available, a.held, b.id AS briefId, b.request_hash AS requestHash, ${OPEN} AS open, ${THIS_HOUR} AS thisHour,
         (SELECT min(created_at) + ${HOUR_MS} - ${NOW} FROM generations
          WHERE user_id = ?1 AND created_at > ${NOW} - ${HOUR_MS}) AS retryAfterMs
       FROM credit_accounts a LEFT JOIN briefs b ON b.user_id = a.user_id AND b.idempotency_key = ?2
       WHERE a.user_id = ?1`,
    )
    .bind(request.userId, request.idempotencyKey);
}

function selectGenerations(db: D1Database, request: ReserveRequest) {
  return db
    .prepare(`${SELECT_GENERATIONS} WHERE b.user_id = ?1 AND b.idempotency_key = ?2 ORDER BY g.position`)
    .bind(request.userId, request.idempotencyKey);
}

function classify(
  request: ReserveRequest,
  cost: number,
  limits: ReserveLimits,
  state: StateRow,
  generations: GenerationRow[],
): ReserveOutcome {
  const credits = { available: state.available, held: state.held };
  if (state.briefId !== null) {
    if (state.requestHash !== request.requestHash) return { kind: "key_reused" };
    const kind = state.briefId === request.briefId ? "created" : "replayed";
    return { kind, briefId: state.briefId, generations, credits };
  }
  if (limits.isClosed === true) return { kind: "closed" };
  if (state.available < cost) return { kind: "insufficient_credits", cost, credits };
  if (state.open + request.pictures.length > limits.maxOpen) {
    return { kind: "too_many_open", open: state.open, max: limits.maxOpen };
  }
  return {
    kind: "too_many_this_hour",
    max: limits.maxPerHour,
    retryAfterSeconds: Math.max(1, Math.ceil((state.retryAfterMs ?? 0) / 1000)),
  };
}
