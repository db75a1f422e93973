/** `GET /api/admin/audit`: who did what to whom, when and from where. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { listAudit } from "../db/audit.ts";
import { ID_PATTERN } from "../ids.ts";
import { numberedPageQuery, parseQuery } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { presentAuditRow } from "./present.ts";

const ACTION_PATTERN = /^[a-z_]{1,40}(?:\.[a-z_]{1,40})?$/;
/** Flags are subjects too, by their key. */
const SUBJECT_MAX_CHARACTERS = 100;

export const auditQuery = z.extend(numberedPageQuery, {
  actor: z.optional(z.string().check(z.regex(ID_PATTERN, "Give a person's id."))),
  subject: z.optional(z.string().check(z.maxLength(SUBJECT_MAX_CHARACTERS))),
  action: z.optional(z.string().check(z.regex(ACTION_PATTERN, "Give an action such as role.change."))),
});

export const adminAudit = new Hono<AppEnv>().get("/api/admin/audit", async (c) => {
  const { actor, subject, action, cursor, limit } = parseQuery(c, auditQuery);
  const filter = { actorId: actor, subjectId: subject, action };
  const page = await listAudit(c.env.DB, filter, { cursor, limit });
  return c.json({ items: page.items.map(presentAuditRow), nextCursor: page.nextCursor });
});
