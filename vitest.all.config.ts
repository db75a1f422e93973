import { defineConfig } from "vitest/config";

/** Everything but the end-to-end tests, as one run with one total. */
export default defineConfig({
  test: {
    // Read from here alone, whatever a project says.
    silent: "passed-only",
    // A file waits a good deal for its Worker, so that a core kept free would only be idle.
    maxWorkers: "100%",
    projects: ["vitest.stateless.config.ts", "vitest.storage.config.ts", "vitest.node.config.ts"],
  },
});
