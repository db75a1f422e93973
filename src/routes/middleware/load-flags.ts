/**
 * Gives every request one snapshot of the flags, and every answer its revision, so that an operator can see when a
 * change has arrived. A namespace that doesn't answer never fails a request.
 */
import { waitUntil } from "cloudflare:workers";
import type { MiddlewareHandler } from "hono";
import { buildFlagJournal } from "../../db/flag-changes.ts";
import { loadFlags } from "../../flags/load.ts";
import { noticeReading, staleReadMsOf } from "../../flags/notice-changes.ts";
import type { FlagSnapshot } from "../../flags/snapshot.ts";
import { logWarning } from "../../log.ts";
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
  const ttlMs = config.flagsTtlSeconds * 1_000;
  const staleReadMs = staleReadMsOf(config.environment, ttlMs);
  return loadFlags({
    store: c.env.FLAGS,
    environment: config.environment,
    scope: config.origin,
    ttlMs,
    now: Date.now(),
    waitUntil,
    onForeignChange: (snapshot) => noticeServed(c.env.DB, snapshot, staleReadMs),
  });
}

/** What people get is in the history, also when wrangler takes it back before the minute's cron looks. */
async function noticeServed(
  db: D1Database,
  { values, readAt }: FlagSnapshot,
  staleReadMs: number,
): Promise<void> {
  if (readAt === null) return;
  try {
    await noticeReading(buildFlagJournal(db), { values, readAt }, staleReadMs);
  } catch (error) {
    // The cron looks every minute.
    logWarning("flag_changes_not_noticed", { error: String(error) });
  }
}
