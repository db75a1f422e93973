import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateFlag, evaluateOther } from "../../src/flags/evaluate.ts";
import { judgeReach } from "../../src/flags/reach.ts";
import { FLAG_KEYS } from "../../src/flags/registry.ts";
import { onForRole, onForShare, SOMEBODY, snapshotOf } from "./support.ts";

const ADMIN = { targetingKey: "an-admin", role: "ADMIN" };

describe("evaluateFlag", () => {
  it("gives the default when nothing is stored", async () => {
    expect(evaluateFlag(await snapshotOf(), "charts", SOMEBODY)).toEqual({
      key: "charts",
      value: true,
      variant: "on",
      reason: "DEFAULT",
      source: "default",
      error: null,
    });
  });

  it("follows the rule when there is one, for each person", async () => {
    const snapshot = await snapshotOf({ rules: { flags: { charts: onForRole("ADMIN") } } });
    expect(evaluateFlag(snapshot, "charts", ADMIN)).toMatchObject({
      value: true,
      reason: "TARGETING_MATCH",
      source: "rules",
    });
    expect(evaluateFlag(snapshot, "charts", SOMEBODY)).toMatchObject({ value: false, source: "rules" });
  });

  it("lets the switch beat the rule", async () => {
    const snapshot = await snapshotOf({
      switches: { charts: "off" },
      rules: { flags: { charts: onForRole("ADMIN") } },
    });
    expect(evaluateFlag(snapshot, "charts", ADMIN)).toMatchObject({
      value: false,
      variant: "off",
      reason: "STATIC",
      source: "switch",
    });
  });

  it.each(["ture", "", "101%"])("follows the rule when the switch says %j", async (raw) => {
    const snapshot = await snapshotOf({
      switches: { charts: raw },
      rules: { flags: { charts: onForRole("ADMIN") } },
    });
    expect(evaluateFlag(snapshot, "charts", ADMIN)).toMatchObject({ value: true, source: "rules" });
    expect(evaluateFlag(snapshot, "charts", SOMEBODY)).toMatchObject({ value: false, source: "rules" });
  });

  it("serves a variant of the rule by the switch", async () => {
    const rule = {
      state: "ENABLED",
      variants: { on: true, off: false, winter: false },
      defaultVariant: "on",
    };
    const snapshot = await snapshotOf({
      switches: { animations: "winter" },
      rules: { flags: { animations: rule } },
    });
    expect(evaluateFlag(snapshot, "animations", SOMEBODY)).toMatchObject({
      value: false,
      variant: "winter",
      reason: "STATIC",
    });
  });

  it("uses the code's default when the rule is DISABLED, which is not off", async () => {
    const rule = { ...onForRole("ADMIN"), state: "DISABLED" };
    const snapshot = await snapshotOf({ rules: { flags: { charts: rule, perf_monitoring: rule } } });
    expect(evaluateFlag(snapshot, "charts", SOMEBODY)).toMatchObject({ value: true, reason: "DISABLED" });
    expect(evaluateFlag(snapshot, "perf_monitoring", ADMIN)).toMatchObject({
      value: false,
      reason: "DISABLED",
    });
  });

  it("uses the code's default when the rule leaves the value open", async () => {
    const rule = { state: "ENABLED", variants: { on: true, off: false } };
    const snapshot = await snapshotOf({ rules: { flags: { charts: rule } } });
    expect(evaluateFlag(snapshot, "charts", SOMEBODY)).toMatchObject({ value: true, source: "default" });
  });

  it.each([
    ["a variant that is not true or false", { ...onForRole("ADMIN"), variants: { on: "yes", off: "no" } }],
    ["an unknown operator", { ...onForRole("ADMIN"), targeting: { nonsense: [1] } }],
    ["a variant that isn't there", { ...onForRole("ADMIN"), targeting: { if: [true, "missing"] } }],
    ["a default variant that isn't there", { ...onForRole("ADMIN"), defaultVariant: "missing" }],
    ["a state in lower case", { ...onForRole("ADMIN"), state: "enabled" }],
    ["no variants", { state: "ENABLED", defaultVariant: "on" }],
    ["no object", 7],
  ])("keeps the default and says so for a rule with %s, and leaves others alone", async (_, broken) => {
    const snapshot = await snapshotOf({
      rules: { flags: { charts: broken, animations: onForRole("ADMIN") } },
    });
    const details = evaluateFlag(snapshot, "charts", ADMIN);
    expect(details).toMatchObject({ value: true, reason: "ERROR", source: "default" });
    expect(details.error?.message).not.toBe("");
    expect(evaluateFlag(snapshot, "animations", ADMIN)).toMatchObject({ value: true, source: "rules" });
    expect(evaluateFlag(snapshot, "animations", SOMEBODY)).toMatchObject({ value: false, source: "rules" });
  });

  it.each(["{", "[]", "null", '{"flags":[]}', "{}"])(
    "keeps all defaults for the document %j",
    async (text) => {
      const snapshot = await snapshotOf({ rules: text, switches: { animations: "off" } });
      expect(evaluateFlag(snapshot, "charts", SOMEBODY)).toMatchObject({ value: true, reason: "ERROR" });
      expect(evaluateFlag(snapshot, "animations", SOMEBODY)).toMatchObject({
        value: false,
        source: "switch",
      });
    },
  );

  it("never throws, whatever is stored", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.string(), async (json, raw) => {
        const rules = { flags: { charts: JSON.parse(json), animations: { variants: JSON.parse(json) } } };
        const snapshot = await snapshotOf({ rules, switches: { charts: raw } });
        for (const key of FLAG_KEYS) expect(typeof evaluateFlag(snapshot, key, {}).value).toBe("boolean");
      }),
      { numRuns: 300 },
    );
  });
});

