import { describe, expect, it } from "vitest";
import type { FaultNameOf } from "../../../dev/ideogram/faults.ts";
import { ConnectionLost, SIMULATOR_API_KEY } from "../../../dev/ideogram/simulator.ts";
import { BASE_URL, createHarness, giveUpOn, type Harness, SIZE } from "./harness.ts";

interface Expected {
  status: number;
  billed: 0 | 1;
  body?: unknown;
}

/** Modes that answer at once. The type makes sure that every mode of the stage is in one of the two lists. */
const ANSWERING: Record<Exclude<FaultNameOf<"submit">, keyof typeof SILENT>, Expected> = {
  "400": { status: 400, billed: 0, body: { title: "Bad Request", status: 400 } },
  "400-plain": { status: 400, billed: 0, body: { error: expect.any(String) } },
  "401": { status: 401, billed: 0, body: { message: expect.stringContaining("API Token") } },
  "402": { status: 402, billed: 0, body: { reject_reason: "insufficient_funds" } },
  "403": { status: 403, billed: 0, body: { message: expect.stringContaining("not authorized") } },
  "422": { status: 422, billed: 0, body: { error: expect.stringContaining("failed safety check") } },
  "422-empty": { status: 422, billed: 0 },
  "429": { status: 429, billed: 0, body: { reject_reason: "inflight_limit" } },
  "429-after": { status: 429, billed: 0, body: { reject_reason: "inflight_limit" } },
  "500-before": { status: 500, billed: 0 },
  "500-after": { status: 500, billed: 1 },
  "503-sync": { status: 503, billed: 1 },
  "2xx-html": { status: 200, billed: 1 },
  "2xx-truncated-json": { status: 200, billed: 1 },
};

const SILENT = {
  hang: { isBroken: false, billed: 1 },
  "hang-before": { isBroken: false, billed: 0 },
  reset: { isBroken: true, billed: 1 },
  "reset-before": { isBroken: true, billed: 0 },
} as const;

