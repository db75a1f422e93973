import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { buildFlagHistoryQuery, buildFlagJournal } from "../../src/db/flag-changes.ts";
import {
  addFlagOutcomes,
  buildFlagOutcomesQuery,
  deleteOldFlagOutcomes,
} from "../../src/db/flag-outcomes.ts";
import {
  buildFlagAgenda,
  buildFlagSchedulesQuery,
  cancelFlagSchedule,
  claimDueFlagSchedules,
  FLAG_SCHEDULES_MAX,
  insertFlagSchedule,
} from "../../src/db/flag-schedules.ts";
import { runQuery } from "../../src/db/query.ts";
import { GUARD_WINDOW_MS, type GuardCounts, isGuarded, judge, runGuard } from "../../src/flags/guard.ts";
import { countOutcomes } from "../../src/flags/outcomes.ts";
import { type RoundTools, runFlagRound } from "../../src/flags/round.ts";
import { buildSnapshot } from "../../src/flags/snapshot.ts";
import { readValues } from "../../src/flags/store.ts";
import { newId } from "../../src/ids.ts";
import { clearFlags, fakeStore, putFlag, putRules } from "../support/flags.ts";
import { snapshotOf } from "./support.ts";

const WATCHED = { state: "ENABLED", variants: { on: true, off: false }, metadata: { guard: true } };

function tools(over: Partial<RoundTools> = {}): RoundTools {
  return {
    store: env.FLAGS,
    journal: buildFlagJournal(env.DB),
    agenda: buildFlagAgenda(env.DB),
    staleReadMs: 0,
    loadSnapshot: async () =>
      buildSnapshot(await readValues(env.FLAGS), { environment: "production", source: "kv", readAt: 0 }),
    readGuardCounts: () => runQuery(buildFlagOutcomesQuery(env.DB, GUARD_WINDOW_MS)),
    deleteOld: () => deleteOldFlagOutcomes(env.DB),
    sleep: () => Promise.resolve(),
    now: Date.now,
    ...over,
  };
}

async function lastChange(key: string) {
  return (await runQuery(buildFlagHistoryQuery(env.DB, key, { limit: 1 }))).items[0];
}

const plan = (key: string, value: string, dueInMs: number) =>
  ({ id: newId(), key, value, note: "planned", dueAt: Date.now() + dueInMs, createdBy: "ada" }) as const;

beforeEach(async () => {
  await clearFlags();
  await runFlagRound(tools());
  await env.DB.batch([
    env.DB.prepare("DELETE FROM flag_schedules"),
    env.DB.prepare("DELETE FROM flag_outcomes"),
  ]);
});

