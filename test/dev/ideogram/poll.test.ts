import { describe, expect, it } from "vitest";
import type { FaultNameOf } from "../../../dev/ideogram/faults.ts";
import { ConnectionLost, SIMULATOR_API_KEY } from "../../../dev/ideogram/simulator.ts";
import { BASE_URL, createHarness, giveUpOn, SIZE } from "./harness.ts";

const EVIL_ORIGIN = "https://pictures.evil.example";

describe("a poll", () => {
  it("answers 401 without a key and 404 for an unknown generation", async () => {
    const { call, poll } = createHarness();
    expect((await call("GET", "/v2/generations/abc", undefined, {})).status).toBe(401);
    expect((await poll("xtdZiqPwRxqY1Y7NExFmzB")).status).toBe(404);
  });

  it("describes a pending, then completed generation", async () => {
    const { start, poll, simulator } = createHarness();
    const id = await start("a lake [[sim:slow:5]]");
    const head = { generation_id: id, created: "2026-11-22T12:00:00.000Z" };
    expect(await (await poll(id)).json()).toEqual({ ...head, status: "pending" });
    simulator.advanceClock(5);
    expect(await (await poll(id)).json()).toEqual({
      ...head,
      status: "completed",
      response_type: "url",
      data: [
        {
          object_type: "image.generation",
          url: expect.stringMatching(
            /\/api\/images\/ephemeral\/[A-Za-z0-9_-]{22}\.png\?exp=\d+&sig=[0-9a-f]{64}$/,
          ),
          prompt: "a lake [[sim:slow:5]]",
          resolution: SIZE,
          seed: 7,
          is_image_safe: true,
        },
      ],
    });
  });

  it("gives addresses of the host that it came by", async () => {
    const { start, simulator } = createHarness();
    const id = await start("x");
    const response = await simulator.fetch(`http://127.0.0.1:4321/v2/generations/${id}`, {
      headers: { "api-key": SIMULATOR_API_KEY },
    });
    expect(await response.text()).toContain('"url":"http://127.0.0.1:4321/api/images/');
  });

  it("is refused beyond 1,000 in 10 seconds, and says when to come back", async () => {
    const { poll, simulator } = createHarness();
    for (let i = 0; i < 1_000; i++) await poll("unknown");
    simulator.advanceClock(4);
    const refused = await poll("unknown");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("6");
    simulator.advanceClock(6);
    expect((await poll("unknown")).status).toBe(404);
  });
});

/** What the first and the second poll answer; null = no answer. */
const POLL_MODES: Record<FaultNameOf<"poll">, readonly [number | null | "broken", number]> = {
  "poll-400": [400, 400],
  "poll-401": [401, 401],
  "poll-403": [403, 403],
  "poll-404": [404, 404],
  "poll-404-once": [404, 200],
  "poll-429": [429, 200],
  "poll-500": [500, 200],
  "poll-html": [200, 200],
  "poll-hang": [null, 200],
  "poll-reset": ["broken", 200],
};

describe("troubled polls", () => {
  it.each(Object.entries(POLL_MODES))("%s answers %o", async (mode, [first, second]) => {
    const { start, poll, simulator } = createHarness();
    const id = await start(`x [[sim:${mode}]]`);
    if (first === "broken") {
      await expect(poll(id)).rejects.toBeInstanceOf(ConnectionLost);
    } else if (first === null) {
      const url = `${BASE_URL}/v2/generations/${id}`;
      const headers = { "api-key": SIMULATOR_API_KEY };
      expect(await giveUpOn((signal) => simulator.fetch(url, { headers, signal }))).toBe("given up");
    } else {
      expect((await poll(id)).status).toBe(first);
    }
    expect((await poll(id)).status).toBe(second);
  });

  it("fails as often as the number says", async () => {
    const { start, poll } = createHarness();
    const id = await start("[[sim:poll-500:2]]");
    const statuses = [await poll(id), await poll(id), await poll(id)].map(({ status }) => status);
    expect(statuses).toEqual([500, 500, 200]);
  });

  it("sends Retry-After with poll-429 and a page with poll-html", async () => {
    const { start, poll } = createHarness();
    const limited = await poll(await start("[[sim:poll-429]]"));
    expect(limited.headers.get("retry-after")).toBe("1");
    const page = await poll(await start("[[sim:poll-html]]"));
    expect(page.headers.get("content-type")).toContain("text/html");
  });

  it("can be planned for the next polls of any generation", async () => {
    const { start, poll, control } = createHarness();
    const id = await start("x");
    await control("POST", "/faults", { mode: "poll-500", times: 1 });
    expect((await poll(id)).status).toBe(500);
    expect((await poll(id)).status).toBe(200);
  });
});

