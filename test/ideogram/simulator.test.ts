import { describe, expect, it } from "vitest";
import { createSimulator, SIMULATOR_API_KEY } from "../../dev/ideogram/simulator.ts";
import { downloadPicture } from "../../src/ideogram/download-picture.ts";
import { findGeneration } from "../../src/ideogram/find-generation.ts";
import { parseImageHosts } from "../../src/ideogram/image-hosts.ts";
import type { IdeogramSettings } from "../../src/ideogram/settings.ts";
import type { GenerationRequest } from "../../src/ideogram/submit-body.ts";
import { submitGeneration } from "../../src/ideogram/submit-generation.ts";
import { validateImage } from "../../src/r2/validate-image.ts";
import { createDeadlines, createSimulatorWait } from "../support/deadlines.ts";

const request: GenerationRequest = {
  model: "ideogram-3",
  prompt: "A lantern festival at dusk",
  quality: "low",
  size: "832x960",
  magicPrompt: "off",
};

/** A simulator of its own, in which everything is done at once, and the settings to reach it. */
function startSimulator(changes: Partial<IdeogramSettings> = {}) {
  const hosts = parseImageHosts("ideogram.test");
  if (!hosts.ok) throw new Error(hosts.error.reason);
  const deadlines = createDeadlines();
  const simulator = createSimulator({ latencyScale: 0, wait: createSimulatorWait(deadlines) });
  const settings: IdeogramSettings = {
    fetch: (request) => simulator.fetch(request),
    baseUrl: "https://ideogram.test",
    apiKey: SIMULATOR_API_KEY,
    imageHosts: hosts.value,
    allowHttpLoopback: false,
    startDeadline: deadlines.start,
    ...changes,
  };
  return { simulator, settings };
}

function tag(fault: string): GenerationRequest {
  return { ...request, prompt: `${request.prompt} [[sim:${fault}]]` };
}

async function submit(settings: IdeogramSettings, fault: string): Promise<string> {
  const submitted = await submitGeneration(settings, tag(fault));
  if (!submitted.ok) throw new Error(`${fault}: ${submitted.error.kind}`);
  return submitted.value.providerGenerationId;
}

async function collect(settings: IdeogramSettings, fault: string) {
  const poll = await findGeneration(settings, await submit(settings, fault));
  if (!poll.ok || poll.value.status !== "completed" || poll.value.picture.kind !== "ready") {
    throw new Error(`${fault}: ${JSON.stringify(poll)}`);
  }
  const { url } = poll.value.picture;
  return { url, downloaded: await downloadPicture(settings, url) };
}

describe("a generation at the simulator", () => {
  it.each([
    ["ideogram-4-5", "1024x1024"],
    ["ideogram-4", "720x1280"],
    ["ideogram-3", "832x960"],
  ])("by %s is bought once, completes in the size asked for, and arrives as a PNG", async (model, size) => {
    const { simulator, settings } = startSimulator();
    const submitted = await submitGeneration(settings, { ...request, model, size, seed: 42 });
    if (!submitted.ok) throw new Error(submitted.error.kind);
    expect(submitted.value.seed).toBe(42);
    const poll = await findGeneration(settings, submitted.value.providerGenerationId);
    expect(poll).toMatchObject({
      ok: true,
      value: { status: "completed", picture: { kind: "ready", seed: 42 } },
    });
    if (!poll.ok || poll.value.status !== "completed" || poll.value.picture.kind !== "ready") return;
    const downloaded = await downloadPicture(settings, poll.value.picture.url);
    const [width, height] = size.split("x").map(Number);
    expect(downloaded.ok && (await validateImage(downloaded.value))).toMatchObject({
      value: { format: "png", width, height },
    });
    expect(simulator.ledger().total).toMatchObject({ generations: 1, images: 1 });
    expect(
      simulator.calls().map((call) => [call.method, call.status, call.apiKey, call.hasAuthorization]),
    ).toEqual([
      ["POST", 200, "valid", false],
      ["GET", 200, "valid", false],
      ["GET", 200, "none", false],
    ]);
  });

  it("is refused to a wrong key, by submit and by poll alike", async () => {
    const { settings } = startSimulator({ apiKey: "another-key" });
    const refused = { ok: false, error: { kind: "credentials", status: 401 } };
    expect(await submitGeneration(settings, request)).toMatchObject(refused);
    expect(await findGeneration(settings, "xtdZiqPwRxqY1Y7NExFmzB")).toMatchObject(refused);
  });
});

describe("a submit to the simulator", () => {
  it.each([
    ["400", { kind: "rejected", status: 400 }, 0],
    ["400-plain", { kind: "rejected", status: 400 }, 0],
    ["401", { kind: "credentials", status: 401 }, 0],
    ["402", { kind: "wallet_empty", rejectReason: "insufficient_funds" }, 0],
    ["403", { kind: "credentials", status: 403 }, 0],
    ["422", { kind: "refused_prompt" }, 0],
    ["422-empty", { kind: "refused_prompt" }, 0],
    ["429:1", { kind: "busy", retryAfterSeconds: null }, 0],
    ["429-after:7", { kind: "busy", retryAfterSeconds: 7 }, 0],
    ["500-before", { kind: "unknown", cause: "server_error", status: 500 }, 0],
    ["500-after", { kind: "unknown", cause: "server_error", status: 500 }, 1],
    ["503-sync", { kind: "unknown", cause: "server_error", status: 503 }, 1],
    ["hang-before", { kind: "unknown", cause: "timeout", status: null }, 0],
    ["hang", { kind: "unknown", cause: "timeout", status: null }, 1],
    ["reset-before", { kind: "unknown", cause: "network", status: null }, 0],
    ["reset", { kind: "unknown", cause: "network", status: null }, 1],
    ["2xx-html", { kind: "unknown", cause: "unexpected_answer", status: 200 }, 1],
    ["2xx-truncated-json", { kind: "unknown", cause: "unexpected_answer", status: 200 }, 1],
  ])("with %s fails as %j after one request, of which %d was billed", async (fault, error, billed) => {
    const { simulator, settings } = startSimulator();
    expect(await submitGeneration(settings, tag(fault))).toMatchObject({ ok: false, error });
    expect(simulator.calls()).toHaveLength(1);
    // What runs is billed when it completes; another call lets the simulator look at its clock.
    await findGeneration(settings, "xtdZiqPwRxqY1Y7NExFmzB");
    expect(simulator.ledger().total.generations).toBe(billed);
  });
});

