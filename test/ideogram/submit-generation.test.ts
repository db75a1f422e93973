import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type SubmitFailure, submitGeneration } from "../../src/ideogram/submit-generation.ts";
import {
  API_KEY,
  afterDeadline,
  answer,
  breakInBody,
  buildSettings,
  GENERATION_ID,
  hang,
  hangInBody,
  PROMPT,
  REQUEST,
  reset,
  type Step,
  scriptFetch,
  sendForever,
} from "./scripted-provider.ts";

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function submitTo(step: Step) {
  const { fetch, seen, deadlines } = scriptFetch(step);
  const settings = buildSettings(fetch, { startDeadline: deadlines.start });
  const result = await submitGeneration(settings, REQUEST);
  expect(seen).toHaveLength(1);
  expect(deadlines.asked).toEqual([30_000]);
  return result;
}

describe("the request of submitGeneration", () => {
  it("is one POST with the key in its header, that follows no redirect", async () => {
    const { fetch, seen } = scriptFetch(answer(200, { generation_id: GENERATION_ID }));
    await submitGeneration(buildSettings(fetch, { baseUrl: "https://api.ideogram.test/" }), REQUEST);
    const [request] = seen;
    expect(request?.method).toBe("POST");
    expect(request?.url).toBe("https://api.ideogram.test/v2/image/generate/ideogram-4-5");
    expect(request?.headers.get("Api-Key")).toBe(API_KEY);
    expect(request?.headers.get("Authorization")).toBeNull();
    expect(request?.headers.get("Content-Type")).toBe("application/json");
    expect(request?.redirect).toBe("manual");
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      prompt: PROMPT,
      num_images: 1,
      async: true,
      private: true,
    });
  });

  it("isn't made for what the capability table doesn't know", async () => {
    const { fetch, seen } = scriptFetch();
    const result = await submitGeneration(buildSettings(fetch), { ...REQUEST, size: "1x1" });
    expect(result).toMatchObject({ ok: false, error: { kind: "unsupported", field: "size" } });
    expect(seen).toHaveLength(0);
  });

  it.each([
    ["a key with a line break", { apiKey: "two\nlines" }],
    ["a key that isn't ASCII", { apiKey: "ключ-ключ" }],
    ["an empty key", { apiKey: "" }],
    ["an address that isn't one", { baseUrl: "api.ideogram.ai" }],
    ["an address that holds a password", { baseUrl: "https://u:p@api.ideogram.ai" }],
    ["an address without a host", { baseUrl: "https://:0" }],
  ])("is certainly not sent with %s", async (_, settings) => {
    const { fetch, seen } = scriptFetch();
    const result = await submitGeneration(buildSettings(fetch, settings), REQUEST);
    expect(result).toEqual({
      ok: false,
      error: { kind: "not_sent", message: "The provider's address or key is not usable." },
    });
    expect(seen).toHaveLength(0);
  });
});

describe("an acceptance", () => {
  const accepted = { ok: true, value: { providerGenerationId: GENERATION_ID, seed: 12345 } };

  it.each([
    [
      "an asynchronous answer",
      200,
      { generation_id: GENERATION_ID, seed: 12345, generation_kind: "sampling" },
    ],
    ["another 2xx", 202, { generation_id: GENERATION_ID, seed: 12345 }],
    [
      "unknown fields and no generation_kind",
      200,
      { generation_id: GENERATION_ID, seed: 12345, new: { x: [1] } },
    ],
    [
      "a synchronous answer to an asynchronous request",
      200,
      { generation_id: GENERATION_ID, seed: 12345, data: [{ url: null, is_image_safe: false }] },
    ],
  ])("is read from %s", async (_, status, body) => {
    expect(await submitTo(answer(status, body))).toEqual(accepted);
  });

  it.each([[undefined], [null], ["12345"], [1.5]])("keeps the id when the seed is %s", async (seed) => {
    expect(await submitTo(answer(200, { generation_id: GENERATION_ID, seed }))).toEqual({
      ok: true,
      value: { providerGenerationId: GENERATION_ID, seed: null },
    });
  });
});

