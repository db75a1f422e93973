/**
 * Accepts a brief: prices it, holds the credits for all its pictures or for none, and tells the queue.
 * The form and the API both come through here.
 */
import {
  type ReserveLimits,
  type ReserveOutcome,
  type ReserveRequest,
  reserveBrief,
} from "../credits/reserve.ts";
import { newId } from "../ids.ts";
import type { Brief } from "./brief.ts";
import { briefHash } from "./brief-hash.ts";
import { buildAltText, buildTitle } from "./describe.ts";
import { enqueueGenerations, type GenerationMessage } from "./message.ts";
import { priceOf } from "./price.ts";
import { buildPrompt } from "./prompt.ts";

export interface CreateRequest {
  userId: string;
  idempotencyKey: string;
  brief: Brief;
  model: string;
  limits: ReserveLimits;
}

export async function createGenerations(
  db: D1Database,
  queue: Queue<GenerationMessage>,
  request: CreateRequest,
): Promise<ReserveOutcome> {
  const outcome = await reserveBrief(db, await buildReserveRequest(request), request.limits);
  if (outcome.kind === "created") {
    await enqueueGenerations(
      queue,
      outcome.generations.map((generation) => generation.id),
    );
  }
  return outcome;
}

async function buildReserveRequest({
  userId,
  idempotencyKey,
  brief,
  model,
}: CreateRequest): Promise<ReserveRequest> {
  return {
    userId,
    idempotencyKey,
    briefId: newId(),
    requestHash: await briefHash(brief),
    eventType: brief.eventType,
    style: brief.style ?? null,
    quality: brief.quality,
    body: JSON.stringify(brief),
    title: buildTitle(brief),
    ...buildPrompt(brief),
    pictures: priceOf(brief, model).pictures.map((picture) => ({
      id: newId(),
      cost: picture.cost,
      shape: picture.shape,
      alt: buildAltText(brief, picture.shape),
      model: picture.model,
      providerSize: picture.providerSize,
      width: picture.width,
      height: picture.height,
      seed: picture.seed,
    })),
  };
}
