/** The admin pages: how things stand, who is here, and all jobs. */
import { Hono } from "hono";
import { buildDailyPicturesQuery } from "../../db/daily-pictures.ts";
import { buildFlagSchedulesQuery } from "../../db/flag-schedules.ts";
import { buildAdminFiguresQuery, listJobs } from "../../db/jobs.ts";
import { runQueries } from "../../db/query.ts";
import { buildLastReconciliationQuery } from "../../db/reconciliations.ts";
import { listUsers } from "../../db/users.ts";
import { jobQuery, presentJob } from "../admin-generations.ts";
import { userQuery } from "../admin-users.ts";
import { parseQuery } from "../body.ts";
import type { AppEnv } from "../context.ts";
import { listFlagDiagnoses } from "../diagnostics.ts";
import { isOn, requireSnapshot } from "../flags.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { presentUser } from "../present.ts";
import { AdminGenerationsPage } from "../views/admin/generations.tsx";
import { AdminHomePage } from "../views/admin/home.tsx";
import { AdminUsersPage } from "../views/admin/users.tsx";
import { listConcerns, listFigures, listFlagConcerns, presentDay } from "./admin-figures.ts";

export const adminPages = new Hono<AppEnv>()
  .get("/admin", async (c) => {
    const [figures, last, days, plans] = await runQueries(c.env.DB, [
      buildAdminFiguresQuery(c.env.DB),
      buildLastReconciliationQuery(c.env.DB),
      buildDailyPicturesQuery(c.env.DB),
      buildFlagSchedulesQuery(c.env.DB),
    ]);
    // Strange keys harm nobody, and looking for them would read the namespace: the flags' own page does.
    const diagnoses = listFlagDiagnoses(requireSnapshot(c), [], plans);
    return c.html(
      <AdminHomePage
        frame={buildFrame(c, takeNotice(c))}
        figures={listFigures(figures)}
        concerns={[...listConcerns(figures, last), ...listFlagConcerns(diagnoses)]}
        days={days.map(presentDay)}
        hasCharts={isOn(c, "charts")}
      />,
    );
  })
  .get("/admin/users", async (c) => {
    const { q, role, cursor, limit } = parseQuery(c, userQuery);
    const page = await listUsers(c.env.DB, { q, role }, { cursor, limit });
    return c.html(
      <AdminUsersPage
        frame={buildFrame(c, takeNotice(c))}
        people={page.items.map(presentUser)}
        total={page.total}
        filters={{ q: q ?? "", role: role ?? "" }}
        nextCursor={page.nextCursor}
        hasCursor={cursor !== undefined}
      />,
    );
  })
  .get("/admin/generations", async (c) => {
    const { status, cursor, limit } = parseQuery(c, jobQuery);
    const page = await listJobs(c.env.DB, { status }, { cursor, limit });
    return c.html(
      <AdminGenerationsPage
        frame={buildFrame(c, takeNotice(c))}
        jobs={page.items.map(presentJob)}
        filters={{ status: status ?? "" }}
        nextCursor={page.nextCursor}
        hasCursor={cursor !== undefined}
      />,
    );
  });
