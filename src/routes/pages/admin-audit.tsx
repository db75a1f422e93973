/** The audit log as a page. */
import { Hono } from "hono";
import { listAudit } from "../../db/audit.ts";
import { auditQuery } from "../admin-audit.ts";
import { parseQuery } from "../body.ts";
import type { AppEnv } from "../context.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { presentAuditRow } from "../present.ts";
import { AdminAuditPage } from "../views/admin/audit.tsx";

export const adminAuditPages = new Hono<AppEnv>().get("/admin/audit", async (c) => {
  const { actor, subject, action, cursor, limit } = parseQuery(c, auditQuery);
  const page = await listAudit(c.env.DB, { actor, subject, action }, { cursor, limit });
  return c.html(
    <AdminAuditPage
      frame={buildFrame(c, takeNotice(c))}
      records={page.items.map(presentAuditRow)}
      filters={{ actor: actor ?? "", subject: subject ?? "", action: action ?? "" }}
      nextCursor={page.nextCursor}
      hasCursor={cursor !== undefined}
    />,
  );
});
