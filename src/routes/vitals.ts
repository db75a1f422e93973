/**
 * Where sampled browsers send what they measured: a page of the product and a few numbers, nothing about anybody.
 * While perf_monitoring is off no page sends anything, and nothing is taken.
 */
import { Hono } from "hono";
import * as z from "zod/mini";
import { insertWebVitals, VITAL_NAMES } from "../db/web-vitals.ts";
import { AppError } from "../errors.ts";
import { ROUTES } from "./access.ts";
import { parseJsonBody } from "./body.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { isOn } from "./flags.ts";

const SAMPLES_MAX = VITAL_NAMES.length;
/** Ten minutes in milliseconds: what is slower than that was a tab in the background. */
const VALUE_MAX = 600_000;
/** Of all page views. A desk has few of them. */
const SAMPLED_SHARE = { production: 0.1, development: 1 } as const;

const PAGES = ROUTES.filter(({ kind, method }) => kind === "page" && method === "GET").map(
  ({ path }) => path,
);

const vitalsSchema = z.strictObject({
  page: z.enum(PAGES, "This is not a page of the product."),
  samples: z
    .array(
      z.strictObject({
        name: z.enum(VITAL_NAMES),
        value: z.number().check(z.minimum(0), z.maximum(VALUE_MAX)),
      }),
    )
    .check(z.minLength(1), z.maxLength(SAMPLES_MAX)),
});

export const vitals = new Hono<AppEnv>().post("/api/vitals", async (c) => {
  const { page, samples } = await parseJsonBody(c, vitalsSchema);
  if (!isOn(c, "perf_monitoring")) throw new AppError("feature_disabled");
  await insertWebVitals(c.env.DB, page, samples);
  return c.body(null, 204);
});

/** The page as samples name it, if this view is one of those that are measured. */
export function findMeasuredPage(c: AppContext): string | undefined {
  const page = c.get("route");
  if (!isOn(c, "perf_monitoring") || !PAGES.includes(page)) return undefined;
  return Math.random() < SAMPLED_SHARE[c.get("config").environment] ? page : undefined;
}
