import { describe, expect, it } from "vitest";
import { findGeneration, type Poll, type PollFailure } from "../../src/ideogram/find-generation.ts";
import {
  API_KEY,
  answer,
  breakInBody,
  buildSettings,
  GENERATION_ID,
  hang,
  hangInBody,
  PICTURE_URL,
  reset,
  type Step,
  scriptFetch,
} from "./scripted-provider.ts";

const entry = {
  object_type: "image.generation",
  url: PICTURE_URL,
  prompt: "rewritten",
  resolution: "1024x1280",
  seed: 12345,
  is_image_safe: true,
};
const ready = {
  kind: "ready",
  url: PICTURE_URL,
  seed: 12345,
} as const;

async function poll(step: Step) {
  const { fetch, seen, deadlines } = scriptFetch(step);
  const settings = buildSettings(fetch, { startDeadline: deadlines.start });
  const result = await findGeneration(settings, GENERATION_ID);
  expect(seen).toHaveLength(1);
  return result;
}

function state(status: string, fields: Record<string, unknown> = {}): Step {
  return answer(200, { generation_id: GENERATION_ID, status, created: "2026-11-22T08:00:00Z", ...fields });
}

function completed(...data: unknown[]): Step {
  return state("completed", { response_type: "url", data });
}

describe("the request of findGeneration", () => {
  it("is one GET with the key, that follows no redirect", async () => {
    const { fetch, seen } = scriptFetch(state("pending"));
    await findGeneration(buildSettings(fetch), GENERATION_ID);
    expect(seen[0]?.method).toBe("GET");
    expect(seen[0]?.url).toBe(`https://api.ideogram.test/v2/generations/${GENERATION_ID}`);
    expect(seen[0]?.headers.get("Api-Key")).toBe(API_KEY);
    expect(seen[0]?.redirect).toBe("manual");
  });

  it("keeps an id with special characters inside its path segment", async () => {
    const id = "a/../b?c#d";
    const { fetch, seen } = scriptFetch(answer(200, { generation_id: id, status: "pending" }));
    expect(await findGeneration(buildSettings(fetch), id)).toEqual({
      ok: true,
      value: { status: "pending" },
    });
    expect(seen[0]?.url).toBe("https://api.ideogram.test/v2/generations/a%2F..%2Fb%3Fc%23d");
  });

  it.each(["", ".", "..", "two words", "x".repeat(201)])("isn't made for %j, which is no id", async (id) => {
    const { fetch, seen } = scriptFetch();
    expect(await findGeneration(buildSettings(fetch), id)).toMatchObject({
      ok: false,
      error: { kind: "unknown_id" },
    });
    expect(seen).toHaveLength(0);
  });
});

describe("a poll", () => {
  it.each<[string, Step, Poll]>([
    ["pending", state("pending"), { status: "pending" }],
    ["pending without an id", answer(200, { status: "pending" }), { status: "pending" }],
    [
      "failed by policy",
      state("failed", { failure_reason: "content_policy_violation" }),
      { status: "failed", reason: "content_policy_violation", isPolicy: true },
    ],
    [
      "failed by a fault",
      state("failed", { failure_reason: "internal_error" }),
      { status: "failed", reason: "internal_error", isPolicy: false },
    ],
    ["failed without a reason", state("failed"), { status: "failed", reason: null, isPolicy: false }],
    [
      "failed with an empty reason",
      state("failed", { failure_reason: "" }),
      { status: "failed", reason: null, isPolicy: false },
    ],
    [
      "failed with an odd reason",
      state("failed", { failure_reason: { code: 1 } }),
      { status: "failed", reason: null, isPolicy: false },
    ],
    ["completed", completed(entry), { status: "completed", picture: ready }],
    [
      "completed with unknown fields and no object_type",
      completed({ ...entry, object_type: undefined, asset_id: "a", new: {} }),
      { status: "completed", picture: ready },
    ],
    [
      "completed with the address alone",
      completed({ url: PICTURE_URL }),
      {
        status: "completed",
        picture: { kind: "ready", url: PICTURE_URL, seed: null },
      },
    ],
    [
      "completed with odd extras",
      completed({ url: PICTURE_URL, resolution: "wide", seed: "x", prompt: 3 }),
      {
        status: "completed",
        picture: { kind: "ready", url: PICTURE_URL, seed: null },
      },
    ],
  ])("reads %s", async (_, step, value) => {
    expect(await poll(step)).toEqual({ ok: true, value });
  });

  it.each<[string, Step]>([
    ["is_image_safe is false and the url null", completed({ ...entry, url: null, is_image_safe: false })],
    ["is_image_safe is false and the url empty", completed({ ...entry, url: "", is_image_safe: false })],
    ["is_image_safe is false and the url absent", completed({ is_image_safe: false })],
    ["is_image_safe is false although there is a url", completed({ ...entry, is_image_safe: false })],
    ["the url is null", completed({ ...entry, url: null })],
    ["the url is empty", completed({ ...entry, url: "" })],
    ["the url is absent", completed({ seed: 1 })],
  ])("calls the picture blocked when %s", async (_, step) => {
    expect(await poll(step)).toEqual({
      ok: true,
      value: { status: "completed", picture: { kind: "blocked" } },
    });
  });

  it.each<[string, Step]>([
    ["data is empty", completed()],
    ["data is absent", state("completed")],
    ["data is null", state("completed", { data: null })],
    ["data isn't a list", state("completed", { data: entry })],
    ["the entry isn't an object", completed(null)],
    ["the entry isn't an image", completed({ ...entry, object_type: "video.generation" })],
    ["the url isn't text", completed({ ...entry, url: 42 })],
    ["is_image_safe isn't a boolean", completed({ ...entry, is_image_safe: "no" })],
  ])("calls the picture missing when %s", async (_, step) => {
    expect(await poll(step)).toEqual({
      ok: true,
      value: { status: "completed", picture: { kind: "missing" } },
    });
  });
});

