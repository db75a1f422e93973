import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSimulator, SIMULATOR_API_KEY } from "../../../dev/ideogram/simulator.ts";
import { BASE_URL, createHarness, SIZE, START } from "./harness.ts";

const GENERATE = "/v2/image/generate/ideogram-4-5";

describe("authentication", () => {
  it("answers 401 without a key, with a wrong key and with a bearer token", async () => {
    const { call } = createHarness();
    const headers = [{}, { "api-key": "other" }, { authorization: `Bearer ${SIMULATOR_API_KEY}` }];
    for (const header of headers) {
      const response = await call("POST", GENERATE, { prompt: "x" }, header);
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        message: "Access denied. Please verify your API Token is valid.",
      });
    }
  });

  it("accepts only the key that it was given", async () => {
    const { call } = createHarness({ apiKey: "another-key" });
    expect((await call("GET", "/v2/generations/x")).status).toBe(401);
    expect((await call("GET", "/v2/generations/x", undefined, { "api-key": "another-key" })).status).toBe(
      404,
    );
  });

  it("answers 404 for a model and a path that it does not know", async () => {
    const { call } = createHarness();
    expect((await call("POST", "/v2/image/generate/ideogram-9", { prompt: "x" })).status).toBe(404);
    expect((await call("POST", "/v2/image/remix/ideogram-3", { prompt: "x" })).status).toBe(404);
    expect((await call("PUT", GENERATE, { prompt: "x" })).status).toBe(404);
  });
});

describe("acceptance", () => {
  it("answers an async request with id and seed, and no data", async () => {
    const { submit } = createHarness();
    const response = await submit("a garden party");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      generation_id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      seed: 7,
      generation_kind: "sampling",
    });
  });

  it("answers a sync request with one entry for each image", async () => {
    const { submit } = createHarness();
    const response = await submit("a garden party", { async: false, num_images: 3 });
    expect(await response.json()).toMatchObject({
      seed: 7,
      data: [7, 8, 9].map((seed) => ({
        url: expect.stringContaining(`${BASE_URL}/api/images/ephemeral/`),
        prompt: "a garden party",
        resolution: SIZE,
        seed,
        is_image_safe: true,
      })),
    });
  });

  it("chooses a seed when none is sent", async () => {
    const { submit } = createHarness();
    const response = await submit("x", { seed: undefined });
    expect(await response.json()).toMatchObject({ seed: expect.any(Number) });
  });

  it("rewrites the prompt unless magic prompt is off", async () => {
    const { start, results } = createHarness();
    const [kept] = await results(await start("a quiet lake"));
    const [rewritten] = await results(await start("a quiet lake", { magic_prompt: "on" }));
    expect(kept?.prompt).toBe("a quiet lake");
    expect(rewritten?.prompt).toMatch(/^a quiet lake .+/);
  });

  it("completes when the clock passes the generation's time, and not before", async () => {
    let now = START;
    const { start, poll } = createHarness({
      now: () => now,
      latencyScale: 0.02,
      wait: async () => undefined,
    });
    const id = await start("x");
    expect(await (await poll(id)).json()).toMatchObject({ status: "pending" });
    now += 60_000;
    expect(await (await poll(id)).json()).toMatchObject({ status: "completed" });
  });

  it("ends a sync request after 265 seconds with 503 while the work goes on", async () => {
    const { submit, simulator, poll, billed } = createHarness();
    const response = await submit("[[sim:slow:300]]", { async: false });
    expect(response.status).toBe(503);
    expect(billed()).toBe(1);
    simulator.advanceClock(301);
    const id = simulator.ledger().items[0]?.generationId ?? "";
    expect(await (await poll(id)).json()).toMatchObject({ status: "completed" });
  });

  it("rejects with the signal's reason when the caller has given up already", async () => {
    const { simulator } = createHarness();
    const request = simulator.fetch(BASE_URL, { signal: AbortSignal.abort("too late") });
    await expect(request).rejects.toBe("too late");
  });
});