describe("a refusal", () => {
  const safety = "Prompt provided failed safety check due to the inclusion of prohibited content.";
  const schema = {
    type: "about:blank",
    title: "Bad Request",
    detail: "'x' is not one of ['low'] - 'quality'",
    status: 400,
  };

  it.each<[string, Step, SubmitFailure]>([
    ["400 problem", answer(400, schema), { kind: "rejected", status: 400, message: schema.detail }],
    ["400 plain", answer(400, { error: "bad size" }), { kind: "rejected", status: 400, message: "bad size" }],
    [
      "401",
      answer(401, { message: "Access denied. Please verify your API Token is valid." }),
      { kind: "credentials", status: 401, message: "Access denied. Please verify your API Token is valid." },
    ],
    [
      "402",
      answer(402, { error: "no money", reject_reason: "insufficient_funds" }),
      { kind: "wallet_empty", rejectReason: "insufficient_funds", message: "no money" },
    ],
    [
      "402 daily limit",
      answer(402, { error: "no more today", reject_reason: "daily_limit" }),
      { kind: "wallet_empty", rejectReason: "daily_limit", message: "no more today" },
    ],
    [
      "402 without a body",
      answer(402, ""),
      { kind: "wallet_empty", rejectReason: null, message: "The provider answered 402 without a message." },
    ],
    [
      "402 in flight",
      answer(402, { error: "busy", reject_reason: "inflight_limit" }),
      { kind: "busy", retryAfterSeconds: null },
    ],
    [
      "403",
      answer(403, { message: "This account is not authorized for this operation." }),
      { kind: "credentials", status: 403, message: "This account is not authorized for this operation." },
    ],
    ["404", answer(404, { error: "no model" }), { kind: "rejected", status: 404, message: "no model" }],
    ["413", answer(413, "Too large"), { kind: "rejected", status: 413, message: "Too large" }],
    ["422", answer(422, { error: safety }), { kind: "refused_prompt", message: safety }],
    [
      "422 without a body",
      answer(422, ""),
      { kind: "refused_prompt", message: "The provider answered 422 without a message." },
    ],
    [
      "422 whose body breaks",
      breakInBody(422, '{"error":'),
      { kind: "refused_prompt", message: "The provider answered 422 without a message." },
    ],
    [
      "429",
      answer(429, { error: "busy", reject_reason: "inflight_limit", max_inflight_requests: 10 }),
      { kind: "busy", retryAfterSeconds: null },
    ],
    ["429 with a wait", answer(429, "", { "Retry-After": "7" }), { kind: "busy", retryAfterSeconds: 7 }],
    [
      "429 with a long wait",
      answer(429, "", { "Retry-After": "86400" }),
      { kind: "busy", retryAfterSeconds: 120 },
    ],
    [
      "429 with an odd wait",
      answer(429, "", { "Retry-After": "soon" }),
      { kind: "busy", retryAfterSeconds: null },
    ],
    [
      "429 whose body hangs",
      hangInBody(429, "{", { "Retry-After": "3" }),
      { kind: "busy", retryAfterSeconds: 3 },
    ],
  ])("tells the job what to do on %s", async (_, step, failure) => {
    expect(await submitTo(step)).toEqual({ ok: false, error: failure });
  });
});

describe("an outcome that nobody can know", () => {
  const huge = JSON.stringify({ generation_id: GENERATION_ID, padding: "x".repeat(300 * 1024) });
  const html = "<!doctype html><title>Just a moment</title>";

  it.each<[string, Step, string, number | null]>([
    ["500", answer(500, { error: "oops" }), "server_error", 500],
    ["500 without a body", answer(500, ""), "server_error", 500],
    ["502 with a page", answer(502, html), "server_error", 502],
    ["503", answer(503, { error: "unavailable" }), "server_error", 503],
    ["504", answer(504, ""), "server_error", 504],
    ["408 of a gateway", answer(408, ""), "server_error", 408],
    ["a redirect", answer(307, "", { Location: "https://evil.test/" }), "unexpected_answer", 307],
    ["a reset or refused connection", reset, "network", null],
    ["a hanging request", hang, "timeout", null],
    ["an answer after the deadline", afterDeadline(hangInBody(200, "{")), "timeout", 200],
    ["a hanging body", hangInBody(200, `{"generation_id":"${GENERATION_ID}"`), "timeout", 200],
    ["a reset in the middle of the body", breakInBody(200, '{"generation_id":"'), "network", 200],
    ["a page instead of JSON", answer(200, html), "unexpected_answer", 200],
    ["truncated JSON", answer(200, '{"generation_id":"xtdZ'), "unexpected_answer", 200],
    ["an empty body", answer(200, ""), "unexpected_answer", 200],
    ["no content", answer(204, ""), "unexpected_answer", 204],
    ["JSON without an id", answer(200, { seed: 1 }), "unexpected_answer", 200],
    ["an empty id", answer(200, { generation_id: "" }), "unexpected_answer", 200],
    ["an id that would leave its path", answer(200, { generation_id: ".." }), "unexpected_answer", 200],
    ["an id that isn't text", answer(200, { generation_id: 7 }), "unexpected_answer", 200],
    ["a list", answer(200, [GENERATION_ID]), "unexpected_answer", 200],
    ["null", answer(200, "null"), "unexpected_answer", 200],
    ["JSON larger than the cap", answer(200, huge), "unexpected_answer", 200],
  ])("is reported as unknown on %s", async (_, step, cause, status) => {
    expect(await submitTo(step)).toMatchObject({ ok: false, error: { kind: "unknown", cause, status } });
  });

  it("stops reading an endless body", async () => {
    const { step, state } = sendForever(200);
    expect(await submitTo(step)).toMatchObject({ ok: false, error: { kind: "unknown", status: 200 } });
    expect(state).toEqual({ chunks: 1, isCancelled: true });
  });
});

