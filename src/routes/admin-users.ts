/** People, as admins see them: find them, read their ledger, and add credits to what they have. */
import { Hono } from "hono";
import * as z from "zod";
import { outranks, type Principal } from "../auth/principal.ts";
import { type ApplyOutcome, applyCredits } from "../credits/apply.ts";
import { buildEntriesQuery } from "../db/entries.ts";
import { runQueries } from "../db/query.ts";
import { ROLES } from "../db/schema.ts";
import { buildUserQuery, findUser, listUsers, type UserRow } from "../db/users.ts";
import { AppError } from "../errors.ts";
import { pageQuery, parseId, parseIdempotencyKey, parseJsonBody, parseQuery } from "./body.ts";
import { type AppContext, type AppEnv, requireUser } from "./context.ts";
import { entryPageQuery } from "./me.ts";
import { presentEntry, presentUser } from "./present.ts";

const SEARCH_MAX_CHARACTERS = 100;
export const REASON_MIN_CHARACTERS = 3;
export const REASON_MAX_CHARACTERS = 300;
/** In one operation, up or down. A slip of the finger shouldn't be able to give away the shop. */
export const ADD_CREDITS_MAX = 100_000;

export const userQuery = pageQuery.extend({
  q: z.string().trim().max(SEARCH_MAX_CHARACTERS).optional(),
  role: z.enum(ROLES).optional(),
});

const AMOUNT_ERROR = `Give a whole number from -${ADD_CREDITS_MAX} to ${ADD_CREDITS_MAX}, but not 0.`;

export const addCreditsSchema = z.strictObject({
  addCredits: z
    .int(AMOUNT_ERROR)
    .min(-ADD_CREDITS_MAX, AMOUNT_ERROR)
    .max(ADD_CREDITS_MAX, AMOUNT_ERROR)
    .refine((amount) => amount !== 0, AMOUNT_ERROR),
  reason: z
    .string("Say why, so that everybody can understand it later.")
    .trim()
    .min(REASON_MIN_CHARACTERS, `Say why, in at least ${REASON_MIN_CHARACTERS} characters.`)
    .max(REASON_MAX_CHARACTERS, `Say why, in at most ${REASON_MAX_CHARACTERS} characters.`),
});

export type AddCredits = z.infer<typeof addCreditsSchema>;

export const adminUsers = new Hono<AppEnv>()
  .get("/api/admin/users", async (c) => {
    const { q, role, cursor, limit } = parseQuery(c, userQuery);
    const page = await listUsers(c.env.DB, { q: q === "" ? undefined : q, role }, { cursor, limit });
    return c.json({ items: page.items.map(presentUser), nextCursor: page.nextCursor, total: page.total });
  })
  .get("/api/admin/users/:id", async (c) => c.json(presentUser(await getUser(c))))
  .get("/api/admin/users/:id/entries", async (c) => {
    const id = parseId(c);
    const [user, page] = await runQueries(c.env.DB, [
      buildUserQuery(c.env.DB, id),
      buildEntriesQuery(c.env.DB, id, parseQuery(c, entryPageQuery)),
    ]);
    if (user === null) throw new AppError("not_found");
    return c.json({ items: page.items.map(presentEntry), nextCursor: page.nextCursor });
  })
  .patch("/api/admin/users/:id", async (c) => {
    const userId = parseId(c);
    const change = await parseJsonBody(c, addCreditsSchema);
    const applied = await addCredits(c, userId, change, parseIdempotencyKey(c));
    return c.json(applied);
  });

/** The person of the path, or 404. */
export async function getUser(c: AppContext): Promise<UserRow> {
  const user = await findUser(c.env.DB, parseId(c));
  if (user === null) throw new AppError("not_found");
  return user;
}

/** The signed amount, on top of what is there; the same key adds once. */
export async function addCredits(c: AppContext, userId: string, change: AddCredits, idempotencyKey: string) {
  const actor = requireUser(c);
  if (actor.id === userId && actor.role !== "HERO") {
    throw new AppError("forbidden", {
      detail: "Admins can't change their own credits; another admin can. Nothing was changed.",
      reason: "own_credits",
    });
  }
  const outcome = await applyCredits(c.env.DB, {
    userId,
    actor: { id: actor.id, mayActOn: listRolesNotAbove(actor) },
    amount: change.addCredits,
    reason: change.reason,
    opKey: `admin:${actor.id}:${idempotencyKey}`,
    requestHash: await hashRequest(userId, change),
    audit: { requestId: c.get("requestId"), place: c.req.header("CF-Connecting-IP") ?? null },
  });
  return explainOutcome(outcome);
}

function listRolesNotAbove(actor: Principal) {
  return ROLES.filter((role) => !outranks(role, actor.role));
}

function explainOutcome(outcome: ApplyOutcome) {
  switch (outcome.kind) {
    case "applied":
    case "replayed":
      return { user: presentUser(outcome.user), credits: { added: outcome.added, ...outcome.credits } };
    case "key_reused":
      throw new AppError("idempotency_key_reused");
    case "outranked":
      throw new AppError("forbidden", {
        detail: "This person's role is above yours. Nothing was changed.",
        reason: "outranked",
      });
    case "below_zero":
      throw new AppError("invalid_request", {
        errors: [
          {
            field: "addCredits",
            message: `Only ${outcome.credits.available} can be taken away: a balance is never negative, and credits held for pictures in the making stay.`,
          },
        ],
      });
    case "no_account":
      throw new AppError("not_found");
  }
}

async function hashRequest(userId: string, change: AddCredits): Promise<string> {
  const text = JSON.stringify([userId, change.addCredits, change.reason]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
