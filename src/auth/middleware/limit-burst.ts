/**
 * Bursts, by the rate limiting binding: quick and approximate, counted where the request arrives.
 * It protects the machine; the limits that protect people are counted in the database (auth/limits.ts).
 */
import { AppError } from "../../errors.ts";

export interface BurstEnv {
  AUTH_BURST: RateLimit;
  GENERATION_BURST: RateLimit;
}

/** The periods of the two bindings in wrangler.toml. */
const PERIOD_SECONDS = { auth: 60, generation: 10 } as const;

/** `key` is the place for requests that try a way in, the person for those that order pictures. */
export async function limitBurst(
  bindings: BurstEnv,
  kind: "auth" | "generation",
  key: string,
): Promise<void> {
  const { success } = await (kind === "auth" ? bindings.AUTH_BURST : bindings.GENERATION_BURST).limit({
    key,
  });
  if (success) return;
  throw new AppError("too_many_requests", {
    reason: `burst_${kind}`,
    headers: { "Retry-After": String(PERIOD_SECONDS[kind]) },
  });
}
