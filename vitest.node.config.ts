import { defineConfig } from "vitest/config";
import { MAX_WORKERS, PATIENCE_MS } from "./vitest.config.ts";

/** What starts, tests and ships the product runs on Node.js itself, and so do its tests. */
export default defineConfig({
  test: { name: "node", include: ["test/node/**/*.test.ts"], maxWorkers: MAX_WORKERS, ...PATIENCE_MS },
});