describe("billing", () => {
  it("bills every accepted submission once, by quality and number of images", async () => {
    const { submit, simulator } = createHarness();
    await submit("x", { quality: "medium", num_images: 2 });
    await submit("x");
    expect(simulator.ledger().items.map(({ usdMicros }) => usdMicros)).toEqual([120_000, 30_000]);
    expect(simulator.ledger().total).toEqual({ generations: 2, images: 3, usdMicros: 150_000 });
  });

  it("bills nothing for a refused request or a failed generation", async () => {
    const { submit, call, billed } = createHarness();
    await submit("");
    await submit("[[sim:failed]]");
    await call("POST", GENERATE, { prompt: "x" }, {});
    expect(billed()).toBe(0);
  });

  it("quotes a price on a dry run and starts nothing", async () => {
    const { call, simulator } = createHarness();
    const body = { prompt: "x", quality: "medium", size: SIZE, num_images: 2 };
    const response = await call("POST", `${GENERATE}?dry_run=true`, body);
    expect(await response.json()).toEqual({
      object: "price_quote",
      billing_identifier: "ideogram_4_5_generate",
      quantity: 2,
      usd_micros: 120_000,
      credit_millis: 12_000,
      qualifier: "exact",
    });
    expect(simulator.state.jobs).toEqual([]);
    expect(simulator.ledger().total.generations).toBe(0);
  });

  it("validates on a dry run too", async () => {
    const { call } = createHarness();
    expect((await call("POST", `${GENERATE}?dry_run=true`, { prompt: "" })).status).toBe(400);
  });

  it("prices the older models by rendering speed", async () => {
    const { call } = createHarness();
    const quote = (model: string, speed: string): Promise<Response> =>
      call("POST", `/v2/image/generate/${model}?dry_run=true`, { prompt: "x", rendering_speed: speed });
    expect(await (await quote("ideogram-4", "quality")).json()).toMatchObject({ usd_micros: 100_000 });
    expect(await (await quote("ideogram-3", "quality")).json()).toMatchObject({ usd_micros: 90_000 });
    expect(await (await quote("ideogram-3", "turbo")).json()).toMatchObject({ usd_micros: 30_000 });
  });
});

describe("the in-flight limit", () => {
  it("counts images, not requests, and frees their places on completion", async () => {
    const { submit, simulator } = createHarness();
    expect((await submit("[[sim:slow:10]]", { num_images: 8 })).status).toBe(200);
    const refused = await submit("[[sim:slow:10]]", { num_images: 3 });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({
      reject_reason: "inflight_limit",
      max_inflight_requests: 10,
    });
    expect((await submit("[[sim:slow:10]]", { num_images: 2 })).status).toBe(200);
    simulator.advanceClock(11);
    expect((await submit("x", { num_images: 8 })).status).toBe(200);
  });

  it("does not bill what it refuses", async () => {
    const { submit, billed } = createHarness({ maxInFlightImages: 1 });
    await submit("[[sim:stuck]]");
    expect((await submit("x")).status).toBe(429);
    expect(billed()).toBe(1);
  });
});

describe("latency", () => {
  it("waits 100 to 400 ms, scaled, before it accepts", async () => {
    const waits: number[] = [];
    const { submit } = createHarness({
      latencyScale: 0.5,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
      },
    });
    for (let i = 0; i < 5; i++) await submit("x");
    expect(waits).toHaveLength(5);
    for (const wait of waits) expect(wait).toSatisfy((ms: number) => ms >= 50 && ms <= 200);
  });

  it("takes longer for a higher quality and for more images", async () => {
    const secondsOf = async (more: Record<string, unknown>): Promise<number> => {
      // A constant chance leaves the jitter the same for both.
      const { submit, simulator } = createHarness({
        random: () => 0.5,
        latencyScale: 1,
        wait: async () => undefined,
      });
      await submit("x", more);
      return ((simulator.state.jobs[0]?.completesAt ?? START) - START) / 1_000;
    };
    const base = await secondsOf({});
    expect(await secondsOf({ quality: "high" })).toBeCloseTo((base * 18) / 5);
    expect(await secondsOf({ num_images: 6 })).toBeCloseTo(base * 2);
  });
});

describe("determinism", () => {
  it("gives two simulators of the same chance the same ids and seeds", async () => {
    const ids = await Promise.all([1, 2].map(() => createHarness().start("x", { seed: undefined })));
    expect(ids[0]).toBe(ids[1]);
  });

  it("keeps no state between simulators", async () => {
    const { start } = createHarness();
    const id = await start("x");
    expect((await createHarness().poll(id)).status).toBe(404);
  });

  it("can be used as a plain function and with the platform's defaults", async () => {
    const { fetch } = createSimulator();
    const typed: typeof globalThis.fetch = fetch;
    expect((await typed(`${BASE_URL}/v2/generations/x`)).status).toBe(401);
  });
});

describe("arbitrary input", () => {
  it("is accepted or refused, never a crash", async () => {
    const { call, simulator } = createHarness({ maxInFlightImages: 1_000_000 });
    const field = fc.constantFrom(
      "prompt",
      "size",
      "seed",
      "num_images",
      "async",
      "quality",
      "webhook_url",
      "color",
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(field, fc.jsonValue()), async (body) => {
        const response = await call("POST", GENERATE, body);
        expect([200, 400, 404]).toContain(response.status);
      }),
      { numRuns: 150 },
    );
    expect(simulator.ledger().total.generations).toBe(simulator.state.jobs.length);
  });
});
