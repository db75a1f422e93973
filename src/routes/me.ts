/** The signed-in person: who they are, what they have, and every movement of their credits. */
import { Hono } from "hono";
import * as z from "zod";
import { listEntriesByUser } from "../db/entries.ts";
import { pageQuery, parseQuery } from "./body.ts";
import { type AppEnv, requireUser } from "./context.ts";
import { presentEntry, presentMe } from "./present.ts";

export const me = new Hono<AppEnv>()
  .get("/api/me", (c) => {
    const user = requireUser(c);
    return c.json({ user: presentMe(user), credits: user.credits });
  })
  .get("/api/credits/entries", async (c) => {
    const user = requireUser(c);
    const { cursor, limit } = parseQuery(c, entryPageQuery);
    const page = await listEntriesByUser(c.env.DB, user.id, { cursor, limit });
    return c.json({ items: page.items.map(presentEntry), nextCursor: page.nextCursor });
  });

/** Entries are numbered, so their cursor is a whole number. */
export const entryPageQuery = pageQuery.extend({ cursor: z.coerce.number().int().min(1).optional() });
