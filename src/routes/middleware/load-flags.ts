/**
 * Gives every request one snapshot of the flags, and every answer its revision, so that an operator can see when a
 * change has arrived. A namespace that doesn't answer never fails a request.
 */
import { waitUntil } from "cloudflare:workers";
import type { MiddlewareHandler } from "hono";
import { loadFlags } from "../../flags/load.ts";
import type { AppContext, AppEnv } from "../context.ts";

export const REVISION_HEADER = "X-Flags-Rev";

export function loadRequestFlags(): MiddlewareHandler<AppEnv> {
  return async function flagsLoaded(c, next) {
    const snapshot = await findSnapshot(c);
    c.set("flags", snapshot);
    await next();
    if (snapshot !== undefined) c.res.headers.set(REVISION_HEADER, snapshot.rev);
  };
}

/** Absent while the configuration is wrong: only the health report is answered then. */
async function findSnapshot(c: AppContext) {
  const config = c.get("config");
  if (config === undefined) return undefined;
  return loadFlags({
    store: c.env.FLAGS,
    environment: config.environment,
    scope: config.origin,
    ttlMs: config.flagsTtlSeconds * 1_000,
    now: Date.now(),
    waitUntil,
  });
}
