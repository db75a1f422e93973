import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Unit and integration tests run in workerd, with the local D1, R2, Queues and Images of wrangler.toml. */
export default defineConfig(async () => {
  const migrations = await readD1Migrations("migrations");
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: {
          bindings: {
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
      exclude: ["test/e2e/**", "test/node/**"],
      setupFiles: ["test/setup.ts"],
      testTimeout: 20_000,
      silent: "passed-only" as const,
    },
  };
});
