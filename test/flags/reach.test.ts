import { describe, expect, it } from "vitest";
import { evaluateFlag } from "../../src/flags/evaluate.ts";
import { describeReach, judgeReach } from "../../src/flags/reach.ts";
import { onForRole, onForShare, type StoredTexts, snapshotOf } from "./support.ts";

const BOOLEANS = { on: true, off: false };

function rule(over: object = {}): object {
  return { state: "ENABLED", variants: BOOLEANS, defaultVariant: "on", ...over };
}

const OFF_FOR_CUSTOMERS = rule({ targeting: { if: [{ "==": [{ var: "role" }, "USER"] }, "off", null] } });

/** `charts` by this rule, with nothing else stored unless said. */
async function reachOf(charts: object | null, over: StoredTexts = {}, others: object = {}) {
  const flags = { ...(charts === null ? {} : { charts }), ...others };
  return judgeReach(await snapshotOf({ rules: { flags }, ...over }), "charts");
}

describe("judgeReach", () => {
  it.each([
    ["on", "everybody", "switch"],
    ["100%", "everybody", "switch"],
    ["off", "nobody", "switch"],
    ["0%", "nobody", "switch"],
    ["99.99%", "some", "share"],
    ["auto", "everybody", "default"],
    ["ture", "everybody", "default"],
  ] as const)("judges the switch %s without a rule as %s, by its %s", async (raw, kind, by) => {
    expect(await reachOf(null, { switches: { charts: raw } })).toEqual({ kind, by });
  });

  it.each([
    ["that is off for customers alone", OFF_FOR_CUSTOMERS, "some"],
    ["that is on for one role alone", onForRole("ADMIN"), "some"],
    ["that chooses a share", onForShare(50), "some"],
    ["without targeting and on", rule(), "everybody"],
    ["without targeting and off", rule({ defaultVariant: "off" }), "nobody"],
    ["with an empty targeting", rule({ targeting: {} }), "everybody"],
    ["without a default, which leaves it to the code", rule({ defaultVariant: null }), "everybody"],
    ["that is disabled", { ...onForRole("ADMIN"), state: "DISABLED" }, "everybody"],
    ["that can't be evaluated", rule({ targeting: { nonsense: [1] }, defaultVariant: "off" }), "everybody"],
    ["whose variant is not true or false", rule({ variants: { on: "yes" } }), "everybody"],
    ["whose every branch is on", rule({ targeting: { if: [{ var: "role" }, "on", "on"] } }), "everybody"],
    ["whose every branch is off", rule({ targeting: { if: [{ var: "role" }, "off", "off"] } }), "nobody"],
    [
      "without a last branch, so that its default holds",
      rule({ targeting: { if: [{ var: "role" }, "on"] }, defaultVariant: "off" }),
      "some",
    ],
    ["whose answer is computed", rule({ targeting: { var: "role" } }), "some"],
    ["that is nothing but off", rule({ targeting: "off" }), "nobody"],
    [
      "with an off hidden two branches down",
      rule({ targeting: { if: [{ var: "a" }, "on", { if: [{ var: "b" }, "on", "off"] }] } }),
      "some",
    ],
    [
      "that computes an answer in one branch",
      rule({ targeting: { if: [{ var: "a" }, "on", { cat: ["o", "ff"] }] } }),
      "some",
    ],
  ] as const)("judges a rule %s", async (_, charts, kind) => {
    expect(await reachOf(charts)).toMatchObject({ kind, by: "rule" });
  });

  it("lets the switch on beat any rule", async () => {
    const reach = await reachOf(OFF_FOR_CUSTOMERS, { switches: { charts: "on" } });
    expect(reach).toEqual({ kind: "everybody", by: "switch" });
  });

  it.each([
    ["animations on", { switches: { animations: "on" } }, {}, "everybody", "rule"],
    ["animations off", { switches: { animations: "off" } }, {}, "nobody", "requirement"],
    ["animations for a share", { switches: { animations: "10%" } }, {}, "some", "requirement"],
    ["animations by a rule", {}, { animations: onForRole("ADMIN") }, "some", "requirement"],
    [
      "animations, which requires charts",
      {},
      { animations: rule({ metadata: { requires: "charts" } }) },
      "nobody",
      "requirement",
    ],
  ] as const)("counts a requirement: %s", async (_, over, others, kind, by) => {
    const charts = rule({ metadata: { requires: "animations" } });
    expect(await reachOf(charts, over, others)).toEqual({ kind, by });
  });

  it.each([
    ["isn't there", {}, "nobody"],
    ["is true for all", { trial: rule() }, "everybody"],
    ["is true for some", { trial: onForRole("ADMIN") }, "some"],
    ["leaves its value to the caller", { trial: rule({ defaultVariant: null }) }, "nobody"],
    ["requires what isn't there", { trial: rule({ metadata: { requires: "nothing" } }) }, "nobody"],
  ] as const)("counts a required flag of the document that %s", async (_, others, kind) => {
    const charts = rule({ metadata: { requires: "trial" } });
    expect(await reachOf(charts, {}, others)).toMatchObject({ kind });
  });

  it("agrees with what each person gets wherever it is sure, and finds both where it isn't", async () => {
    const people = ["USER", "ADMIN"].flatMap((role) =>
      Array.from({ length: 40 }, (_, index) => ({ targetingKey: `${role}-${index}`, role })),
    );
    for (const charts of [rule(), rule({ defaultVariant: "off" }), OFF_FOR_CUSTOMERS, onForShare(50)]) {
      const snapshot = await snapshotOf({ rules: { flags: { charts } } });
      const values = new Set(people.map((person) => evaluateFlag(snapshot, "charts", person).value));
      const { kind } = judgeReach(snapshot, "charts");
      expect([...values].sort()).toEqual({ everybody: [true], nobody: [false], some: [false, true] }[kind]);
    }
  });
});

describe("describeReach", () => {
  it("says nothing of a flag that is on for everybody, and by what it is off for others", () => {
    expect(describeReach({ kind: "everybody", by: "switch" })).toBeNull();
    expect(describeReach({ kind: "some", by: "rule" })).toBe("may be off for some people, by its rule");
    expect(describeReach({ kind: "some", by: "share" })).toBe("may be off for some people, by its share");
    expect(describeReach({ kind: "nobody", by: "switch" })).toBe("switched off");
    expect(describeReach({ kind: "nobody", by: "rule" })).toBe("off for everybody, by its rule");
  });
});
