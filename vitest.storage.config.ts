import { defineConfig } from "vitest/config";
import { buildConfig, NOT_IN_WORKERD, STATELESS_TESTS } from "./vitest.config.ts";

/** Tests with rows and objects: every file starts with an empty storage of its own. */
export default defineConfig(() =>
  buildConfig({ name: "storage", exclude: [...NOT_IN_WORKERD, ...STATELESS_TESTS] }),
);
