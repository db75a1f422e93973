import { defineConfig } from "vitest/config";

/** Everything but the end-to-end tests, as one run with one total. */
export default defineConfig({
  test: {
    // Read from here alone, whatever a project says.
    silent: "passed-only",
    projects: ["vitest.stateless.config.ts", "vitest.storage.config.ts", "vitest.node.config.ts"],
  },
});