describe("messages and logs", () => {
  it("never hold the key, the prompt or a signature, also when the provider repeats them", async () => {
    const echo = `Key ${API_KEY} sent "${PROMPT}", see https://ideogram.ai/x.png?exp=1&sig=abc`;
    const steps = [
      answer(400, { error: echo }),
      answer(500, echo),
      answer(402, { message: echo, reject_reason: echo }),
    ];
    for (const step of steps) {
      const result = await submitTo(step);
      const told = JSON.stringify(result) + lines.join("\n");
      expect(told).toContain("https://ideogram.ai/x.png");
      for (const secret of [API_KEY, PROMPT, "sig=abc"]) expect(told).not.toContain(secret);
    }
  });

  it("name status, reject reason and id, so that an exchange can be found again", async () => {
    await submitTo(answer(402, { error: "no money", reject_reason: "insufficient_funds" }));
    await submitTo(answer(200, { generation_id: GENERATION_ID }));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: "warning",
        kind: "wallet_empty",
        status: 402,
        rejectReason: "insufficient_funds",
        message: "no money",
      },
      {
        level: "info",
        event: "ideogram_accepted",
        providerGenerationId: GENERATION_ID,
        model: "ideogram-4-5",
      },
    ]);
  });
});

describe("the provider's words about a refused prompt", () => {
  it("stay out of the log, since they may quote a part of it", async () => {
    await submitTo(answer(422, { error: "'lantern' is not allowed" }));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ kind: "refused_prompt", message: null }]);
  });
});

describe("submitGeneration, whatever the provider answers", () => {
  const kinds = ["not_sent", "refused_prompt", "rejected", "credentials", "wallet_empty", "busy", "unknown"];
  const statuses = fc.integer({ min: 200, max: 599 });
  const bodies = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ generation_id: fc.oneof(fc.string(), fc.integer()), seed: fc.anything() })
      .map((body) => JSON.stringify(body)),
    fc
      .record({ error: fc.jsonValue(), message: fc.jsonValue(), reject_reason: fc.jsonValue() })
      .map((body) => JSON.stringify(body)),
  );
  const waits = fc.oneof(fc.integer().map(String), fc.stringMatching(/^[ -~]{0,30}$/));

  it("never throws, accepts only a 2xx with an id, and calls nothing repeatable that may have been bought", async () => {
    await fc.assert(
      fc.asyncProperty(statuses, bodies, waits, async (status, body, wait) => {
        const isBodyless = status === 204 || status === 205 || status === 304;
        const text = isBodyless ? "" : body;
        const result = await submitTo(answer(status, text, { "Retry-After": wait }));
        if (result.ok) {
          expect(status).toBeLessThan(300);
          expect(JSON.parse(text).generation_id).toBe(result.value.providerGenerationId);
          return;
        }
        expect(kinds).toContain(result.error.kind);
        if (status < 400 || status > 499) expect(result.error.kind).toBe("unknown");
        if ("message" in result.error) {
          expect(result.error.message.length).toBeGreaterThan(0);
          expect(result.error.message.length).toBeLessThanOrEqual(500);
        }
        if (result.error.kind === "busy" && result.error.retryAfterSeconds !== null) {
          expect(result.error.retryAfterSeconds).toBeGreaterThanOrEqual(1);
          expect(result.error.retryAfterSeconds).toBeLessThanOrEqual(120);
        }
      }),
      { numRuns: 300 },
    );
  });
});
