/** The page of all switches, and everything about them as a file. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { buildLastFlagChangesQuery } from "../../db/flag-changes.ts";
import { buildFlagPersonQuery, type FlagPersonRow } from "../../db/flag-people.ts";
import { buildFlagSchedulesQuery } from "../../db/flag-schedules.ts";
import { runQueries } from "../../db/query.ts";
import { buildContext } from "../../flags/context.ts";
import { buildExport } from "../../flags/export.ts";
import { listFlagFindings, listPlanFindings } from "../../flags/findings.ts";
import { STORED_KEYS } from "../../flags/keys.ts";
import type { FlagSnapshot } from "../../flags/snapshot.ts";
import { parseQuery } from "../body.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { buildOwnContext, requireSnapshot } from "../flags.ts";
import { findUnknownKeys } from "../flags-admin.ts";
import { noticeNow } from "../flags-change.ts";
import { presentOverviews, presentPersonFlags, presentPlan } from "../flags-present.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { AdminFlagsPage, type PersonAnswer } from "../views/admin/flags.tsx";

const PERSON_MAX_CHARACTERS = 254;

const flagsQuery = z.object({
  ask: z.optional(z.literal("yes")),
  person: z._default(z.string().check(z.trim(), z.toLowerCase(), z.maxLength(PERSON_MAX_CHARACTERS)), ""),
  country: z._default(
    z.string().check(z.trim(), z.toUpperCase(), z.regex(/^[A-Z]{0,2}$/, "Two letters, such as DE.")),
    "",
  ),
});

export const flagsPages = new Hono<AppEnv>()
  .get("/admin/flags", async (c) => {
    const query = parseQuery(c, flagsQuery);
    const [known, unknown] = await Promise.all([
      noticeNow(c, () => readPage(c, query.person)),
      findUnknownKeys(c),
    ]);
    const snapshot = requireSnapshot(c);
    return c.html(
      <AdminFlagsPage
        frame={buildFrame(c, takeNotice(c))}
        flags={presentOverviews(snapshot, known.last, buildOwnContext(c))}
        findings={[...listFlagFindings(snapshot, unknown), ...listPlanFindings(known.plans, Date.now())]}
        plans={known.plans.map(presentPlan)}
        served={presentServed(snapshot, c.get("config").flagsTtlSeconds)}
        person={query.ask === undefined ? null : presentPerson(snapshot, query, known.person)}
      />,
    );
  })
  .get("/admin/flags/export", (c) => {
    const body = JSON.stringify(buildExport(requireSnapshot(c), new Date().toISOString()), null, 2);
    return c.body(body, 200, {
      "Content-Type": "application/json",
      "Content-Disposition": 'attachment; filename="flags.json"',
    });
  });

async function readPage(c: AppContext, asked: string) {
  const [last, plans, person] = await runQueries(c.env.DB, [
    buildLastFlagChangesQuery(c.env.DB, STORED_KEYS),
    buildFlagSchedulesQuery(c.env.DB),
    buildFlagPersonQuery(c.env.DB, asked),
  ]);
  return { last, plans, person };
}

function presentServed({ rev, source, readAt }: FlagSnapshot, ttlSeconds: number) {
  return { rev, source, readAt: readAt === null ? null : new Date(readAt).toISOString(), ttlSeconds };
}

function presentPerson(
  snapshot: FlagSnapshot,
  { person: asked, country }: z.infer<typeof flagsQuery>,
  person: FlagPersonRow | null,
) {
  const isVisitor = asked === "";
  if (person === null && !isVisitor) return { asked, country, answer: null };
  const context = buildContext({
    person,
    visitorId: null,
    country: country === "" ? null : country,
    environment: snapshot.environment,
  });
  const answer: PersonAnswer = {
    email: person?.email ?? null,
    role: person?.role ?? "",
    flags: presentPersonFlags(snapshot, context),
  };
  return { asked, country, answer };
}
