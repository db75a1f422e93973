import { defineConfig } from "vitest/config";

/** End-to-end tests use a running product from outside: over HTTP, and in a real browser. */
export default defineConfig({
  test: {
    name: "e2e",
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: ["test/e2e/setup.ts"],
    // Several waits of a test may each take as long as test/support/eventually.ts allows.
    testTimeout: 10 * 60_000,
    hookTimeout: 10 * 60_000,
    teardownTimeout: 2 * 60_000,
    // One product for all of them, on a machine that may have two cores.
    fileParallelism: false,
  },
});
