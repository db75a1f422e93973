/** What browsers measured while perf_monitoring was on, page by page. */
import { Hono } from "hono";
import { runQuery } from "../../db/query.ts";
import { buildVitalsQuery, type VitalSummary } from "../../db/web-vitals.ts";
import type { AppEnv } from "../context.ts";
import { isOn } from "../flags.ts";
import { buildFrame, takeNotice } from "../frame.ts";
import { FlagsSpeedPage, type PageSpeed } from "../views/admin/flags-speed.tsx";

const SHOWN_DAYS = 7;

export const flagsSpeedPages = new Hono<AppEnv>().get("/admin/speed", async (c) => {
  const summaries = await runQuery(buildVitalsQuery(c.env.DB, SHOWN_DAYS));
  return c.html(
    <FlagsSpeedPage
      frame={buildFrame(c, takeNotice(c))}
      days={SHOWN_DAYS}
      pages={groupByPage(summaries)}
      isOn={isOn(c, "perf_monitoring")}
    />,
  );
});

/** Not every view has every measure; the one that most have says how many there were. */
function groupByPage(summaries: readonly VitalSummary[]): PageSpeed[] {
  const pages = new Map<string, PageSpeed>();
  for (const { page, name, samples, p75 } of summaries) {
    const known = pages.get(page) ?? { page, samples: 0, p75: {} };
    pages.set(page, {
      page,
      samples: Math.max(known.samples, samples),
      p75: { ...known.p75, [name]: p75 },
    });
  }
  return [...pages.values()].sort((a, b) => b.samples - a.samples);
}
