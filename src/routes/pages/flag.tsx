/** The page of one switch: its forms change it, plan it, watch it and undo what was done last. */
import { Hono } from "hono";
import { buildFlagHistoryQuery, buildLastFlagChangesQuery } from "../../db/flag-changes.ts";
import { buildFlagOutcomesQuery } from "../../db/flag-outcomes.ts";
import { buildFlagSchedulesQuery } from "../../db/flag-schedules.ts";
import { runQueries } from "../../db/query.ts";
import { AppError } from "../../errors.ts";
import { GUARD_WINDOW_MS, isGuarded } from "../../flags/guard.ts";
import { STORED_KEYS } from "../../flags/keys.ts";
import { type FlagKey, getDefinition } from "../../flags/registry.ts";
import { listSwitchVariants } from "../../flags/snapshot.ts";
import { parseSwitch } from "../../flags/switch-value.ts";
import { numberedPageQuery, parseQuery } from "../body.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { buildOwnContext, requireSnapshot } from "../flags.ts";
import { requireFlagKey } from "../flags-admin.ts";
import { noticeNow } from "../flags-change.ts";
import { presentHistoryRow, presentOverviews, presentPlan } from "../flags-present.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { adminFlagPath } from "../views/addresses.ts";
import { AdminFlagPage } from "../views/admin/flag.tsx";
import { typedValue } from "../views/form-values.ts";
import type { FormValues } from "../views/model.ts";
import { callOffPlan, changeByForm, planByForm, undoLast, watchByForm } from "./flag-forms.ts";
import { type Refusal, readForm, refuseForm } from "./form.ts";

const HISTORY_ROWS = 20;

export const flagPages = new Hono<AppEnv>()
  .get("/admin/flags/:key", (c) => renderFlag(c, requireFlagKey(c.req.param("key")), null))
  .post("/admin/flags/:key", async (c) => {
    const values = await readForm(c);
    const key = requireFlagKey(c.req.param("key"));
    try {
      setNotice(c, { kind: "success", text: await act(c, key, values) });
      return c.redirect(adminFlagPath(key), 303);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return renderFlag(c, key, { values, ...refuseForm(c, error) });
    }
  });

/** What was done, in a sentence. */
function act(c: AppContext, key: FlagKey, values: FormValues): Promise<string> {
  switch (typedValue(values, "intent")) {
    case "change":
      return changeByForm(c, key, values);
    case "undo":
      return undoLast(c, key, values);
    case "plan":
      return planByForm(c, key, values);
    case "cancel":
      return callOffPlan(c, key, values);
    case "guard":
      return watchByForm(c, key, values);
    default:
      throw new AppError("invalid_request", { detail: "This form is not known. Nothing was changed." });
  }
}

async function renderFlag(c: AppContext, key: FlagKey, refused: (Refusal & { values: FormValues }) | null) {
  const { cursor } = parseQuery(c, numberedPageQuery);
  const known = await noticeNow(c, () => readFlag(c, key, cursor));
  const snapshot = requireSnapshot(c);
  const flag = presentOverviews(snapshot, known.last, buildOwnContext(c)).find((item) => item.key === key);
  if (flag === undefined) throw new AppError("not_found");
  const counts = known.outcomes.find((row) => row.key === key) ?? null;
  const variants = listSwitchVariants(snapshot.flags[key].rule);
  return c.html(
    <AdminFlagPage
      frame={buildFrame(c, takeNotice(c))}
      flag={flag}
      variants={variants.filter((name) => name !== "on" && name !== "off")}
      plans={known.plans.filter((plan) => plan.key === key).map(presentPlan)}
      guard={getDefinition(key).critical ? null : { isArmed: isGuarded(snapshot, key), counts }}
      history={known.page.items.map(presentHistoryRow)}
      nextCursor={known.page.nextCursor}
      hasCursor={cursor !== undefined}
      isUndoable={parseSwitch(known.page.items[0]?.old ?? null, variants).kind !== "invalid"}
      {...refused}
    />,
  );
}

async function readFlag(c: AppContext, key: FlagKey, cursor: number | undefined) {
  const [page, last, plans, outcomes] = await runQueries(c.env.DB, [
    buildFlagHistoryQuery(c.env.DB, key, { cursor, limit: HISTORY_ROWS }),
    buildLastFlagChangesQuery(c.env.DB, STORED_KEYS),
    buildFlagSchedulesQuery(c.env.DB),
    buildFlagOutcomesQuery(c.env.DB, GUARD_WINDOW_MS),
  ]);
  return { page, last, plans, outcomes };
}
