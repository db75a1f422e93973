import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { evaluateFlag } from "../../src/flags/evaluate.ts";
import { type LoadOptions, loadFlags, rememberWrite } from "../../src/flags/load.ts";
import { FLAG_KEYS } from "../../src/flags/registry.ts";
import { newId } from "../../src/ids.ts";
import { clearFlags, type FakeStore, fakeStore, putFlag } from "../support/flags.ts";
import { impatiently } from "../support/patience.ts";
import { SOMEBODY } from "./support.ts";

const TTL_MS = 30_000;
const START = 1_000_000_000_000;

/** One isolate: its own memory, because its own store object, and a clock that the test moves. */
class Isolate {
  readonly fake: FakeStore = fakeStore();
  readonly scope: string;
  private readonly context = createExecutionContext();

  /** Isolates of one location have the same `scope`, and so the same copy of the last values. */
  constructor(scope = newId()) {
    this.scope = scope;
  }

  load(afterMs: number, over: Partial<LoadOptions> = {}) {
    return loadFlags({
      store: this.fake.store,
      environment: "production",
      scope: this.scope,
      ttlMs: TTL_MS,
      now: START + afterMs,
      waitUntil: (work) => this.context.waitUntil(work),
      ...over,
    });
  }

  /** Everything that answers didn't wait for. */
  async settle(): Promise<void> {
    await waitOnExecutionContext(this.context);
  }
}

beforeEach(clearFlags);

