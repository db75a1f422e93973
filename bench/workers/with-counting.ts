/** Wraps a Worker so that each answer carries the D1 round trips that it took. Never part of a timed measurement. */
import { countRoundTrips, type RoundTrip } from "../../test/support/counting-database.ts";

export const ROUND_TRIPS_HEADER = "x-round-trips";

export interface CountedTrip {
  statements: number;
  rowsWritten: number;
}

interface CountableWorker<Bindings> {
  fetch: (request: Request, env: Bindings, context: ExecutionContext) => Response | Promise<Response>;
}

export function withCounting<Bindings extends { DB: D1Database }>(
  worker: CountableWorker<Bindings>,
): CountableWorker<Bindings> {
  return {
    async fetch(request, env, context) {
      const { db, trips } = countRoundTrips(env.DB);
      const response = await worker.fetch(request, { ...env, DB: db }, context);
      const counted = new Response(response.body, response);
      counted.headers.set(ROUND_TRIPS_HEADER, JSON.stringify(trips.map(summarise)));
      return counted;
    },
  };
}

function summarise({ statements, rowsWritten }: RoundTrip): CountedTrip {
  return { statements: statements.length, rowsWritten };
}