describe("a scheduled switch", () => {
  it("is made when its time has come, through the same path, and is in the history as such", async () => {
    const schedule = plan("charts", "off", -1_000);
    await insertFlagSchedule(env.DB, schedule);
    await runFlagRound(tools());
    expect(await env.FLAGS.get("charts")).toBe("off");
    expect(await lastChange("charts")).toMatchObject({
      changeId: schedule.id,
      via: "schedule",
      actor: "ada",
      new: "off",
      note: "planned",
    });
    expect(await runQuery(buildFlagSchedulesQuery(env.DB))).toEqual([]);
  });

  it("waits for its time", async () => {
    await insertFlagSchedule(env.DB, plan("charts", "off", 60_000));
    await runFlagRound(tools());
    expect(await env.FLAGS.get("charts")).toBeNull();
    expect(await runQuery(buildFlagSchedulesQuery(env.DB))).toHaveLength(1);
  });

  it("is made once when several Workers run the same minute", async () => {
    const schedule = plan("charts", "off", -1_000);
    await insertFlagSchedule(env.DB, schedule);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimDueFlagSchedules(env.DB)));
    expect(claims.flat()).toHaveLength(1);
  });

  it("is tried again when KV doesn't take it", async () => {
    await insertFlagSchedule(env.DB, plan("charts", "off", -1_000));
    const fake = fakeStore();
    fake.fails = true;
    await runFlagRound(tools({ store: fake.store }));
    expect(await env.FLAGS.get("charts")).toBeNull();
    await runFlagRound(tools());
    expect(await env.FLAGS.get("charts")).toBe("off");
  });

  it("isn't made a second time when its holder died right after making it", async () => {
    const schedule = plan("charts", "off", -1_000);
    await insertFlagSchedule(env.DB, schedule);
    const agenda = { ...buildFlagAgenda(env.DB), endClaim: () => Promise.reject(new Error("died")) };
    await runFlagRound(tools({ agenda }));
    await putFlag("charts", "on");
    await env.DB.prepare("UPDATE flag_schedules SET claimed_at = claimed_at - 300000").run();
    await runFlagRound(tools());
    expect(await env.FLAGS.get("charts")).toBe("on");
  });

  it("leaves the later of two for one flag in force", async () => {
    await insertFlagSchedule(env.DB, plan("charts", "on", -1_000));
    await insertFlagSchedule(env.DB, plan("charts", "off", -120_000));
    await runFlagRound(tools());
    expect(await env.FLAGS.get("charts")).toBe("on");
  });

  it("can be called off until it is being made, and belongs to its flag", async () => {
    const schedule = plan("charts", "off", -1_000);
    await insertFlagSchedule(env.DB, schedule);
    expect(await cancelFlagSchedule(env.DB, "animations", schedule.id)).toBe(false);
    expect(await cancelFlagSchedule(env.DB, "charts", schedule.id)).toBe(true);
    await runFlagRound(tools());
    expect(await env.FLAGS.get("charts")).toBeNull();
    expect(await cancelFlagSchedule(env.DB, "charts", schedule.id)).toBe(false);
  });

  it("isn't taken when too many wait already", async () => {
    const added = [];
    for (let n = 0; n <= FLAG_SCHEDULES_MAX; n++) {
      added.push(await insertFlagSchedule(env.DB, plan("charts", "off", (n + 1) * 60_000)));
    }
    expect(added.slice(0, -1)).toEqual(Array(FLAG_SCHEDULES_MAX).fill(null));
    expect(added.at(-1)).toBe("too_many");
  });

  it("is one of two that are asked for at once for a flag and a minute", async () => {
    const schedule = plan("charts", "off", 60_000);
    const asked = ["on", "off", "25%"].map((value) => ({ ...schedule, id: newId(), value }));
    const answers = await Promise.all(asked.map((one) => insertFlagSchedule(env.DB, one)));
    expect(answers.toSorted()).toEqual(["minute_taken", "minute_taken", null]);
    expect(await runQuery(buildFlagSchedulesQuery(env.DB))).toHaveLength(1);
  });

  it("does nothing for a flag that the product no longer has", async () => {
    await insertFlagSchedule(env.DB, plan("old_flag", "off", -1_000));
    await runFlagRound(tools());
    expect(await env.FLAGS.get("old_flag")).toBeNull();
    expect(await runQuery(buildFlagSchedulesQuery(env.DB))).toEqual([]);
  });
});

describe("the round", () => {
  it("writes down what wrangler changed", async () => {
    await putFlag("animations", "off");
    await runFlagRound(tools());
    expect(await lastChange("animations")).toMatchObject({ via: "wrangler", new: "off" });
  });

  it("goes on with its other parts when one fails", async () => {
    await insertFlagSchedule(env.DB, plan("charts", "off", -1_000));
    await runFlagRound(tools({ loadSnapshot: () => Promise.reject(new Error("broken")) }));
    expect(await env.FLAGS.get("charts")).toBe("off");
  });
});

const counts = (over: Partial<GuardCounts>): GuardCounts => ({
  onSamples: 0,
  onErrors: 0,
  offSamples: 0,
  offErrors: 0,
  earlierSamples: 0,
  earlierErrors: 0,
  ...over,
});

