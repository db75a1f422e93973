/** `GET /api/admin/audit`: who did what to whom, when and from where. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { EMAIL_MAX_CHARACTERS, normalizeEmail } from "../auth/email.ts";
import { listAudit } from "../db/audit.ts";
import { ID_PATTERN } from "../ids.ts";
import { numberedPageQuery, parseQuery } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { presentAuditRow } from "./present.ts";

const ACTION_PATTERN = /^[a-z_]{1,40}(?:\.[a-z_]{1,40})?$/;
/** Flags are subjects too, by their key. */
const SUBJECT_MAX_CHARACTERS = 100;

const ACTOR_ERROR = "Give a person's e-mail address or id.";

/** Nobody's is as good as somebody's here: it finds nothing. */
const emailFilter = z.pipe(
  z.string().check(z.maxLength(EMAIL_MAX_CHARACTERS), z.includes("@")),
  z.transform(normalizeEmail),
);

export const auditQuery = z.extend(numberedPageQuery, {
  actor: z.optional(z.union([emailFilter, z.string().check(z.regex(ID_PATTERN, ACTOR_ERROR))], ACTOR_ERROR)),
  subject: z.optional(z.union([emailFilter, z.string().check(z.maxLength(SUBJECT_MAX_CHARACTERS))])),
  action: z.optional(z.string().check(z.regex(ACTION_PATTERN, "Give an action such as role.change."))),
});

export const adminAudit = new Hono<AppEnv>().get("/api/admin/audit", async (c) => {
  const { actor, subject, action, cursor, limit } = parseQuery(c, auditQuery);
  const page = await listAudit(c.env.DB, { actor, subject, action }, { cursor, limit });
  return c.json({ items: page.items.map(presentAuditRow), nextCursor: page.nextCursor });
});
