/** Briefs and the pictures made from them, as JSON. Pages use requestGenerations too. */
import { Hono } from "hono";
import type { ReserveOutcome } from "../credits/reserve.ts";
import { cancelJob } from "../db/generation-jobs.ts";
import { findGeneration, listGenerationsByUser } from "../db/generations.ts";
import { AppError } from "../errors.ts";
import { type Brief, parseBrief } from "../generations/brief.ts";
import { createGenerations } from "../generations/create-generations.ts";
import { priceOf } from "../generations/price.ts";
import { buildPrompt } from "../generations/prompt.ts";
import { pageQuery, parseId, parseIdempotencyKey, parseQuery, readJson } from "./body.ts";
import { type AppContext, type AppEnv, requireUser } from "./context.ts";
import { isOn } from "./flags.ts";
import { ORDERS_CLOSED } from "./flags-notices.ts";
import { presentGeneration } from "./present.ts";

/** Open generations come and go within seconds or minutes. */
const TOO_MANY_OPEN_RETRY_SECONDS = 15;
/** A switch is made by people, and takes a minute to be seen everywhere. */
const CLOSED_RETRY_SECONDS = 60;

export const generations = new Hono<AppEnv>()
  .post("/api/generations/preview", async (c) => {
    const { credits } = requireUser(c);
    const brief = requireBrief(await readJson(c));
    return c.json({ ...buildPreview(brief, c.get("config").ideogram.model, credits.available), credits });
  })
  .post("/api/generations", async (c) => {
    requireUser(c);
    const idempotencyKey = parseIdempotencyKey(c);
    const brief = requireBrief(await readJson(c));
    const accepted = await requestGenerations(c, brief, idempotencyKey);
    return c.json(
      { generations: accepted.generations.map(presentGeneration), credits: accepted.credits },
      accepted.kind === "created" ? 202 : 200,
    );
  })
  .get("/api/generations", async (c) => {
    const user = requireUser(c);
    const page = await listGenerationsByUser(c.env.DB, user.id, parseQuery(c, pageQuery));
    return c.json({ items: page.items.map(presentGeneration), nextCursor: page.nextCursor });
  })
  .get("/api/generations/:id", async (c) => {
    const user = requireUser(c);
    const row = await findGeneration(c.env.DB, user.id, parseId(c));
    if (row === null) throw new AppError("not_found");
    return c.json(presentGeneration(row));
  })
  .post("/api/generations/:id/cancel", async (c) => {
    const row = await cancelGeneration(c, parseId(c));
    return c.json(presentGeneration(row));
  });

/** What a brief would ask for and cost; charges nothing. */
export function buildPreview(brief: Brief, model: string, available: number) {
  const { cost, pictures } = priceOf(brief, model);
  return {
    prompt: buildPrompt(brief).prompt,
    pictures: pictures.map(({ shape, width, height }) => ({ shape, width, height, model })),
    cost,
    enough: available >= cost,
  };
}

function requireBrief(body: unknown): Brief {
  const brief = parseBrief(body);
  if (brief.ok) return brief.value;
  throw new AppError("invalid_request", {
    detail: "Correct the fields named below and send it again. Nothing was charged.",
    errors: brief.error,
  });
}

type Accepted = Extract<ReserveOutcome, { kind: "created" | "replayed" }>;

/** Holds the credits and starts the jobs, or throws what the contract says. */
export async function requestGenerations(
  c: AppContext,
  brief: Brief,
  idempotencyKey: string,
): Promise<Accepted> {
  const config = c.get("config");
  const outcome = await createGenerations(c.env.DB, c.env.GENERATIONS, {
    userId: requireUser(c).id,
    idempotencyKey,
    brief,
    model: config.ideogram.model,
    limits: {
      maxOpen: config.maxOpenGenerations,
      maxPerHour: config.maxGenerationsPerHour,
      isClosed: !isOn(c, "cloud_services"),
    },
  });
  if (outcome.kind === "created" || outcome.kind === "replayed") return outcome;
  throw explainRefusal(outcome);
}

function explainRefusal(outcome: Exclude<ReserveOutcome, Accepted>): AppError {
  switch (outcome.kind) {
    case "key_reused":
      return new AppError("idempotency_key_reused");
    case "closed":
      return new AppError("feature_disabled", {
        detail: ORDERS_CLOSED,
        headers: { "Retry-After": String(CLOSED_RETRY_SECONDS) },
      });
    case "insufficient_credits":
      return new AppError("insufficient_credits", {
        detail: `This costs ${countCredits(outcome.cost)} and you have ${outcome.credits.available}. Nothing was charged. Choose fewer pictures, or ask an administrator for credits.`,
      });
    case "too_many_open":
      return new AppError("too_many_requests", {
        detail: `${outcome.open} of your pictures are still in the making, and at most ${outcome.max} can be at one time. Nothing was charged. Wait until some are done.`,
        headers: { "Retry-After": String(TOO_MANY_OPEN_RETRY_SECONDS) },
      });
    case "too_many_this_hour":
      return new AppError("too_many_requests", {
        detail: `At most ${outcome.max} pictures can be made in an hour. Nothing was charged. Try again later.`,
        headers: { "Retry-After": String(outcome.retryAfterSeconds) },
      });
  }
}

function countCredits(count: number): string {
  return count === 1 ? "1 credit" : `${count} credits`;
}

/** Cancels a picture that has not begun; 409 when it is too late, 404 when it isn't this person's. */
export async function cancelGeneration(c: AppContext, id: string) {
  const user = requireUser(c);
  const isCanceled = await cancelJob(c.env.DB, user.id, id);
  const row = await findGeneration(c.env.DB, user.id, id);
  if (row === null) throw new AppError("not_found");
  if (isCanceled) return row;
  throw new AppError("conflict", {
    detail:
      row.status === "processing"
        ? "This picture is already in the making and can't be cancelled any more. Nothing was changed."
        : "This picture has ended already. Nothing was changed.",
  });
}
