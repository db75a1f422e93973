/**
 * How long the answer took here, as a header that browsers show: while the flag perf_monitoring is on, and not at all
 * otherwise. A Worker's clock stands still while it computes, so these are the times that it waited.
 */
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../context.ts";
import { isOn } from "../flags.ts";

export function addServerTiming(): MiddlewareHandler<AppEnv> {
  return async function serverTiming(c, next) {
    const startedAt = performance.now();
    await next();
    if (c.get("flags") === undefined || !isOn(c, "perf_monitoring")) return;
    c.res.headers.set("Server-Timing", `app;dur=${(performance.now() - startedAt).toFixed(1)}`);
  };
}
