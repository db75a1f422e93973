/**
 * `npm run bench`: what the product costs beside a bare Worker that does the same, its D1 round trips, its flags, and its sizes.
 * Ends with 1 when a counted budget is exceeded or a comparison isn't fair; never because of a time.
 */

import { runScript } from "../scripts/dev/refusal.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { measureFlags } from "./flags.ts";
import { compare, measureWay, type Pair, type Plan } from "./measure.ts";
import { type Options, parseOptions } from "./options.ts";
import {
  type ComparedRoute,
  type CountedRoute,
  formatComparisons,
  formatFlagCosts,
  formatRoundTrips,
  formatSizes,
} from "./report.ts";
import { buildRoutes, type MeasuredRoute } from "./routes.ts";
import { findRouteFacts, shareGalleryFrame } from "./sameness.ts";
import { buildSeed, type Seed } from "./seed.ts";
import {
  measurePages,
  measureWorker,
  PAGE_SCRIPT_MAX_KB,
  PAGE_STYLE_MAX_KB,
  WORKER_MAX_KB,
} from "./sizes.ts";

/** A and B of a comparison. The control's are two copies of the product: its ratio says how much to believe the others. */
const PRODUCT_AND_FLOOR: Pair = ["product", "floor"];
const CONTROL: Pair = ["product", "twin"];

await runScript(async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options.withFlags) console.log(`${formatFlagCosts(await measureFlags())}\n`);
  if (options.routes.length > 0 || options.withSizes) await runInCluster(options);
});

async function runInCluster(options: Options): Promise<void> {
  const seed = await buildSeed();
  const cluster = await startCluster(seed);
  try {
    const failures = [
      ...(await runRoutes(cluster, seed, options)),
      ...(options.withSizes ? await runSizes(cluster, seed) : []),
      ...cluster.complaints.map((complaint) => `logged: ${complaint}`),
    ];
    for (const failure of failures) console.error(`FAILED ${failure}`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await cluster.dispose();
  }
}

/** Compares nothing that isn't fair to compare. */
async function runRoutes(cluster: Cluster, seed: Seed, { routes, plan, timeBudgetMs }: Options) {
  const known = buildRoutes(seed);
  await shareGalleryFrame(cluster, known.gallery);
  const counted: CountedRoute[] = [];
  for (const name of routes) {
    counted.push({ route: known[name], facts: await findRouteFacts(cluster, known[name]) });
  }
  const failures = counted.flatMap(listFailures);
  if (failures.length > 0 || counted.length === 0) return failures;
  console.log(`${formatRoundTrips(counted)}\n`);
  const compared = await compareRoutes(
    cluster,
    counted.map(({ route }) => route),
    plan,
    Date.now() + timeBudgetMs,
  );
  console.log(`${formatComparisons(compared, await measureWay(cluster, known.me, plan))}\n`);
  return [];
}

/** The control goes by the first route. Whoever comes later gets an equal share of the time that is left. */
async function compareRoutes(
  cluster: Cluster,
  routes: readonly MeasuredRoute[],
  plan: Plan,
  endsAt: number,
): Promise<ComparedRoute[]> {
  const contests = routes.flatMap((route, index) => [
    ...(index === 0 ? [{ title: `control: ${route.title}`, route, pair: CONTROL }] : []),
    { title: route.title, route, pair: PRODUCT_AND_FLOOR },
  ]);
  const compared: ComparedRoute[] = [];
  for (const [index, { title, route, pair }] of contests.entries()) {
    const now = Date.now();
    const deadline = now + (endsAt - now) / (contests.length - index);
    compared.push({ title, comparison: await compare(cluster, route, pair, plan, deadline) });
  }
  return compared;
}

function listFailures({ route, facts }: CountedRoute): string[] {
  const isOverBudget = facts.roundTrips > route.roundTripsMax;
  return [
    ...facts.differences.map((difference) => `${route.title} is not compared fairly: ${difference}`),
    ...(isOverBudget ? [`${route.title}: ${facts.roundTrips} D1 round trips`] : []),
  ];
}

async function runSizes(cluster: Cluster, seed: Seed): Promise<string[]> {
  const workerKb = measureWorker(cluster.productBundle);
  const pages = await measurePages(cluster, seed);
  console.log(`${formatSizes(workerKb, pages)}\n`);
  return [
    ...(workerKb > WORKER_MAX_KB ? ["the Worker is too large"] : []),
    ...pages
      .filter(({ styleKb, scriptKb }) => styleKb > PAGE_STYLE_MAX_KB || scriptKb > PAGE_SCRIPT_MAX_KB)
      .map(({ path }) => `${path} sends too much`),
  ];
}