describe("by the prompt's tag", () => {
  it.each(Object.entries(ANSWERING))("%s answers as specified", async (mode, expected) => {
    const { submit, billed } = createHarness();
    const response = await submit(`A poster [[sim:${mode}]]`);
    expect(response.status).toBe(expected.status);
    expect(billed()).toBe(expected.billed);
    if (expected.body !== undefined)
      expect(await response.json()).toMatchObject({ ...Object(expected.body) });
  });

  it.each(Object.entries(SILENT))("%s gives no answer", async (mode, { isBroken, billed: expected }) => {
    const { simulator, billed } = createHarness();
    const send = (signal: AbortSignal): Promise<Response> => sendWith(simulator.fetch, mode, signal);
    if (isBroken) await expect(send(new AbortController().signal)).rejects.toBeInstanceOf(ConnectionLost);
    else expect(await giveUpOn(send)).toBe("given up");
    expect(billed()).toBe(expected);
    expect(simulator.calls().at(-1)).toMatchObject({ status: null, fault: mode });
  });

  it("lets the generation of a lost answer complete and be polled", async () => {
    const { submit, simulator, poll } = createHarness();
    await submit("[[sim:500-after]]");
    const id = simulator.ledger().items[0]?.generationId ?? "";
    expect(await (await poll(id)).json()).toMatchObject({ status: "completed" });
  });

  it("sends half of a JSON body that no parser takes", async () => {
    const { submit } = createHarness();
    const text = await (await submit("[[sim:2xx-truncated-json]]")).text();
    expect(text).toMatch(/^\{"generation_id/);
    expect(() => JSON.parse(text)).toThrow();
  });

  it("sends a page with status 200, and an empty body with 422", async () => {
    const { submit } = createHarness();
    const page = await submit("[[sim:2xx-html]]");
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain("<html>");
    expect(await (await submit("[[sim:422-empty]]")).text()).toBe("");
  });

  it("sends Retry-After only with 429-after", async () => {
    const { submit } = createHarness();
    expect((await submit("[[sim:429]]")).headers.get("retry-after")).toBeNull();
    expect((await submit("[[sim:429-after:17]]")).headers.get("retry-after")).toBe("17");
  });

  it("waits 265 seconds before 503-sync when the request is sync", async () => {
    const waits: number[] = [];
    const { submit } = createHarness({
      latencyScale: 0.001,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
      },
    });
    expect((await submit("[[sim:503-sync]]", { async: false })).status).toBe(503);
    expect(waits.at(-1)).toBeCloseTo(265);
  });

  it("rejects the same submission n times and then bills it once, again and again", async () => {
    const { submit, billed } = createHarness();
    for (const round of [1, 2]) {
      const statuses = await submitAll(submit, "[[sim:429:2]]", 3);
      expect(statuses).toEqual([429, 429, 200]);
      expect(billed()).toBe(round);
    }
  });

  it("counts different submissions apart", async () => {
    const { submit } = createHarness();
    expect((await submit("[[sim:429:1]]", { seed: 1 })).status).toBe(429);
    expect((await submit("[[sim:429:1]]", { seed: 2 })).status).toBe(429);
    expect((await submit("[[sim:429:1]]", { seed: 1 })).status).toBe(200);
  });

  it("applies several tags one after the other", async () => {
    const { submit } = createHarness();
    const statuses = await submitAll(submit, "[[sim:429:1]] [[sim:402:1]]", 3);
    expect(statuses).toEqual([429, 402, 200]);
  });

  it("goes on for ever without a number", async () => {
    const { submit } = createHarness();
    expect(await submitAll(submit, "[[sim:402]]", 4)).toEqual([402, 402, 402, 402]);
  });
});

describe("by the control API", () => {
  it("hits the next n requests, whatever their prompt", async () => {
    const { submit, control } = createHarness();
    expect((await control("POST", "/faults", { mode: "500-before", times: 2 })).status).toBe(201);
    expect(await submitAll(submit, "x", 3)).toEqual([500, 500, 200]);
  });

  it("takes the number of the mode as the number of times", async () => {
    const { submit, control } = createHarness();
    await control("POST", "/faults", { mode: "429:2" });
    expect(await submitAll(submit, "x", 3)).toEqual([429, 429, 200]);
  });

  it("hits with a probability until it is cleared", async () => {
    const { submit, control } = createHarness({ maxInFlightImages: 1_000 });
    await control("POST", "/faults", { mode: "503-sync", probability: 0.5 });
    const statuses = await submitAll(submit, "x", 60);
    const hits = statuses.filter((status) => status === 503).length;
    expect(hits).toBeGreaterThan(15);
    expect(hits).toBeLessThan(45);
    await control("DELETE", "/faults");
    expect(await submitAll(submit, "x", 5)).toEqual([200, 200, 200, 200, 200]);
  });

  it("does not touch dry runs or requests of another stage", async () => {
    const { call, control, poll, submit } = createHarness();
    await control("POST", "/faults", { mode: "401" });
    const path = "/v2/image/generate/ideogram-4-5?dry_run=true";
    expect((await call("POST", path, { prompt: "x", size: SIZE })).status).toBe(200);
    expect((await poll("unknown")).status).toBe(404);
    expect((await submit("x")).status).toBe(401);
  });
});

async function submitAll(submit: Harness["submit"], prompt: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await submit(prompt)).status);
  return statuses;
}

function sendWith(
  fetch: Harness["simulator"]["fetch"],
  mode: string,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(`${BASE_URL}/v2/image/generate/ideogram-4-5`, {
    method: "POST",
    signal,
    headers: { "api-key": SIMULATOR_API_KEY, "content-type": "application/json" },
    body: JSON.stringify({ prompt: `x [[sim:${mode}]]`, size: SIZE, async: true }),
  });
}