/** Each mode that shows in the result of a generation, and the proof that it does. */
const JOB_MODES: Record<FaultNameOf<"job">, () => Promise<void>> = {
  slow: async () => {
    const { start, poll, simulator } = createHarness();
    const id = await start("[[sim:slow]]");
    simulator.advanceClock(59);
    expect(await (await poll(id)).json()).toMatchObject({ status: "pending" });
    simulator.advanceClock(1);
    expect(await (await poll(id)).json()).toMatchObject({ status: "completed" });
  },
  stuck: async () => {
    const { start, poll, simulator } = createHarness();
    const id = await start("[[sim:stuck]]");
    simulator.advanceClock(365 * 24 * 60 * 60);
    expect(await (await poll(id)).json()).toMatchObject({ status: "pending" });
  },
  failed: async () => {
    const { start, poll, billed } = createHarness();
    const body = await (await poll(await start("[[sim:failed]]"))).json();
    expect(body).toMatchObject({ status: "failed", failure_reason: "content_policy_violation" });
    expect(billed()).toBe(0);
  },
  "failed-noreason": async () => {
    const { start, poll, billed } = createHarness();
    const body = await (await poll(await start("[[sim:failed-noreason]]"))).json();
    expect(body).toMatchObject({ status: "failed" });
    expect(body).not.toHaveProperty("failure_reason");
    expect(billed()).toBe(0);
  },
  unsafe: async () => {
    const { start, results, billed } = createHarness();
    const entries = await results(await start("[[sim:unsafe]]", { num_images: 3 }));
    expect(entries.map(({ is_image_safe }) => is_image_safe)).toEqual([false, false, false]);
    expect(entries.map((entry) => ("url" in entry ? entry.url : "absent"))).toEqual([null, "", "absent"]);
    expect(billed()).toBe(1);
  },
  "unsafe-mixed": async () => {
    const { start, results } = createHarness();
    const entries = await results(await start("[[sim:unsafe-mixed]]", { num_images: 4 }));
    expect(entries.map(({ is_image_safe }) => is_image_safe)).toEqual([false, true, false, true]);
    expect(entries[1]?.url).toContain(BASE_URL);
  },
  "empty-data": async () => {
    const { start, poll } = createHarness();
    const first = await (await poll(await start("[[sim:empty-data]]"))).json();
    const second = await (await poll(await start("[[sim:empty-data]]"))).json();
    expect(first).toMatchObject({ status: "completed", data: [] });
    expect(second).toMatchObject({ status: "completed" });
    expect(second).not.toHaveProperty("data");
  },
  "extra-fields": async () => {
    const { submit, start, poll, results } = createHarness();
    const acceptance = await (await submit("[[sim:extra-fields]]")).json();
    expect(acceptance).toMatchObject({ generation_kind: "workflow", queue: {} });
    const id = await start("[[sim:extra-fields]]");
    expect(await (await poll(id)).json()).toMatchObject({ moderation: { version: 3 } });
    const [entry] = await results(id);
    expect(entry).not.toHaveProperty("object_type");
    expect(entry).toHaveProperty("provenance");
  },
  "expired-403": async () => {
    const { start, results, simulator } = createHarness();
    const id = await start("[[sim:expired-403]]");
    for (let i = 0; i < 2; i++) {
      const [entry] = await results(id);
      expect((await simulator.fetch(entry?.url ?? "")).status).toBe(403);
    }
  },
  "expired-404": async () => {
    const { start, results, simulator } = createHarness();
    const id = await start("[[sim:expired-404:1]]");
    const [first] = await results(id);
    expect((await simulator.fetch(first?.url ?? "")).status).toBe(404);
    const [second] = await results(id);
    expect((await simulator.fetch(second?.url ?? "")).status).toBe(200);
  },
  "url-evil": async () => {
    const { picture, simulator } = createHarness();
    const url = await picture("[[sim:url-evil]]");
    expect(new URL(url).origin).toBe(EVIL_ORIGIN);
    expect((await simulator.fetch(url)).status).toBe(200);
    expect(simulator.calls().at(-1)).toMatchObject({ host: "pictures.evil.example" });
  },
};

describe("troubled generations", () => {
  it.each(Object.entries(JOB_MODES))("%s shows in the result", async (_, prove) => {
    await prove();
  });

  it("answers 422 when a sync generation fails", async () => {
    const { submit } = createHarness();
    expect((await submit("[[sim:failed]]", { async: false })).status).toBe(422);
  });

  it("can be planned for the next generations", async () => {
    const { start, poll, control } = createHarness();
    await control("POST", "/faults", { mode: "failed" });
    expect(await (await poll(await start("x"))).json()).toMatchObject({ status: "failed" });
    expect(await (await poll(await start("x"))).json()).toMatchObject({ status: "completed" });
  });
});
