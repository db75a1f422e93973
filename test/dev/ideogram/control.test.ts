import { describe, expect, it } from "vitest";
import { FAULT_MODES } from "../../../dev/ideogram/faults.ts";
import { createSimulator } from "../../../dev/ideogram/simulator.ts";
import { joinState, PIECE_MAX_CHARACTERS, splitState } from "../../../dev/ideogram/snapshots.ts";
import { createState, stateSchema } from "../../../dev/ideogram/state.ts";
import { createHarness, SIZE } from "./harness.ts";

describe("the control API", () => {
  it("shows a page that lists every mode", async () => {
    const { control } = createHarness();
    for (const path of ["/", ""]) {
      const response = await control("GET", path);
      expect(response.headers.get("content-type")).toContain("text/html");
      const page = await response.text();
      for (const name of Object.keys(FAULT_MODES)) expect(page).toContain(`<code>${name}`);
    }
  });

  it("lists calls with what was sent, and leaves out its own", async () => {
    const { submit, control, poll } = createHarness();
    await submit("A long prompt ".repeat(100), { private: true });
    await poll("unknown");
    const response = await control("GET", "/calls");
    expect(await response.json()).toEqual({
      items: [
        {
          at: expect.any(Number),
          method: "POST",
          host: "ideogram.test",
          path: "/v2/image/generate/ideogram-4-5",
          dryRun: false,
          status: 200,
          apiKey: "valid",
          hasAuthorization: false,
          generationId: expect.stringMatching(/^.{22}$/),
          fault: null,
          fields: expect.objectContaining({ private: true, async: true, size: SIZE, quality: "low" }),
        },
        expect.objectContaining({
          method: "GET",
          path: "/v2/generations/unknown",
          status: 404,
          fields: null,
        }),
      ],
    });
  });

  it("shows the ledger and the state in short", async () => {
    const { submit, control } = createHarness();
    await submit("x [[sim:stuck]]", { num_images: 2 });
    expect(await (await control("GET", "/ledger")).json()).toMatchObject({
      items: [{ images: 2, usdMicros: 60_000 }],
      total: { generations: 1, images: 2, usdMicros: 60_000 },
    });
    const status = await (await control("GET", "/status")).json();
    expect(status).toMatchObject({ imagesInFlight: 2, generations: 1, now: "2026-11-22T12:00:00.000Z" });
    expect(JSON.stringify(status)).not.toContain("simulator-key");
  });

  it("moves the clock", async () => {
    const { control } = createHarness();
    const response = await control("POST", "/clock", { advanceSeconds: 90 });
    expect(await response.json()).toEqual({ now: "2026-11-22T12:01:30.000Z" });
  });

  it("plans, lists and clears faults", async () => {
    const { control } = createHarness();
    const planned = await control("POST", "/faults", { mode: "img-500:3", probability: 0.5 });
    expect(await planned.json()).toEqual({ mode: "img-500:3", stage: "download", left: 3, probability: 0.5 });
    expect(await (await control("GET", "/faults")).json()).toMatchObject({ items: [{ left: 3 }] });
    expect((await control("DELETE", "/faults")).status).toBe(204);
    expect(await (await control("GET", "/faults")).json()).toEqual({ items: [] });
  });

  it("starts afresh", async () => {
    const { submit, control, simulator } = createHarness();
    await submit("x");
    await control("POST", "/clock", { advanceSeconds: 90 });
    expect((await control("POST", "/reset")).status).toBe(204);
    expect(simulator.state).toEqual(createState());
  });

  it.each([
    ["/faults", { mode: "nonsense" }],
    ["/faults", { mode: "429", times: 0 }],
    ["/faults", { mode: "429", probability: 2 }],
    ["/faults", { mode: "429", extra: true }],
    ["/faults", "{"],
    ["/clock", { advanceSeconds: -1 }],
    ["/clock", {}],
  ])("refuses %s %o", async (path, body) => {
    const { control } = createHarness();
    expect((await control("POST", path, body)).status).toBe(400);
  });

  it("answers 404 for anything else", async () => {
    const { control, call } = createHarness();
    expect((await control("GET", "/nothing")).status).toBe(404);
    expect((await control("POST", "/calls")).status).toBe(404);
    expect((await call("GET", "/__simulator")).status).toBe(404);
  });

  it("throws in process for a mode that does not exist", () => {
    const { simulator } = createHarness();
    expect(() => simulator.addFault({ mode: "nonsense" })).toThrow("nonsense");
  });
});

describe("the memory", () => {
  it("is plain JSON from which another simulator goes on", async () => {
    const { start, submit, simulator, poll } = createHarness();
    const id = await start("x [[sim:img-500]] [[sim:slow:5]]", {
      webhook_url: "https://app.example.com/hook",
    });
    await submit("[[sim:429]]");
    await poll(id);
    simulator.addFault({ mode: "poll-500" });
    simulator.advanceClock(5);
    const copy = stateSchema.parse(JSON.parse(JSON.stringify(simulator.state)));
    expect(copy).toEqual(simulator.state);
    const later = createHarness({ state: copy });
    expect((await later.poll(id)).status).toBe(500);
    expect(await (await later.poll(id)).json()).toMatchObject({ status: "completed" });
    expect(later.billed()).toBe(1);
  });

  it("is bounded", async () => {
    const { submit, poll, simulator } = createHarness();
    for (let i = 0; i < 600; i++) await submit(`picture ${i} [[sim:429:2]]`);
    for (let i = 0; i < 600; i++) await submit(`picture ${i}`);
    for (let i = 0; i < 10; i++) await poll("unknown");
    expect(simulator.state.jobs).toHaveLength(500);
    expect(simulator.state.calls).toHaveLength(1_000);
    expect(simulator.ledger().total.generations).toBe(600);
    expect(Object.keys(simulator.state.submissionCounts).length).toBeLessThanOrEqual(500);
    expect(simulator.state.jobs.at(-1)?.prompt).toBe("picture 599");
  });

  it("comes back from pieces that each fit a row", async () => {
    const { submit, simulator } = createHarness({ maxInFlightImages: 1_000 });
    for (let i = 0; i < 120; i++) await submit(`${i} ${"🎈".repeat(4_000)}`);
    const pieces = splitState(simulator.state);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(PIECE_MAX_CHARACTERS);
      expect(piece).toMatch(/^[ -~]*$/);
    }
    expect(joinState(pieces)).toEqual(simulator.state);
    expect(joinState([])).toEqual(createState());
    expect(joinState(['{"version":0}'])).toEqual(createState());
  });

  it("drops a stored shape of another version", () => {
    expect(stateSchema.safeParse({ ...createState(), version: 0 }).success).toBe(false);
    const fault = { fault: { name: "removed", number: null }, left: 1, probability: 1 };
    expect(stateSchema.safeParse({ ...createState(), plannedFaults: [fault] }).success).toBe(false);
  });

  it("starts empty by default", () => {
    expect(createSimulator().state).toEqual(createState());
  });
});
