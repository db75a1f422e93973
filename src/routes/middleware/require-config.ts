/** Every route but health needs the whole configuration. A wrong one is logged by field name and answered with 503. */
import type { MiddlewareHandler } from "hono";
import { parseConfig } from "../../env.ts";
import { AppError } from "../../errors.ts";
import { logAlarm } from "../../log.ts";
import type { AppEnv } from "../context.ts";

export const HEALTH_PATH = "/api/health";

export function requireConfig(): MiddlewareHandler<AppEnv> {
  return async function configRequired(c, next) {
    const parsed = parseConfig(c.env);
    if (parsed.ok) {
      c.set("config", parsed.value);
      return next();
    }
    for (const issue of parsed.error) logAlarm("misconfigured", { ...issue });
    if (c.req.path === HEALTH_PATH) return next();
    throw new AppError("misconfigured", {
      detail: `The service is not set up: ${parsed.error.map((issue) => issue.field).join(", ")}. The health report says more.`,
    });
  };
}
