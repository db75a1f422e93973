/**
 * For the guard: how this request ended, counted for each guarded flag that it asked for. Nothing is counted while no
 * flag is guarded, and nothing of it makes a request wait or fail.
 */
import { waitUntil } from "cloudflare:workers";
import type { MiddlewareHandler } from "hono";
import { addFlagOutcomes } from "../../db/flag-outcomes.ts";
import { isGuarded } from "../../flags/guard.ts";
import { countOutcomes, type Outcome } from "../../flags/outcomes.ts";
import { logWarning } from "../../log.ts";
import type { AppContext, AppEnv } from "../context.ts";

const SERVER_FAULT_STATUS = 500;

export function countFlagOutcomes(): MiddlewareHandler<AppEnv> {
  return async function outcomesCounted(c, next) {
    await next();
    const outcomes = listOutcomes(c);
    const counts = outcomes.length === 0 ? null : countOutcomes(c.env.FLAGS, outcomes, Date.now());
    if (counts === null) return;
    waitUntil(
      addFlagOutcomes(c.env.DB, counts).catch((error: unknown) =>
        logWarning("flag_outcomes_lost", { error: String(error) }),
      ),
    );
  };
}

function listOutcomes(c: AppContext): Outcome[] {
  const snapshot = c.get("flags");
  const asked = c.get("flagValues");
  if (snapshot === undefined || asked === undefined) return [];
  // A feature that is switched off answers 503 by intention.
  const hasFailed = c.res.status >= SERVER_FAULT_STATUS && c.get("refusal") !== "feature_disabled";
  const failures = c.get("flagFailures");
  return [...asked.values()]
    .filter(({ key }) => isGuarded(snapshot, key))
    .map(({ key, value }) => ({ key, isOn: value, hasFailed: hasFailed || failures?.has(key) === true }));
}
