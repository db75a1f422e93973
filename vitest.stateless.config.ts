import { defineConfig } from "vitest/config";
import { buildConfig, STATELESS_TESTS } from "./vitest.config.ts";

/** Tests without rows: all files in one Worker. */
export default defineConfig(() =>
  buildConfig({ name: "stateless", include: STATELESS_TESTS, isolate: false }),
);
