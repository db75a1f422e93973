import { describe, expect, it } from "vitest";
import { createBotCheck } from "../../src/auth/bot-check.ts";

/** Turnstile's documented keys for tests; what they answer is documented too. */
const ALWAYS_PASSES = "1x0000000000000000000000000000000AA";
const ALWAYS_FAILS = "2x0000000000000000000000000000000AA";
const ALREADY_SPENT = "3x0000000000000000000000000000000AA";
const DUMMY_TOKEN = "XXXX.DUMMY.TOKEN.XXXX";

/** siteverify as its documentation describes it, without the network. */
function standIn(seen: FormData[] = []) {
  return async (request: Request): Promise<Response> => {
    expect(request.url).toBe("https://challenges.cloudflare.com/turnstile/v0/siteverify");
    const form = await request.formData();
    seen.push(form);
    if (form.get("response") !== DUMMY_TOKEN) {
      return Response.json({ success: false, "error-codes": ["invalid-input-response"] });
    }
    switch (form.get("secret")) {
      case ALWAYS_PASSES:
        return Response.json({ success: true, "error-codes": [], hostname: "example.com" });
      case ALREADY_SPENT:
        return Response.json({ success: false, "error-codes": ["timeout-or-duplicate"] });
      default:
        return Response.json({ success: false, "error-codes": ["invalid-input-response"] });
    }
  };
}

const ORIGIN = "https://eventide.example";

function check(secretKey: string, fetch: (request: Request) => Promise<Response> = standIn()) {
  return createBotCheck({ siteKey: "1x00000000000000000000AA", secretKey }, ORIGIN, fetch);
}

describe("the bot check", () => {
  it("lets everybody pass where it isn't configured", async () => {
    const fetch = () => Promise.reject(new Error("nothing is asked"));
    expect(await createBotCheck(null, ORIGIN, fetch).verify(undefined, undefined)).toEqual({
      ok: true,
      value: null,
    });
  });

  it("sends secret, response and address, and passes what Turnstile passes", async () => {
    const seen: FormData[] = [];
    const verdict = await check(ALWAYS_PASSES, standIn(seen)).verify(DUMMY_TOKEN, "203.0.113.7");
    expect(verdict.ok).toBe(true);
    expect(Object.fromEntries(seen[0] ?? [])).toEqual({
      secret: ALWAYS_PASSES,
      response: DUMMY_TOKEN,
      remoteip: "203.0.113.7",
    });
  });

  it("67 refuses what Turnstile refuses, and what was spent before", async () => {
    for (const secret of [ALWAYS_FAILS, ALREADY_SPENT]) {
      expect(await check(secret).verify(DUMMY_TOKEN, undefined)).toEqual({ ok: false, error: "refused" });
    }
    expect(await check(ALWAYS_PASSES).verify("forged", undefined)).toEqual({ ok: false, error: "refused" });
  });

  it.each([
    ["this host and form", { hostname: "eventide.example", action: "register" }, true],
    ["another host", { hostname: "elsewhere.example", action: "register" }, false],
    ["another form", { hostname: "eventide.example", action: "contact" }, false],
    ["nowhere that it names", {}, false],
  ])("with a real secret, %s decides whether what was solved counts", async (_where, solved, isOk) => {
    const fetch = () => Promise.resolve(Response.json({ success: true, ...solved }));
    expect((await check("0x4AAAAAAAreal-secret", fetch).verify("solved", undefined)).ok).toBe(isOk);
  });

  it("refuses an oversized response without asking, and tells a missing one from a wrong one", async () => {
    const fetch = () => Promise.reject(new Error("nothing is asked"));
    const verify = (response: string | undefined) => check(ALWAYS_PASSES, fetch).verify(response, undefined);
    expect(await verify("x".repeat(2_049))).toEqual({ ok: false, error: "refused" });
    for (const response of [undefined, ""]) {
      expect(await verify(response)).toEqual({ ok: false, error: "missing" });
    }
  });

  it("lets nobody pass while Turnstile doesn't answer or answers nonsense", async () => {
    const broken = [
      () => Promise.reject(new TypeError("network")),
      () => Promise.resolve(new Response("<html>", { status: 502 })),
      () => Promise.resolve(Response.json({ ok: true })),
    ];
    for (const fetch of broken) {
      expect(await check(ALWAYS_PASSES, fetch).verify(DUMMY_TOKEN, undefined)).toEqual({
        ok: false,
        error: "unavailable",
      });
    }
  });
});
