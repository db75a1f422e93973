/** All jobs of everybody, newest first, for admins. Without prompts: they are the person's. */
import { Hono } from "hono";
import { type GenerationRow, listGenerations } from "../db/generations.ts";
import { pageQuery, parseQuery } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { presentGeneration } from "./present.ts";

export const adminGenerations = new Hono<AppEnv>().get("/api/admin/generations", async (c) => {
  const page = await listGenerations(c.env.DB, parseQuery(c, pageQuery));
  return c.json({ items: page.items.map(presentJob), nextCursor: page.nextCursor });
});

/** A generation with what only admins see: whose it is and whether somebody has to look at it. */
export function presentJob(row: GenerationRow) {
  const { image, ...generation } = presentGeneration(row);
  return { ...generation, userId: row.userId, review: row.review, imageId: image?.id ?? null };
}