describe("a percentage", () => {
  const people = Array.from({ length: 2_000 }, (_, index) => `person-${index}`);
  const peopleIn = async (raw: string) => {
    const snapshot = await snapshotOf({ switches: { charts: raw } });
    return people.filter((targetingKey) => evaluateFlag(snapshot, "charts", { targetingKey }).value);
  };

  it("keeps everyone who is in while it grows from 5 % to 100 %", async () => {
    let before: string[] = [];
    for (const percentage of [0, 5, 10, 25, 50, 75, 100]) {
      const now = await peopleIn(`${percentage}%`);
      expect(now).toEqual(expect.arrayContaining(before));
      expect(Math.abs(now.length / people.length - percentage / 100)).toBeLessThan(0.03);
      before = now;
    }
  });

  it("answers SPLIT, and the same for the same person each time", async () => {
    const snapshot = await snapshotOf({ switches: { charts: "50%" } });
    const first = evaluateFlag(snapshot, "charts", SOMEBODY);
    expect(first).toMatchObject({ reason: "SPLIT", source: "switch" });
    expect(evaluateFlag(snapshot, "charts", SOMEBODY)).toEqual(first);
  });

  it("chooses the same people as a rule with the same share", async () => {
    const byRule = await snapshotOf({ rules: { flags: { charts: onForShare(30) } } });
    const chosen = people.filter((targetingKey) => evaluateFlag(byRule, "charts", { targetingKey }).value);
    expect(chosen).toEqual(await peopleIn("30%"));
  });

  it("keeps the default and says so when there is no targeting key to choose by", async () => {
    const bySwitch = await snapshotOf({ switches: { perf_monitoring: "99%" } });
    const byRule = await snapshotOf({ rules: { flags: { perf_monitoring: onForShare(100) } } });
    for (const snapshot of [bySwitch, byRule]) {
      expect(evaluateFlag(snapshot, "perf_monitoring", { role: "USER" })).toMatchObject({
        value: false,
        reason: "ERROR",
        error: { code: "TARGETING_KEY_MISSING" },
      });
      expect(snapshot.needsTargetingKey).toBe(true);
    }
  });

  it("needs no key for nobody and for everybody", async () => {
    expect(evaluateFlag(await snapshotOf({ switches: { charts: "0%" } }), "charts", {}).value).toBe(false);
    const all = await snapshotOf({ switches: { perf_monitoring: "100%" } });
    expect(evaluateFlag(all, "perf_monitoring", {}).value).toBe(true);
    expect(all.needsTargetingKey).toBe(false);
  });
});

/** The smallest of 5 %, 10 %, 15 % … that each of 200 people is in. */
const GOLDEN_SHARES = [
  "30 30 25 10 100 95 80 90 60 5 15 25 50 20 90 35 85 65 80 50 40 50 20 75 45",
  "40 10 85 100 30 40 35 10 30 10 10 35 75 70 100 25 60 10 10 95 55 30 25 95 80",
  "50 65 5 55 80 15 100 35 35 25 100 5 70 25 5 70 75 35 50 75 65 50 40 10 55",
  "35 55 55 30 40 15 90 65 10 5 50 65 30 95 20 70 5 95 75 25 65 70 60 60 75",
  "10 95 90 60 5 35 30 15 45 60 70 5 55 60 50 15 95 100 30 75 55 70 5 35 90",
  "55 75 5 95 25 75 40 95 65 5 40 95 45 25 75 70 65 15 25 35 40 40 75 50 35",
  "45 75 15 65 45 75 70 45 25 40 55 60 65 25 60 25 50 10 45 15 50 70 60 95 65",
  "65 95 80 40 45 20 40 70 30 55 20 65 30 5 90 55 65 15 20 60 20 25 70 100 30",
];

