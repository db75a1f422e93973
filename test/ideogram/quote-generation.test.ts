import { describe, expect, it } from "vitest";
import { quoteGeneration } from "../../src/ideogram/quote-generation.ts";
import {
  answer,
  buildSettings,
  PROMPT,
  REQUEST,
  reset,
  type Step,
  scriptFetch,
} from "./scripted-provider.ts";

const quote = {
  object: "price_quote",
  billing_identifier: "ideogram_4_5_generate",
  quantity: 1,
  usd_micros: 60_000,
  credit_millis: 6_000,
  qualifier: "exact",
};

describe("quoteGeneration", () => {
  it("asks for a dry run of the same body that would be bought", async () => {
    const { fetch, seen } = scriptFetch(answer(200, quote));
    expect(await quoteGeneration(buildSettings(fetch), REQUEST)).toEqual({
      ok: true,
      value: { usdMicros: 60_000, isExact: true, billingIdentifier: "ideogram_4_5_generate" },
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.method).toBe("POST");
    expect(seen[0]?.url).toBe("https://api.ideogram.test/v2/image/generate/ideogram-4-5?dry_run=true");
    expect(JSON.parse(seen[0]?.body ?? "")).toMatchObject({
      prompt: PROMPT,
      quality: "medium",
      num_images: 1,
    });
  });

  it("says when the price is an estimate", async () => {
    const { fetch } = scriptFetch(
      answer(200, { ...quote, qualifier: "estimate", upper_bound_usd_micros: 90_000 }),
    );
    expect(await quoteGeneration(buildSettings(fetch), REQUEST)).toMatchObject({ value: { isExact: false } });
  });

  it.each<[string, Step, Record<string, unknown>]>([
    ["a bad key", answer(401, { message: "no" }), { kind: "credentials", status: 401, message: "no" }],
    ["a refused field", answer(400, { error: "bad" }), { kind: "rejected", status: 400, message: "bad" }],
    ["too many calls", answer(429, ""), { kind: "busy", retryAfterSeconds: null }],
    ["a server error", answer(500, "oops"), { kind: "unreachable", status: 500, message: "oops" }],
    ["a lost connection", reset, { kind: "unreachable", status: null }],
    ["a page", answer(200, "<h1>Hi</h1>"), { kind: "unreachable", status: 200 }],
    ["a price below zero", answer(200, { ...quote, usd_micros: -1 }), { kind: "unreachable", status: 200 }],
    ["an acceptance", answer(200, { generation_id: "x" }), { kind: "unreachable", status: 200 }],
  ])("reports %s", async (_, step, error) => {
    const { fetch, seen } = scriptFetch(step);
    expect(await quoteGeneration(buildSettings(fetch), REQUEST)).toMatchObject({ ok: false, error });
    expect(seen).toHaveLength(1);
  });

  it("asks nothing for a model that it doesn't know", async () => {
    const { fetch, seen } = scriptFetch();
    const result = await quoteGeneration(buildSettings(fetch), { ...REQUEST, model: "ideogram-9" });
    expect(result).toMatchObject({ ok: false, error: { kind: "unsupported", field: "model" } });
    expect(seen).toHaveLength(0);
  });
});
