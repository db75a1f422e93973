/**
 * The Workers of the bench as the runtime takes them. The product is there twice, so that the method can be tried on
 * equals, and once more with a counter; each has a D1 database of its own.
 */
import type { V4ModuleDefinition, V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { CONFIG_PATH, describeProduct, ROOT, readModules } from "./build.ts";
import { ORIGIN } from "./seed.ts";

export const TARGETS = ["product", "twin", "floor", "empty"] as const;
export type Target = (typeof TARGETS)[number];
const COUNTED_TARGETS = ["counted-product", "counted-floor"] as const;
export type CountedTarget = (typeof COUNTED_TARGETS)[number];

/** Called like the Worker that has it. */
export const DATABASES = ["product", "twin", "floor", ...COUNTED_TARGETS];

/** Production settings; no job is ever run, so nothing asks for the provider's key. */
const SETTINGS = {
  ENVIRONMENT: "production",
  APP_ORIGIN: ORIGIN,
  AUTH_SECRET: "a-secret-of-the-bench-that-is-long-enough",
  IDEOGRAM_API_KEY: "not-used",
  MAX_OPEN_GENERATIONS: "100000",
  MAX_GENERATIONS_PER_HOUR: "1000000",
  COMMIT: "bench",
};

const FLOOR_FILES = ["floor", "session", "credits", "generations", "gallery"].map(
  (name) => `bench/floor/${name}.ts`,
);
const COUNTING_FILES = ["bench/workers/with-counting.ts", "test/support/counting-database.ts"];

export function describeWorkers(productBundle: string): V4WorkerOptions[] {
  const product = describeProduct(productBundle);
  return [
    describeOwnWorker("driver", { serviceBindings: nameEach([...TARGETS, ...COUNTED_TARGETS]) }),
    describeOwnWorker("seeder", { d1Databases: nameEach(DATABASES), routes: ["seeder/*"] }),
    describeWorker("product", [product]),
    describeWorker("twin", [product]),
    describeWorker("floor", readModules(...FLOOR_FILES)),
    describeWorker("empty", readModules("bench/workers/empty.ts")),
    describeWorker("counted-product", [
      ...readModules("bench/workers/counted-product.ts", ...COUNTING_FILES),
      product,
    ]),
    describeWorker(
      "counted-floor",
      readModules("bench/workers/counted-floor.ts", ...COUNTING_FILES, ...FLOOR_FILES),
    ),
  ];
}

/** The driver and the seeder. */
function describeOwnWorker(name: string, bindings: Partial<V4WorkerOptions>): V4WorkerOptions {
  const config = unstable_readConfig({ config: CONFIG_PATH });
  return {
    ...bindings,
    name,
    ...(config.compatibility_date === undefined ? {} : { compatibilityDate: config.compatibility_date }),
    modulesRoot: ROOT,
    modules: readModules(`bench/workers/${name}.ts`),
  };
}

/** Bindings that are called like what they lead to. */
function nameEach(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** All that wrangler.toml binds, but with an own database, and with nobody who takes messages off the queue. */
function describeWorker(name: string, modules: V4ModuleDefinition[]): V4WorkerOptions {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(CONFIG_PATH);
  const { assets: _assets, queueConsumers: _consumers, cronTriggers: _crons, ...options } = workerOptions;
  const { vars } = unstable_readConfig({ config: CONFIG_PATH });
  return {
    ...options,
    name,
    modulesRoot: ROOT,
    modules,
    bindings: { ...(vars as Record<string, string>), ...SETTINGS },
    d1Databases: { DB: { id: name } },
  };
}
