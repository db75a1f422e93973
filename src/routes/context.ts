/** What every request carries: bindings, the parsed configuration, its id, and who is calling. */
import type { Context } from "hono";
import type { Principal } from "../auth/principal.ts";
import type { Bindings, Config } from "../env.ts";
import { AppError } from "../errors.ts";
import type { FlagDetails } from "../flags/evaluate.ts";
import type { FlagKey } from "../flags/registry.ts";
import type { FlagSnapshot } from "../flags/snapshot.ts";

export interface AppEnv {
  Bindings: Bindings;
  Variables: {
    requestId: string;
    config: Config;
    /** Null when nobody is signed in. Set for every route that isn't public. */
    principal: Principal | null;
    /** The matched path of the table of routes, for the log. */
    route: string;
    /** Which check refused, for the request's log line. */
    refusal: string;
    /** What all flags of this request are evaluated from. Absent only while the configuration is wrong. */
    flags: FlagSnapshot | undefined;
    /** Flags that this request has asked for, each evaluated once. */
    flagValues: Map<FlagKey, FlagDetails> | undefined;
    /** Flags whose feature failed during this request although the answer may be fine. */
    flagFailures: Set<FlagKey> | undefined;
    /** Given to a visitor of this request, who had no id before. */
    visitorId: string | undefined;
  };
}

export type AppContext = Context<AppEnv>;

/** The person who is calling, or 401. There is no other way to get one. */
export function requireUser(c: AppContext): Principal {
  const principal = c.get("principal");
  if (principal === null || principal === undefined) throw new AppError("unauthenticated");
  return principal;
}
