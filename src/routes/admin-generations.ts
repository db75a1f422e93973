/** All jobs of everybody, newest first, for admins. Without prompts: they are the person's. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { type JobListRow, listJobs } from "../db/jobs.ts";
import { GENERATION_STATUSES } from "../db/schema.ts";
import { pageQuery, parseQuery } from "./body.ts";
import type { AppEnv } from "./context.ts";
import type { Job } from "./views/components/jobs-table.tsx";

export const jobQuery = z.extend(pageQuery, { status: z.optional(z.enum(GENERATION_STATUSES)) });

export const adminGenerations = new Hono<AppEnv>().get("/api/admin/generations", async (c) => {
  const { status, cursor, limit } = parseQuery(c, jobQuery);
  const page = await listJobs(c.env.DB, { status }, { cursor, limit });
  return c.json({ items: page.items.map(presentJob), nextCursor: page.nextCursor });
});

/** A generation with what only admins see: whose it is, and whether somebody has to look at it. */
export function presentJob(
  row: JobListRow,
): Job & { style: string | null; quality: string; imageId: string | null } {
  return {
    id: row.id,
    userId: row.userId,
    userEmail: row.userEmail ?? "deleted account",
    status: row.status,
    cost: row.cost,
    shape: row.shape,
    quality: row.quality,
    eventType: row.eventType,
    style: row.style,
    progress: { step: row.step, since: new Date(row.stepAt).toISOString() },
    errorCode: row.errorCode,
    review: row.review,
    imageId: row.imageId,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
  };
}
