import { defineConfig } from "vitest/config";

/** Everything but the end-to-end tests, as one run with one total. */
export default defineConfig({
  test: { projects: ["vitest.stateless.config.ts", "vitest.storage.config.ts", "vitest.node.config.ts"] },
});
