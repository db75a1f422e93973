import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildLetterLimits, buildSignInLimits } from "../../src/auth/limits.ts";
import { parsePlace } from "../../src/auth/place.ts";
import {
  buildGiveBack,
  deleteExpiredCounters,
  type Limit,
  takeFromLimits,
} from "../../src/db/rate-counters.ts";
import { newId } from "../../src/ids.ts";
import { newIpv4 } from "../support/places.ts";

const START = 1_800_000_000_000;
const MINUTE_MS = 60_000;

function newKey(max: number, windowMs = MINUTE_MS): Limit {
  return { key: newId(), windowMs, max };
}

describe("takeFromLimits", () => {
  it("lets through as many as the limit says, and tells when the next one may come", async () => {
    const limit = newKey(3);
    for (let i = 0; i < 3; i++) {
      expect((await takeFromLimits(env.DB, [limit], START + i * 10_000)).isTaken).toBe(true);
    }
    const refused = await takeFromLimits(env.DB, [limit], START + 30_000);
    expect(refused).toMatchObject({ isTaken: false, fullKeys: [limit.key], retryAfterMs: 30_000 });
    expect((await takeFromLimits(env.DB, [limit], START + 59_999)).isTaken).toBe(false);
    expect((await takeFromLimits(env.DB, [limit], START + 60_000)).isTaken).toBe(true);
  });

  it("lets exactly as many through when fifty come at once", async () => {
    const limit = newKey(5);
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => takeFromLimits(env.DB, [limit], START)),
    );
    expect(outcomes.filter((outcome) => outcome.isTaken)).toHaveLength(5);
  });

  it("counts against none of the limits when one of them is full", async () => {
    const [full, empty] = [newKey(1), newKey(5)];
    await takeFromLimits(env.DB, [full], START);
    expect((await takeFromLimits(env.DB, [full, empty], START)).isTaken).toBe(false);
    const rows = await env.DB.prepare("SELECT count(*) AS n FROM rate_counters WHERE key = ?1")
      .bind(empty.key)
      .first<number>("n");
    expect(rows).toBe(0);
  });

  it("counts once for a key with two windows", async () => {
    const short = newKey(2);
    const long = { ...short, windowMs: 10 * MINUTE_MS, max: 3 };
    for (let i = 0; i < 3; i++) {
      const at = START + i * 2 * MINUTE_MS;
      expect((await takeFromLimits(env.DB, [short, long], at)).isTaken).toBe(true);
    }
    expect((await takeFromLimits(env.DB, [short, long], START + 6 * MINUTE_MS)).isTaken).toBe(false);
  });

  it("takes an event back", async () => {
    const limit = newKey(1);
    const taken = await takeFromLimits(env.DB, [limit], START);
    await buildGiveBack(env.DB, taken).run();
    expect((await takeFromLimits(env.DB, [limit], START)).isTaken).toBe(true);
  });

  it("counts a part only of what comes from one place", async () => {
    const here = newKey(10);
    const shared: Limit = { ...newKey(10), share: { key: here.key, max: 4 } };
    const keys = [];
    for (let i = 0; i < 6; i++) keys.push((await takeFromLimits(env.DB, [here, shared], START + i)).keys);
    expect(keys.filter((taken) => taken.includes(shared.key))).toHaveLength(4);
    expect(keys.every((taken) => taken.includes(here.key))).toBe(true);
  });

  it("refuses a list in which nothing counts every event", async () => {
    const shared: Limit = { ...newKey(1), share: { key: "x", max: 1 } };
    await expect(takeFromLimits(env.DB, [shared], START)).rejects.toThrow(/at least one limit/);
  });

  it("never lets more than its maximum through any window, whenever they come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        async (offsets, max) => {
          const limit = newKey(max);
          const passed: number[] = [];
          for (const offset of offsets.sort((a, b) => a - b)) {
            const { isTaken, at } = await takeFromLimits(env.DB, [limit], START + offset);
            if (isTaken) passed.push(at);
          }
          for (const at of passed) {
            expect(
              passed.filter((other) => other > at - MINUTE_MS && other <= at).length,
            ).toBeLessThanOrEqual(max);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe("deleteExpiredCounters", () => {
  it("removes what no window can see, and nothing else", async () => {
    const [old, young] = [newKey(1), newKey(1)];
    await takeFromLimits(env.DB, [old], START - MINUTE_MS - 1_000);
    await takeFromLimits(env.DB, [young], START);
    await deleteExpiredCounters(env.DB, START, 100);
    const { results } = await env.DB.prepare("SELECT key FROM rate_counters WHERE key IN (?1, ?2)")
      .bind(old.key, young.key)
      .all();
    expect(results).toEqual([{ key: young.key }]);
  });
});

describe("the limits of this product", () => {
  it("keep no address and no place in their keys", async () => {
    const address = newIpv4();
    const { limits } = await buildLetterLimits("ines@example.test", parsePlace(address));
    const keys = JSON.stringify([
      ...limits,
      ...(await buildSignInLimits("ines@example.test", parsePlace(address))),
    ]);
    expect(keys).not.toContain("ines");
    expect(keys).not.toContain(address);
  });

  it("count a whole IPv6 /64 as one place", async () => {
    const one = await buildSignInLimits("a@example.test", parsePlace("2001:db8:1:2::1"));
    const two = await buildSignInLimits("a@example.test", parsePlace("2001:db8:1:2:ffff::9"));
    const other = await buildSignInLimits("a@example.test", parsePlace("2001:db8:1:3::1"));
    expect(one).toEqual(two);
    expect(one).not.toEqual(other);
  });
});