/** Which of 200 people are in, five percent by five percent. A new version of the library must not move anyone. */
describe("golden buckets", () => {
  it("puts 200 known ids into the share where they have always been", async () => {
    const shares: number[] = [];
    for (let index = 0; index < 200; index++) {
      const targetingKey = `01k9zq3v7x2m4n6p8r0s2t${String(index).padStart(4, "0")}`;
      shares.push(await smallestShare(targetingKey));
    }
    expect(shares.join(" ")).toBe(GOLDEN_SHARES.join(" "));
  });

  const steps = Array.from({ length: 20 }, (_, index) => (index + 1) * 5);
  const snapshots = Promise.all(steps.map((step) => snapshotOf({ switches: { charts: `${step}%` } })));

  async function smallestShare(targetingKey: string): Promise<number> {
    const known = await snapshots;
    const index = known.findIndex((snapshot) => evaluateFlag(snapshot, "charts", { targetingKey }).value);
    return steps[index] ?? Number.NaN;
  }
});

describe("prerequisites", () => {
  const needing = (requires: string, more: object = {}) => ({
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "on",
    metadata: { requires },
    ...more,
  });

  it("turns a flag off while one that it requires is off", async () => {
    const rules = { flags: { animations: needing("charts") } };
    const off = await snapshotOf({ rules, switches: { charts: "off" } });
    expect(evaluateFlag(off, "animations", SOMEBODY)).toMatchObject({ value: false, reason: "PREREQUISITE" });
    const on = await snapshotOf({ rules });
    expect(evaluateFlag(on, "animations", SOMEBODY)).toMatchObject({ value: true, source: "rules" });
  });

  it("doesn't keep a switch from counting", async () => {
    const snapshot = await snapshotOf({
      rules: { flags: { animations: needing("charts") } },
      switches: { charts: "off", animations: "on" },
    });
    expect(evaluateFlag(snapshot, "animations", SOMEBODY)).toMatchObject({ value: true, source: "switch" });
  });

  it("has no answer without a key while a share decides about what is required", async () => {
    const rules = {
      flags: { animations: needing("charts"), trial: needing("share"), share: onForShare(100) },
    };
    const snapshot = await snapshotOf({ rules, switches: { charts: "50%" } });
    expect(evaluateFlag(snapshot, "animations", {})).toMatchObject({
      reason: "ERROR",
      error: { code: "TARGETING_KEY_MISSING" },
    });
    expect(evaluateOther(snapshot, "trial", {})).toMatchObject({ code: "TARGETING_KEY_MISSING" });
    expect(evaluateFlag(snapshot, "animations", SOMEBODY).error).toBeNull();
    expect(evaluateOther(snapshot, "trial", SOMEBODY)).toMatchObject({ kind: "value", value: true });
  });

  it("counts a circle, and a flag that isn't there, as not met", async () => {
    const rules = {
      flags: { animations: needing("charts"), charts: needing("animations"), other: needing("nowhere") },
    };
    const snapshot = await snapshotOf({ rules });
    expect(evaluateFlag(snapshot, "charts", SOMEBODY).value).toBe(false);
    expect(evaluateFlag(snapshot, "animations", SOMEBODY).value).toBe(false);
    expect(evaluateOther(snapshot, "other", SOMEBODY)).toEqual({ kind: "prerequisite", value: false });
  });

  it("are judged once each, however many ways lead to them", async () => {
    const layers = 60;
    const flags = Object.fromEntries(
      Array.from({ length: layers }, (_, layer) => layer).flatMap((layer) => {
        const below = layer === layers - 1 ? "charts" : `a${layer + 1}, b${layer + 1}`;
        return [`a${layer}`, `b${layer}`].map((key) => [key, needing(below)] as const);
      }),
    );
    const rules = { flags: { ...flags, animations: needing("a0, b0") } };
    const met = await snapshotOf({ rules });
    expect(evaluateFlag(met, "animations", SOMEBODY).value).toBe(true);
    expect(judgeReach(met, "animations").kind).toBe("everybody");
    const unmet = await snapshotOf({ rules, switches: { charts: "off" } });
    expect(evaluateFlag(unmet, "animations", SOMEBODY).value).toBe(false);
    expect(judgeReach(unmet, "animations").kind).toBe("nobody");
    expect(evaluateOther(unmet, "a0", SOMEBODY)).toEqual({ kind: "prerequisite", value: false });
  });

  it("holds for flags of the document only, and leaves the value open where there is no false", async () => {
    const words = needing("charts, extra", { variants: { on: "hello", off: "bye" } });
    const rules = { flags: { greeting: words, extra: needing("charts") } };
    const met = await snapshotOf({ rules });
    expect(evaluateOther(met, "greeting", SOMEBODY)).toMatchObject({ kind: "value", value: "hello" });
    const unmet = await snapshotOf({ rules, switches: { charts: "off" } });
    expect(evaluateOther(unmet, "greeting", SOMEBODY)).toEqual({ kind: "prerequisite", value: undefined });
  });
});

describe("evaluateOther", () => {
  it("answers null for a flag that nothing defines, and the fault of one that is broken", async () => {
    const snapshot = await snapshotOf({ rules: { flags: { broken: { state: "ENABLED" } } } });
    expect(evaluateOther(snapshot, "nothing", SOMEBODY)).toBeNull();
    expect(evaluateOther(snapshot, "broken", SOMEBODY)).toMatchObject({ kind: "error", code: "PARSE_ERROR" });
  });
});