describe("a failed poll", () => {
  const unreadable = "The provider's answer can't be read.";

  it.each<[string, Step, PollFailure]>([
    ["400", answer(400, { error: "bad id" }), { kind: "rejected", status: 400, message: "bad id" }],
    ["401", answer(401, { message: "no" }), { kind: "credentials", status: 401, message: "no" }],
    ["402", answer(402, { error: "no" }), { kind: "rejected", status: 402, message: "no" }],
    ["403", answer(403, { message: "no" }), { kind: "credentials", status: 403, message: "no" }],
    ["404", answer(404, { error: "not here" }), { kind: "unknown_id", message: "not here" }],
    ["404 page", answer(404, "<h1>404</h1>"), { kind: "unknown_id", message: "<h1>404</h1>" }],
    ["408", answer(408, "slow"), { kind: "unreachable", status: 408, message: "slow" }],
    ["425", answer(425, "early"), { kind: "unreachable", status: 425, message: "early" }],
    ["429", answer(429, "", { "Retry-After": "4" }), { kind: "busy", retryAfterSeconds: 4 }],
    ["429 without a wait", answer(429, ""), { kind: "busy", retryAfterSeconds: null }],
    ["500", answer(500, { error: "oops" }), { kind: "unreachable", status: 500, message: "oops" }],
    ["503 page", answer(503, "<h1>503</h1>"), { kind: "unreachable", status: 503, message: "<h1>503</h1>" }],
    [
      "a redirect",
      answer(302, "", { Location: "https://evil.test/" }),
      { kind: "unreachable", status: 302, message: "The provider answered 302 without a message." },
    ],
    [
      "a lost connection",
      reset,
      {
        kind: "unreachable",
        status: null,
        message: "The connection failed: Error: Network connection lost.",
      },
    ],
    ["silence", hang, { kind: "unreachable", status: null, message: "The provider did not answer in time." }],
    [
      "a hanging body",
      hangInBody(200, '{"status":'),
      { kind: "unreachable", status: 200, message: unreadable },
    ],
    [
      "a broken body",
      breakInBody(200, '{"status":'),
      { kind: "unreachable", status: 200, message: unreadable },
    ],
    ["an empty body", answer(200, ""), { kind: "unreachable", status: 200, message: unreadable }],
    ["a page", answer(200, "<h1>Hello</h1>"), { kind: "unreachable", status: 200, message: unreadable }],
    [
      "huge JSON",
      answer(200, { status: "pending", padding: "x".repeat(300 * 1024) }),
      { kind: "unreachable", status: 200, message: unreadable },
    ],
    ["an unknown status", state("dreaming"), { kind: "unreachable", status: 200, message: unreadable }],
    [
      "another generation's answer",
      answer(200, { generation_id: "somebody-elses", status: "completed", data: [entry] }),
      { kind: "unreachable", status: 200, message: unreadable },
    ],
  ])("tells the job what to do on %s", async (_, step, error) => {
    expect(await poll(step)).toEqual({ ok: false, error });
  });

  it("is unreachable with a key that can't be sent", async () => {
    const { fetch, seen } = scriptFetch();
    const result = await findGeneration(buildSettings(fetch, { apiKey: "" }), GENERATION_ID);
    expect(result).toMatchObject({ ok: false, error: { kind: "unreachable", status: null } });
    expect(seen).toHaveLength(0);
  });
});
