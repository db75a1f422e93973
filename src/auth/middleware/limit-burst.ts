/**
 * Bursts, by the rate limiting binding: quick and approximate, counted where the request arrives.
 * It protects the machine; the limits that protect people are counted in the database (auth/limits.ts).
 */
import { AppError } from "../../errors.ts";
import { logError } from "../../log.ts";

export interface BurstEnv {
  AUTH_BURST: RateLimit;
  EVALUATION_BURST: RateLimit;
  GENERATION_BURST: RateLimit;
}

export type BurstKind = "auth" | "evaluation" | "generation" | "measure";

/** The periods of the bindings in wrangler.toml. */
const PERIOD_SECONDS = { auth: 60, evaluation: 10, generation: 10, measure: 10 } as const;

/** `key` is the person for requests that order pictures, and the place for all others. */
export async function limitBurst(bindings: BurstEnv, kind: BurstKind, key: string): Promise<void> {
  if (await isWithinLimit(chooseBinding(bindings, kind), kind, key)) return;
  throw new AppError("too_many_requests", {
    ...(kind === "auth" ? {} : { detail: "Wait some seconds and try again. Nothing was charged." }),
    reason: `burst_${kind}`,
    headers: { "Retry-After": String(PERIOD_SECONDS[kind]) },
  });
}

function chooseBinding(bindings: BurstEnv, kind: BurstKind): RateLimit {
  switch (kind) {
    case "auth":
      return bindings.AUTH_BURST;
    case "evaluation":
      return bindings.EVALUATION_BURST;
    case "generation":
    // It writes rows too, and the place that it counts is never a person's id.
    case "measure":
      return bindings.GENERATION_BURST;
  }
}

/** A counter that doesn't answer closes no door: the limits in the database hold without it. */
async function isWithinLimit(binding: RateLimit, kind: BurstKind, key: string): Promise<boolean> {
  try {
    const { success } = await binding.limit({ key });
    return success;
  } catch (error) {
    logError("burst_limit_failed", error, { kind });
    return true;
  }
}
