/** The Worker: requests, queue deliveries and the minute's cron. All three start from the one parsed configuration. */
import { waitUntil } from "cloudflare:workers";
import { app } from "./app.ts";
import { keepHouse } from "./auth/housekeeping.ts";
import { buildPostOffice } from "./auth/post-office.ts";
import { buildFlagJournal } from "./db/flag-changes.ts";
import { buildFlagOutcomesQuery, deleteOldFlagOutcomes } from "./db/flag-outcomes.ts";
import { buildFlagAgenda } from "./db/flag-schedules.ts";
import { runQuery } from "./db/query.ts";
import { findUser } from "./db/users.ts";
import { deleteOldWebVitals } from "./db/web-vitals.ts";
import { type Bindings, type Config, parseConfig } from "./env.ts";
import { isOnForPerson } from "./flags/evaluate-for-person.ts";
import { GUARD_WINDOW_MS } from "./flags/guard.ts";
import { type LoadOptions, loadFlags } from "./flags/load.ts";
import { staleReadMsOf } from "./flags/notice-changes.ts";
import { type RoundTools, runFlagRound } from "./flags/round.ts";
import type { JobContext } from "./generations/job-context.ts";
import { consumeBatch } from "./generations/queue-consumer.ts";
import { runSchedule } from "./generations/schedule.ts";
import { logAlarm } from "./log.ts";

export default {
  fetch: app.fetch,

  async queue(batch, env) {
    const config = requireConfig(env);
    if (config === null) {
      // The rows are the outbox: the cron of a mended deployment sends each open job anew. A message that was kept would
      // count every minute until then as a delivery, and take its job into the dead letters.
      batch.ackAll();
      return;
    }
    await consumeBatch(buildJobContext(env, config), batch);
  },

  async scheduled(_controller, env) {
    const config = requireConfig(env);
    if (config === null) return;
    await runSchedule(buildJobContext(env, config));
    await runFlagRound(buildFlagRound(env, config));
    await keepHouse(buildPostOffice(env, config), Date.now());
  },
} satisfies ExportedHandler<Bindings>;

function requireConfig(env: Bindings): Config | null {
  const parsed = parseConfig(env);
  if (parsed.ok) return parsed.value;
  for (const issue of parsed.error) logAlarm("misconfigured", { ...issue });
  return null;
}

function buildJobContext(env: Bindings, config: Config): JobContext {
  return {
    db: env.DB,
    bucket: env.BUCKET,
    images: env.IMAGES,
    queue: env.GENERATIONS,
    provider: {
      fetch: (request) => fetch(request),
      baseUrl: config.ideogram.baseUrl,
      apiKey: config.ideogram.apiKey,
      imageHosts: config.ideogram.imageHosts,
      allowHttpLoopback: config.environment === "development",
    },
    maxInFlight: config.ideogram.maxInFlight,
    maxAgeMs: config.generationMaxAgeSeconds * 1000,
    isCloudOn: async (userId) =>
      isOnForPerson(await loadFlags(buildLoadOptions(env, config)), "cloud_services", userId, (id) =>
        findUser(env.DB, id),
      ),
    sleep: (ms) => scheduler.wait(ms),
  };
}

function buildLoadOptions(env: Bindings, config: Config): LoadOptions {
  return {
    store: env.FLAGS,
    environment: config.environment,
    scope: config.origin,
    ttlMs: config.flagsTtlSeconds * 1_000,
    now: Date.now(),
    waitUntil,
  };
}

function buildFlagRound(env: Bindings, config: Config): RoundTools {
  return {
    store: env.FLAGS,
    journal: buildFlagJournal(env.DB),
    agenda: buildFlagAgenda(env.DB),
    staleReadMs: staleReadMsOf(config.environment, config.flagsTtlSeconds * 1_000),
    loadSnapshot: () => loadFlags(buildLoadOptions(env, config)),
    readGuardCounts: () => runQuery(buildFlagOutcomesQuery(env.DB, GUARD_WINDOW_MS)),
    deleteOld: () => Promise.all([deleteOldFlagOutcomes(env.DB), deleteOldWebVitals(env.DB)]),
    sleep: (ms) => scheduler.wait(ms),
    now: Date.now,
  };
}
