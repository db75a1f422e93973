import { describe, expect, it } from "vitest";
import { evaluateFlag } from "../../src/flags/evaluate.ts";
import { FLAG_KEYS, getDefinition, isFlagKey } from "../../src/flags/registry.ts";
import { SOMEBODY, snapshotOf } from "./support.ts";

describe("the registry", () => {
  it("has the five flags of the product, and says of each which are critical", () => {
    expect([...FLAG_KEYS].sort()).toEqual([
      "animations",
      "charts",
      "cloud_services",
      "image_processing",
      "perf_monitoring",
    ]);
    expect(FLAG_KEYS.filter((key) => getDefinition(key).critical).sort()).toEqual([
      "charts",
      "cloud_services",
    ]);
  });

  it("lets clients see every flag but cloud_services", () => {
    expect(FLAG_KEYS.filter((key) => !getDefinition(key).client)).toEqual(["cloud_services"]);
  });

  it("says for every flag what people meet while it is off", () => {
    for (const key of FLAG_KEYS) expect(getDefinition(key).whenOff.length, key).toBeGreaterThan(20);
  });

  it("requires flags that exist only", () => {
    for (const key of FLAG_KEYS) expect(getDefinition(key).requires.every(isFlagKey), key).toBe(true);
  });

  it("gives every flag its documented default in both environments when nothing is stored", async () => {
    const valuesIn = async (environment: "production" | "development") => {
      const snapshot = await snapshotOf({ environment });
      return Object.fromEntries(FLAG_KEYS.map((key) => [key, evaluateFlag(snapshot, key, SOMEBODY).value]));
    };
    const on = { animations: true, charts: true, cloud_services: true, image_processing: true };
    expect(await valuesIn("production")).toEqual({ ...on, perf_monitoring: false });
    expect(await valuesIn("development")).toEqual({ ...on, perf_monitoring: true });
  });

  it("doesn't compile when an unknown flag is asked for", async () => {
    const snapshot = await snapshotOf();
    // @ts-expect-error: "chart" is not a flag, and the compiler says so.
    expect(() => evaluateFlag(snapshot, "chart", SOMEBODY)).toThrow();
  });
});