describe("the guard's judgement", () => {
  it.each([
    ["too few requests", counts({ onSamples: 49, onErrors: 49 }), false],
    ["few errors", counts({ onSamples: 1_000, onErrors: 50 }), false],
    ["many errors, and nothing to compare with", counts({ onSamples: 1_000, onErrors: 51 }), true],
    [
      "many errors, and as many without it",
      counts({ onSamples: 100, onErrors: 30, offSamples: 100, offErrors: 10 }),
      false,
    ],
    [
      "many errors, and few without it",
      counts({ onSamples: 100, onErrors: 31, offSamples: 100, offErrors: 10 }),
      true,
    ],
    [
      "many errors, as in the hour before",
      counts({ onSamples: 100, onErrors: 20, earlierSamples: 600, earlierErrors: 120 }),
      false,
    ],
    [
      "many errors, and few in the hour before",
      counts({ onSamples: 100, onErrors: 20, earlierSamples: 600, earlierErrors: 3 }),
      true,
    ],
    [
      "a comparison by too few requests, which counts for nothing",
      counts({ onSamples: 100, onErrors: 20, offSamples: 3, offErrors: 3 }),
      true,
    ],
  ])("of %s", (_, given, isWorse) => {
    expect(judge(given).isWorse).toBe(isWorse);
  });
});

describe("the guard", () => {
  const fail = (key: string) => addFlagOutcomes(env.DB, [{ key, isOn: true, samples: 60, errors: 40 }]);

  it("switches a watched flag off that makes requests fail, as its own act, with the figures", async () => {
    await putRules({ image_processing: WATCHED });
    await fail("image_processing");
    await runFlagRound(tools());
    expect(await env.FLAGS.get("image_processing")).toBe("off");
    expect(await lastChange("image_processing")).toMatchObject({
      via: "guard",
      actor: null,
      old: "auto",
      new: "off",
      note: "66.7 % of 60 requests failed with it on, 1.0 % otherwise.",
    });
  });

  it("leaves a flag alone that nobody asked it to watch", async () => {
    await putRules({ image_processing: { ...WATCHED, metadata: {} } });
    await fail("image_processing");
    await runFlagRound(tools());
    expect(await env.FLAGS.get("image_processing")).toBeNull();
  });

  it("never touches a critical flag", async () => {
    await putRules({ charts: WATCHED, cloud_services: WATCHED });
    await fail("charts");
    await fail("cloud_services");
    await runFlagRound(tools());
    expect(await env.FLAGS.get("charts")).toBeNull();
    const snapshot = await snapshotOf({ rules: { flags: { charts: WATCHED, animations: WATCHED } } });
    expect([isGuarded(snapshot, "charts"), isGuarded(snapshot, "animations")]).toEqual([false, true]);
  });

  it("doesn't act again on a flag that is off", async () => {
    await putRules({ image_processing: WATCHED });
    await putFlag("image_processing", "off");
    await fail("image_processing");
    const snapshot = await tools().loadSnapshot();
    const read = () => Promise.reject(new Error("asked for nothing"));
    expect(await runGuard(tools(), snapshot, read, Date.now())).toEqual([]);
  });

  it("says so and goes on when KV doesn't take it", async () => {
    await putRules({ image_processing: WATCHED });
    await fail("image_processing");
    const snapshot = await tools().loadSnapshot();
    const fake = fakeStore();
    fake.fails = true;
    const { readGuardCounts } = tools();
    expect(await runGuard(tools({ store: fake.store }), snapshot, readGuardCounts, Date.now())).toEqual([]);
  });
});

describe("counting outcomes", () => {
  it("adds up in the isolate and hands the counts out twice a minute", () => {
    const { store } = fakeStore();
    const one = (hasFailed: boolean) => [{ key: "animations", isOn: true, hasFailed }];
    expect(countOutcomes(store, one(false), 0)).toBeNull();
    expect(countOutcomes(store, one(true), 10_000)).toBeNull();
    expect(countOutcomes(store, [{ key: "animations", isOn: false, hasFailed: false }], 31_000)).toEqual([
      { key: "animations", isOn: true, samples: 2, errors: 1 },
      { key: "animations", isOn: false, samples: 1, errors: 0 },
    ]);
    expect(countOutcomes(store, one(false), 32_000)).toBeNull();
  });

  it("adds up what several isolates have counted in a minute", async () => {
    const count = { key: "animations", isOn: true, samples: 10, errors: 1 };
    await Promise.all(Array.from({ length: 5 }, () => addFlagOutcomes(env.DB, [count])));
    const [sums] = await runQuery(buildFlagOutcomesQuery(env.DB, GUARD_WINDOW_MS));
    expect(sums).toMatchObject({ key: "animations", onSamples: 50, onErrors: 5, offSamples: 0 });
  });
});
