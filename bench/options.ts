/**
 * The command line: `npm run bench -- [--quick] [--sizes] [--flags] [me] [credits] [generations] [gallery]`. Nothing named means
 * everything; `--sizes` or `--flags` alone compares no route.
 */
import { parseArgs } from "node:util";
import { Refusal } from "../scripts/dev/refusal.ts";
import type { Plan } from "./measure.ts";
import { ROUTE_NAMES, type RouteName } from "./routes.ts";

export interface Options {
  routes: RouteName[];
  /** Unless routes were named. */
  withSizes: boolean;
  withFlags: boolean;
  plan: Plan;
  /** All comparisons together end soon after this time, with fewer pairs if need be. */
  timeBudgetMs: number;
}

const FULL: Omit<Options, "routes" | "withSizes" | "withFlags"> = {
  plan: { pairs: 40, requestsPerBlock: 150, warmUpRequests: 1_500 },
  timeBudgetMs: 240_000,
};

/** To see that something changed a lot; its interval is too wide for a verdict. */
const QUICK: Omit<Options, "routes" | "withSizes" | "withFlags"> = {
  plan: { pairs: 10, requestsPerBlock: 80, warmUpRequests: 400 },
  timeBudgetMs: 20_000,
};

export function parseOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      sizes: { type: "boolean", default: false },
      flags: { type: "boolean", default: false },
    },
  });
  const unknown = positionals.filter((name) => !isRouteName(name));
  if (unknown.length > 0) {
    throw new Refusal(`Unknown route ${unknown.join(", ")}; there are ${ROUTE_NAMES.join(", ")}.`);
  }
  const named = positionals.filter(isRouteName);
  const isEverything = named.length === 0 && !values.sizes && !values.flags;
  return {
    routes: isEverything ? [...ROUTE_NAMES] : named,
    withSizes: values.sizes || isEverything,
    withFlags: values.flags || isEverything,
    ...(values.quick ? QUICK : FULL),
  };
}

function isRouteName(name: string): name is RouteName {
  return ROUTE_NAMES.some((known) => known === name);
}
