/**
 * Compares two Workers by the CPU that the runtime spends on the same requests. Blocks come in the order ABBA ABBA …,
 * so that whatever drifts on the machine meets both; each pair of neighbours gives one ratio.
 */
import type { Cluster } from "./cluster.ts";
import type { Target } from "./describe-workers.ts";
import type { MeasuredRoute } from "./routes.ts";
import { bootstrapMedian, type Interval, median } from "./statistics.ts";

export type Pair = readonly [a: Target, b: Target];

export interface Plan {
  pairs: number;
  requestsPerBlock: number;
  warmUpRequests: number;
}

export interface Comparison {
  ratio: Interval;
  pairs: number;
  /** Medians, in milliseconds of CPU a request. They hold for this machine and this moment only. */
  aMs: number;
  bMs: number;
}

/** Fewer pairs than this don't make an interval. */
const PAIRS_MIN = 8;
const WAY_BLOCKS = 8;

export async function compare(
  cluster: Cluster,
  route: MeasuredRoute,
  [a, b]: Pair,
  plan: Plan,
  deadline: number,
): Promise<Comparison> {
  let index = 0;
  const driveBoth = async (order: Pair, count: number): Promise<[number, number]> => {
    const start = index;
    index += count;
    const spent = new Map<Target, number>();
    for (const target of order) {
      const requests = Array.from({ length: count }, (_, offset) => route.buildRequest(start + offset));
      spent.set(target, (await cluster.drive(target, route.expectedStatus, requests)) / count);
    }
    return [spent.get(a) ?? Number.NaN, spent.get(b) ?? Number.NaN];
  };

  await driveBoth([a, b], plan.warmUpRequests);
  const pairs: [number, number][] = [];
  while (pairs.length < plan.pairs && (pairs.length < PAIRS_MIN || Date.now() < deadline)) {
    pairs.push(await driveBoth(pairs.length % 2 === 0 ? [a, b] : [b, a], plan.requestsPerBlock));
  }
  return {
    ratio: bootstrapMedian(pairs.map(([spentByA, spentByB]) => spentByA / spentByB)),
    pairs: pairs.length,
    aMs: median(pairs.map(([spentByA]) => spentByA)),
    bMs: median(pairs.map(([, spentByB]) => spentByB)),
  };
}

/**
 * CPU in milliseconds a request of the driver and the way to a Worker, measured with one that answers at once. It is
 * in the figures of A and of B alike and pulls their ratio towards 1.
 */
export async function measureWay(cluster: Cluster, route: MeasuredRoute, plan: Plan): Promise<number> {
  const driveBlock = async (count: number) => {
    const requests = Array.from({ length: count }, (_, index) => route.buildRequest(index));
    return (await cluster.drive("empty", 200, requests)) / count;
  };
  await driveBlock(plan.warmUpRequests);
  const spent: number[] = [];
  while (spent.length < WAY_BLOCKS) spent.push(await driveBlock(plan.requestsPerBlock));
  return median(spent);
}