describe("a poll of the simulator", () => {
  const failedGeneration = { status: "failed", reason: null, isPolicy: false };

  it.each([
    ["stuck", { status: "pending" }],
    ["slow:60", { status: "pending" }],
    ["failed", { ...failedGeneration, reason: "content_policy_violation", isPolicy: true }],
    ["failed-noreason", failedGeneration],
    ["unsafe", { status: "completed", picture: { kind: "blocked" } }],
    ["unsafe-mixed", { status: "completed", picture: { kind: "blocked" } }],
    ["empty-data", { status: "completed", picture: { kind: "missing" } }],
    ["extra-fields", { status: "completed", picture: { kind: "ready" } }],
  ])("reads %s as %j, each time that it asks", async (fault, value) => {
    const { settings } = startSimulator();
    const id = await submit(settings, fault);
    for (let polls = 0; polls < 3; polls++) {
      expect(await findGeneration(settings, id)).toMatchObject({ ok: true, value });
    }
  });

  it.each([
    ["poll-404-once", { kind: "unknown_id" }],
    ["poll-429", { kind: "busy", retryAfterSeconds: 1 }],
    ["poll-500:1", { kind: "unreachable", status: 500 }],
    ["poll-hang", { kind: "unreachable", status: null }],
    ["poll-reset", { kind: "unreachable", status: null }],
    ["poll-html", { kind: "unreachable", status: 200 }],
  ])("with %s fails as %j and succeeds when it is repeated", async (fault, error) => {
    const { simulator, settings } = startSimulator();
    const id = await submit(settings, fault);
    expect(await findGeneration(settings, id)).toMatchObject({ ok: false, error });
    expect(await findGeneration(settings, id)).toMatchObject({ ok: true, value: { status: "completed" } });
    expect(simulator.ledger().total.generations).toBe(1);
  });

  it.each([
    ["poll-400", { kind: "rejected", status: 400 }],
    ["poll-401", { kind: "credentials", status: 401 }],
    ["poll-403", { kind: "credentials", status: 403 }],
    ["poll-404", { kind: "unknown_id" }],
  ])("with %s fails as %j", async (fault, error) => {
    const { settings } = startSimulator();
    expect(await findGeneration(settings, await submit(settings, fault))).toMatchObject({ ok: false, error });
  });
});

describe("a download from the simulator", () => {
  it.each([
    ["img-500", { kind: "unreachable", status: 500 }],
    ["img-reset", { kind: "unreachable", status: null }],
    ["img-hang", { kind: "unreachable", status: null }],
  ])("with %s fails as %j and succeeds when it is repeated", async (fault, error) => {
    const { settings } = startSimulator();
    const { url, downloaded } = await collect(settings, fault);
    expect(downloaded).toMatchObject({ ok: false, error });
    expect((await downloadPicture(settings, url)).ok).toBe(true);
  });

  it.each([
    ["img-short", { kind: "incomplete" }],
    ["img-huge", { kind: "too_large" }],
    ["expired-403", { kind: "expired", status: 403 }],
    ["expired-404", { kind: "expired", status: 404 }],
    ["redirect-evil", { kind: "forbidden_host" }],
    ["url-evil", { kind: "forbidden_host" }],
  ])("with %s fails as %j", async (fault, error) => {
    const { simulator, settings } = startSimulator();
    const { downloaded } = await collect(settings, fault);
    expect(downloaded).toMatchObject({ ok: false, error });
    expect(simulator.calls().every((call) => call.host === "ideogram.test")).toBe(true);
  });

  it("finds a fresh address after an expired one by polling again", async () => {
    const { settings } = startSimulator();
    const id = await submit(settings, "expired-403:1");
    const outcomes: string[] = [];
    for (let tries = 0; tries < 2; tries++) {
      const poll = await findGeneration(settings, id);
      if (!poll.ok || poll.value.status !== "completed" || poll.value.picture.kind !== "ready") {
        throw new Error(JSON.stringify(poll));
      }
      const downloaded = await downloadPicture(settings, poll.value.picture.url);
      outcomes.push(downloaded.ok ? "arrived" : downloaded.error.kind);
    }
    expect(outcomes).toEqual(["expired", "arrived"]);
  });

  it.each([
    ["img-0", 0],
    ["img-4", 4],
  ])("with %s hands over its %d bytes for the image store to refuse", async (fault, count) => {
    const { settings } = startSimulator();
    const { downloaded } = await collect(settings, fault);
    expect(downloaded.ok && downloaded.value.byteLength).toBe(count);
  });
});
