import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { unstable_readConfig } from "wrangler";

const OWN_SETTINGS = ".dev.vars";
/** Bounds on waiting that would tell a slow machine from a quick one. */
const PATIENCE_MODULE = {
  find: "./patience.ts",
  replacement: join(import.meta.dirname, "test", "support", "patience.ts"),
};

/** Only what never ends takes as long as that, however slow the machine is. */
export const PATIENCE_MS = { testTimeout: 5 * 60_000, hookTimeout: 5 * 60_000, teardownTimeout: 60_000 };

/** Each holds some 500 MB, with its Worker and what it has loaded. */
const WORKERS_MAX = 4;

/**
 * All cores: a file waits a good deal for its Worker. Every project has to say the same, because what a run of several
 * projects says isn't read by them.
 */
export const MAX_WORKERS = Math.min(availableParallelism(), WORKERS_MAX);

/** These run on Node.js: vitest.node.config.ts and vitest.e2e.config.ts. */
export const NOT_IN_WORKERD = ["test/e2e/**", "test/node/**"];

/**
 * Tests of what keeps nothing: they share one Worker, because starting one and its schema costs each file more than
 * its tests do.
 */
export const STATELESS_TESTS = [
  "test/dev/**/*.test.ts",
  "test/generations/*.test.ts",
  "test/ideogram/**/*.test.ts",
  "test/r2/**/*.test.ts",
  "test/routes/views/**/*.test.{ts,tsx}",
];

/** Unit and integration tests run in workerd, with the local D1, R2, Queues and Images of wrangler.toml. */
export default defineConfig(() => buildConfig({}));

/** The one setup of tests in workerd; `test` says which files, and whether each has a Worker of its own. */
export async function buildConfig(test: {
  name?: string;
  include?: string[];
  exclude?: string[];
  isolate?: boolean;
}): Promise<ViteUserConfig> {
  const migrations = await readD1Migrations("migrations");
  const ownSettings = await readOwnSettings();
  return {
    resolve: { alias: [PATIENCE_MODULE] },
    plugins: [
      cloudflareTest({
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: {
          bindings: {
            ...ownSettings,
            MIGRATIONS: migrations,
            ENVIRONMENT: "development",
            APP_ORIGIN: "http://eventide.test",
            AUTH_SECRET: "a-secret-for-tests-that-is-long-enough-0123456789",
            // Tests write switches and see them at once.
            FLAGS_TTL_SECONDS: "0",
            IDEOGRAM_API_KEY: "test-key",
            IDEOGRAM_BASE_URL: "http://127.0.0.1:9",
            IDEOGRAM_IMAGE_HOSTS: "127.0.0.1:9",
          },
        },
      }),
    ],
    test: {
      include: ["test/**/*.test.{ts,tsx}"],
      exclude: NOT_IN_WORKERD,
      setupFiles: ["test/setup.ts"],
      maxWorkers: MAX_WORKERS,
      ...PATIENCE_MS,
      silent: "passed-only",
      ...test,
    },
  };
}

/**
 * wrangler adds `.dev.vars` to the variables of wrangler.toml. They are one person's own and mustn't decide how a test
 * ends, so each is put back to what a deployment has: its variable or, as null for test/setup.ts, nothing.
 */
async function readOwnSettings(): Promise<Record<string, string | null>> {
  if (!existsSync(OWN_SETTINGS)) return {};
  const { vars } = unstable_readConfig({ config: "./wrangler.toml" });
  const own = parseEnv(await readFile(OWN_SETTINGS, "utf8"));
  return Object.fromEntries(Object.keys(own).map((name) => [name, vars[name]?.toString() ?? null]));
}
