import { defineConfig } from "vitest/config";

/** What starts, tests and ships the product runs on Node.js itself, and so do its tests. */
export default defineConfig({
  test: { name: "node", include: ["test/node/**/*.test.ts"], testTimeout: 20_000 },
});
