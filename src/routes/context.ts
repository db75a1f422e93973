/** What every request carries: bindings, the parsed configuration, its id, and who is calling. */
import type { Context } from "hono";
import type { Principal } from "../auth/principal.ts";
import type { Bindings, Config } from "../env.ts";
import { AppError } from "../errors.ts";

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
  };
}

export type AppContext = Context<AppEnv>;

/** The person who is calling, or 401. There is no other way to get one. */
export function requireUser(c: AppContext): Principal {
  const principal = c.get("principal");
  if (principal === null || principal === undefined) throw new AppError("unauthenticated");
  return principal;
}