describe("loadFlags", () => {
  it("reads once, all keys at once, and then answers from memory", async () => {
    const isolate = new Isolate();
    const first = await isolate.load(0);
    expect(first).toMatchObject({ source: "kv", readAt: START });
    for (let ms = 1; ms < TTL_MS / 2; ms += 500) expect(await isolate.load(ms)).toBe(first);
    expect(isolate.fake.reads).toBe(1);
  });

  it("warns once of each revision with a switch or a rule that can't be used, without its text", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    onTestFinished(() => warn.mockRestore());
    await putFlag("charts", "ture");
    await putFlag("rules.json", '{"flags":{');
    const isolate = new Isolate();
    const { rev } = await isolate.load(0, { ttlMs: 0 });
    await isolate.load(1, { ttlMs: 0 });
    const lines = () => warn.mock.calls.map(([line]): unknown => JSON.parse(String(line)));
    expect(lines()).toEqual([
      expect.objectContaining({ event: "flags_unusable", rev, switches: "charts", ruleProblems: 1 }),
    ]);
    expect(JSON.stringify(lines())).not.toContain("ture");
    await putFlag("animations", "fo");
    await isolate.load(2, { ttlMs: 0 });
    expect(lines().slice(1)).toEqual([expect.objectContaining({ switches: "charts animations" })]);
    await putFlag("charts", "on");
    await putFlag("animations", "on");
    await putFlag("rules.json", '{"flags":{}}');
    await isolate.load(3, { ttlMs: 0 });
    expect(lines()).toHaveLength(2);
  });

  it("renews the snapshot behind an answer once half of its time has passed", async () => {
    const isolate = new Isolate();
    await isolate.load(0);
    await putFlag("charts", "off");
    const behind = await isolate.load(TTL_MS / 2);
    expect(evaluateFlag(behind, "charts", SOMEBODY).value).toBe(true);
    await isolate.settle();
    const renewed = await isolate.load(TTL_MS / 2 + 1);
    expect(evaluateFlag(renewed, "charts", SOMEBODY).value).toBe(false);
    expect(isolate.fake.reads).toBe(2);
  });

  it("serves a changed value to the first request after its time, however quiet it was before", async () => {
    const isolate = new Isolate();
    await isolate.load(0);
    await putFlag("charts", "off");
    const late = await isolate.load(TTL_MS);
    expect(evaluateFlag(late, "charts", SOMEBODY)).toMatchObject({ value: false, source: "switch" });
  });

  it("serves a changed value to all requests that come at once after its time", async () => {
    const isolate = new Isolate();
    await isolate.load(0);
    await putFlag("charts", "off");
    const late = await Promise.all([0, 1, 2].map((ms) => isolate.load(TTL_MS * 100 + ms)));
    expect(late.map((snapshot) => evaluateFlag(snapshot, "charts", SOMEBODY).value)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("doesn't ask a slow KV again for every request that comes meanwhile", async () => {
    const isolate = new Isolate();
    await isolate.load(0);
    const letGo = isolate.fake.fallSilent();
    await impatiently(async () => {
      await isolate.load(TTL_MS);
      for (const ms of [200, 400, 600]) {
        expect((await isolate.load(TTL_MS + ms)).source).toBe("last_known_good");
      }
    });
    expect(isolate.fake.reads).toBe(2);
    letGo();
    await isolate.settle();
  });

  it("tells of a value that this product didn't write, once, and of no other", async () => {
    const isolate = new Isolate();
    const told: (string | null)[] = [];
    const load = async (afterMs: number) => {
      const onForeignChange: LoadOptions["onForeignChange"] = async ({ values }) => {
        told.push(values.charts.value);
      };
      await isolate.load(afterMs, { onForeignChange });
    };
    await putFlag("charts", "on");
    await load(0);
    await putFlag("charts", "off");
    await load(TTL_MS);
    await load(TTL_MS * 2);
    expect(told).toEqual(["off"]);
    const metadata = { change: newId(), via: "admin", by: "somebody", at: START, note: null };
    await isolate.fake.store.put("charts", "25%", { metadata });
    await load(TTL_MS * 3);
    await isolate.fake.store.delete("charts");
    await load(TTL_MS * 4);
    expect(told).toEqual(["off", null]);
  });

  it("reads for every request when there is no time to live", async () => {
    const isolate = new Isolate();
    await Promise.all([1, 2, 3].map(() => isolate.load(0, { ttlMs: 0 })));
    await isolate.load(0, { ttlMs: 0 });
    expect(isolate.fake.reads).toBe(4);
  });

  it("goes on with what it knows when KV fails later, says so, and recovers", async () => {
    await putFlag("cloud_services", "off");
    const isolate = new Isolate();
    await isolate.load(0);
    isolate.fake.fails = true;
    const stale = await isolate.load(TTL_MS);
    expect(stale.source).toBe("last_known_good");
    expect(evaluateFlag(stale, "cloud_services", SOMEBODY).value).toBe(false);
    const readsSoFar = isolate.fake.reads;
    expect((await isolate.load(TTL_MS + 100)).source).toBe("last_known_good");
    expect(isolate.fake.reads).toBe(readsSoFar);
    isolate.fake.fails = false;
    expect((await isolate.load(TTL_MS + 5_000)).source).toBe("kv");
  });

  it("goes on with what it knows while KV says nothing, and recovers when it does", async () => {
    const isolate = new Isolate();
    await isolate.load(0);
    const letGo = isolate.fake.fallSilent();
    await impatiently(async () => {
      expect((await isolate.load(TTL_MS)).source).toBe("last_known_good");
      expect((await isolate.load(TTL_MS + 1)).source).toBe("last_known_good");
    });
    letGo();
    await isolate.settle();
    expect((await isolate.load(TTL_MS + 2)).source).toBe("kv");
  });

  it("starts with the location's copy when KV fails from the beginning", async () => {
    await putFlag("cloud_services", "off");
    const before = new Isolate();
    await before.load(0);
    await before.settle();
    const after = new Isolate(before.scope);
    after.fake.fails = true;
    const snapshot = await after.load(10);
    expect(snapshot).toMatchObject({ source: "last_known_good", readAt: START });
    expect(evaluateFlag(snapshot, "cloud_services", SOMEBODY).value).toBe(false);
  });

  const fail = (fake: FakeStore) => {
    fake.fails = true;
    return () => {
      fake.fails = false;
    };
  };

  it.each([
    ["fails", fail],
    ["says nothing", (fake: FakeStore) => fake.fallSilent()],
  ])("starts with the code's defaults when KV %s and there is no copy, and tries again", async (_, spoil) => {
    await putFlag("charts", "off");
    const isolate = new Isolate();
    const mend = spoil(isolate.fake);
    const snapshot = await impatiently(() => isolate.load(0));
    expect(snapshot).toMatchObject({ source: "defaults", readAt: null });
    for (const key of FLAG_KEYS) {
      expect(evaluateFlag(snapshot, key, SOMEBODY).source, key).toBe("default");
    }
    mend();
    await isolate.settle();
    const recovered = await isolate.load(60_000);
    expect(recovered.source).toBe("kv");
    expect(evaluateFlag(recovered, "charts", SOMEBODY).value).toBe(false);
  });

  it("counts an empty namespace as an answer", async () => {
    const isolate = new Isolate();
    expect((await isolate.load(0)).source).toBe("kv");
  });

  it("serves what this isolate wrote at once, and doesn't let an older read undo it", async () => {
    const isolate = new Isolate();
    await isolate.load(0);
    const letGo = isolate.fake.fallSilent();
    const pending = isolate.load(TTL_MS);
    const at = START + TTL_MS + 10;
    const metadata = { change: newId(), via: "admin" as const, by: "somebody", at, note: null };
    await rememberWrite(isolate.fake.store, "charts", "off", metadata, metadata.at);
    letGo();
    await pending;
    await isolate.settle();
    const snapshot = await isolate.load(TTL_MS + 20);
    expect(evaluateFlag(snapshot, "charts", SOMEBODY).value).toBe(false);
    expect(snapshot.flags.charts.authorship).toMatchObject({ via: "admin", by: "somebody" });
  });

  it("keeps its revision while nothing changes and has another one for every change", async () => {
    const revisionOf = async () => (await new Isolate().load(0)).rev;
    const empty = await revisionOf();
    expect(await revisionOf()).toBe(empty);
    await putFlag("charts", "off");
    const off = await revisionOf();
    await putFlag("charts", "on");
    expect(new Set([empty, off, await revisionOf()]).size).toBe(3);
  });
});
