/** People, as admins see them: find them, read their ledger, add credits, and change role and access. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { changeRoleAndAccess, type RoleAndAccess } from "../auth/change-account.ts";
import { hasRole, outranks, type Principal } from "../auth/principal.ts";
import { auditOrigin } from "../auth/request-facts.ts";
import { type ApplyOutcome, applyCredits } from "../credits/apply.ts";
import { buildEntriesQuery } from "../db/entries.ts";
import { runQueries } from "../db/query.ts";
import { ROLES } from "../db/schema.ts";
import { buildUserQuery, findUser, listUsers, type UserRow } from "../db/users.ts";
import { AppError } from "../errors.ts";
import { wholeNumber } from "../fields.ts";
import { singleLine } from "../generations/wording.ts";
import { sha256 } from "../sha256.ts";
import {
  numberedPageQuery,
  pageQuery,
  parseId,
  parseIdempotencyKey,
  parseJsonBody,
  parseQuery,
} from "./body.ts";
import { type AppContext, type AppEnv, requireUser } from "./context.ts";
import { presentEntry, presentUser } from "./present.ts";
import { buildRequestFacts } from "./request-facts.ts";

const SEARCH_MAX_CHARACTERS = 100;
export const REASON_MIN_CHARACTERS = 3;
export const REASON_MAX_CHARACTERS = 300;
/** In one operation, up or down. A slip of the finger shouldn't be able to give away the shop. */
export const ADD_CREDITS_MAX = 100_000;

export const userQuery = z.extend(pageQuery, {
  q: z.optional(z.string().check(z.trim(), z.maxLength(SEARCH_MAX_CHARACTERS))),
  role: z.optional(z.enum(ROLES)),
});

const AMOUNT_ERROR = `Enter a whole number from -${ADD_CREDITS_MAX} to ${ADD_CREDITS_MAX}, but not 0.`;

const REASON_MISSING = "Say why, so that everybody can understand it later.";

export const addCreditsSchema = z.strictObject({
  addCredits: wholeNumber(-ADD_CREDITS_MAX, ADD_CREDITS_MAX, AMOUNT_ERROR).check(
    z.refine((amount) => amount !== 0),
  ),
  // The ledger counts characters up to a NUL, so what nobody can see is refused here.
  reason: singleLine(REASON_MAX_CHARACTERS, () => REASON_MISSING).check(
    z.minLength(REASON_MIN_CHARACTERS, `Say why, in at least ${REASON_MIN_CHARACTERS} characters.`),
  ),
});

/** Each part may come alone; all of them are one request. `role` and `disabled` are for HEROes. */
export const userChangeSchema = z
  .strictObject({
    addCredits: z.optional(addCreditsSchema.shape.addCredits),
    reason: z.optional(addCreditsSchema.shape.reason),
    role: z.optional(z.enum(ROLES)),
    disabled: z.optional(z.boolean()),
  })
  .check(
    z.superRefine((change, context) => {
      if (change.addCredits !== undefined && change.reason === undefined) {
        context.addIssue({ code: "custom", path: ["reason"], message: REASON_MISSING });
      }
      if (change.addCredits === undefined && change.role === undefined && change.disabled === undefined) {
        context.addIssue({
          code: "custom",
          path: ["body"],
          message: "Give addCredits, role or disabled.",
        });
      }
    }),
  );

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
      buildEntriesQuery(c.env.DB, id, parseQuery(c, numberedPageQuery)),
    ]);
    if (user === null) throw new AppError("not_found");
    return c.json({ items: page.items.map(presentEntry), nextCursor: page.nextCursor });
  })
  .patch("/api/admin/users/:id", async (c) => {
    const userId = parseId(c);
    const { addCredits: amount, reason, role, disabled } = await parseJsonBody(c, userChangeSchema);
    const idempotencyKey = amount === undefined ? null : parseIdempotencyKey(c);
    if (role !== undefined || disabled !== undefined) {
      await changeAccount(c, { role, disabled, reason, addCredits: amount });
    }
    if (amount === undefined || reason === undefined || idempotencyKey === null) {
      const user = await getUser(c);
      return c.json({
        user: presentUser(user),
        credits: { added: 0, available: user.available, held: user.held },
      });
    }
    return c.json(await addCredits(c, userId, { addCredits: amount, reason }, idempotencyKey));
  });

/** The person of the path, or 404. */
export async function getUser(c: AppContext): Promise<UserRow> {
  const user = await findUser(c.env.DB, parseId(c));
  if (user === null) throw new AppError("not_found");
  return user;
}

export interface AccountChange extends RoleAndAccess {
  /** What the same request adds afterwards: when that can't be done, nothing of it is. */
  addCredits?: number | undefined;
}

/** Role and access, by a HERO. Ends sessions, and takes effect at the person's next request. */
export async function changeAccount(c: AppContext, change: AccountChange): Promise<void> {
  const actor = requireUser(c);
  if (!hasRole(actor.role, "HERO")) {
    throw new AppError("forbidden", {
      detail: "Only a HERO assigns roles and switches accounts off and on. Nothing was changed.",
      reason: "needs_HERO",
    });
  }
  const user = await getUser(c);
  if (change.addCredits !== undefined && user.available + change.addCredits < 0) {
    throw belowZero(user.available);
  }
  const facts = buildRequestFacts(c);
  const changed = await changeRoleAndAccess(c.env.DB, actor, user, change, facts);
  if (changed.ok) return;
  if (changed.error === "last_hero") {
    throw new AppError("conflict", {
      detail: "This is the last HERO who can sign in. Make somebody else a HERO first. Nothing was changed.",
    });
  }
  if (changed.error === "overtaken") {
    throw new AppError("conflict", { detail: describeOvertaken(await getUser(c)) });
  }
  throw new AppError("forbidden", {
    detail: "You are no longer a HERO. Nothing was changed.",
    reason: "needs_HERO",
  });
}

function describeOvertaken(user: UserRow): string {
  const access = user.disabledAt === null ? "the account can sign in" : "the account is switched off";
  return `This account was changed since you looked at it: the role is ${user.role} now, and ${access}. Look at it again. Nothing was changed by you.`;
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
    audit: auditOrigin(buildRequestFacts(c)),
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
      throw belowZero(outcome.credits.available);
    case "no_account":
      throw new AppError("not_found");
  }
}

function belowZero(available: number): AppError {
  const message = `Only ${available} can be taken away: a balance is never negative, and credits held for pictures in the making stay.`;
  return new AppError("invalid_request", { errors: [{ field: "addCredits", message }] });
}

function hashRequest(userId: string, change: AddCredits): Promise<string> {
  return sha256(JSON.stringify([userId, change.addCredits, change.reason]));
}
