/** What each answer to a purchase does to the job, and that none is ever sent twice. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import { sweepJobs } from "../../../src/generations/sweeper.ts";
import { breakInBody, hang, hangInBody, reset } from "../../ideogram/scripted-provider.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import {
  changeRow,
  createWorkshop,
  deliverToTheEnd,
  letTimePass,
  orderOne,
  readJob,
  runMinutes,
} from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { type Answer, json, type TestProvider } from "../../support/provider.ts";

afterEach(expectBooksToBalance);

const BACK = { available: 2, held: 0 };
const MANY = 20;

/** Buys, and then answers something else. */
function afterBuying(answer: Answer): (provider: TestProvider) => Answer {
  return (provider) => async (request, passDeadline) => {
    await provider.accept(request);
    return answer(request, passDeadline);
  };
}

describe("a delivery", () => {
  it("buys once, stores one object and takes the credit when everything is well", async () => {
    const { userId, id } = await orderOne();
    expect(await readBalance(userId)).toEqual({ available: 1, held: 1 });
    const { context, provider } = createWorkshop();
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({
      status: "succeeded",
      lease: null,
      due_at: null,
      error_code: null,
    });
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
    expect(provider.seen).toEqual({ submits: 1, polls: 1, downloads: 1 });
    const image = await env.DB.prepare("SELECT * FROM images WHERE generation_id = ?1").bind(id).first();
    expect(image).toMatchObject({ user_id: userId, width: 512, height: 512, format: "png", seed: 4711 });
  });
});

describe("a purchase whose outcome is unknown", () => {
  it.each<[string, (provider: TestProvider) => Answer]>([
    ["500 before anything began", () => json(500, {})],
    ["500 after the picture was bought", afterBuying(json(500, {}))],
    ["503", () => json(503, {})],
    ["a hanging connection", () => hang],
    ["a hanging connection after the picture was bought", afterBuying(hang)],
    ["a connection that is reset", afterBuying(reset)],
    ["a body that breaks off", afterBuying(breakInBody(200, '{"generation_id":'))],
    ["a body that never ends", afterBuying(hangInBody(200, '{"generation_id":'))],
    ["a page of HTML", afterBuying(() => new Response("<h1>OK</h1>"))],
    ["JSON without an id", afterBuying(json(200, { seed: 1 }))],
    [
      "a redirect",
      () => () => new Response(null, { status: 302, headers: { Location: "https://provider.test/" } }),
    ],
  ])("is sent once and given back at once, after %s", async (_, answer) => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    workshop.provider.always.submit = answer(workshop.provider);
    expect(await advanceJob(workshop.context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({
      status: "failed",
      error_code: "provider_unreachable",
      review: "submit_unknown",
    });
    expect(await readBalance(userId)).toEqual(BACK);
    await letTimePass(600_000, id);
    await sweepJobs(workshop.context);
    for (let i = 0; i < 3; i++) await advanceJob(workshop.context, id);
    expect(workshop.provider.seen.submits).toBe(1);
  });

  it("is given back within two minutes when the process dies while it asks", async () => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    const { promise: isAsking, resolve } = Promise.withResolvers<void>();
    workshop.provider.always.submit = () => {
      resolve();
      return new Promise(() => undefined);
    };
    void advanceJob(workshop.context, id);
    await isAsking;
    await letTimePass(20_000, id);
    await sweepJobs(workshop.context);
    expect(await readJob(id)).toMatchObject({ status: "processing" });
    await letTimePass(26_000, id);
    await sweepJobs(workshop.context);
    expect(await readJob(id)).toMatchObject({ status: "failed", review: "submit_unknown" });
    expect(await readBalance(userId)).toEqual(BACK);
  });

  it("stays given back when the answer comes after that, and its picture is not collected", async () => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    workshop.provider.always.submit = async (request) => {
      await letTimePass(46_000, id);
      await sweepJobs(workshop.context);
      return workshop.provider.accept(request);
    };
    expect(await advanceJob(workshop.context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ status: "failed", provider_generation_id: null });
    expect(await readBalance(userId)).toEqual(BACK);
    expect(workshop.provider.seen).toEqual({ submits: 1, polls: 0, downloads: 0 });
  });
});

describe("a purchase that is refused for good", () => {
  it.each([
    ["422", json(422, { error: "prohibited" }), "prompt_refused"],
    ["422 without a body", () => new Response(null, { status: 422 }), "prompt_refused"],
    ["400", json(400, { detail: "no" }), "provider_failed"],
    ["401", json(401, { message: "no" }), "provider_failed"],
    ["403", json(403, { message: "no" }), "provider_failed"],
  ])("is given back at once, without review, after %s", async (_, answer, code) => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.always.submit = answer;
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ status: "failed", error_code: code, review: null });
    expect(await readBalance(userId)).toEqual(BACK);
    expect(provider.seen).toEqual({ submits: 1, polls: 0, downloads: 0 });
  });

  it("is given back without asking when the model can't make it", async () => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    await changeRow(id, "model = 'no-such-model'");
    await advanceJob(context, id);
    expect(await readJob(id)).toMatchObject({
      status: "failed",
      error_code: "provider_failed",
      review: null,
    });
    expect(await readBalance(userId)).toEqual(BACK);
    expect(provider.seen.submits).toBe(0);
  });
});

describe("a busy provider", () => {
  it("is waited for as long as it asks, without using up an attempt, 20 times", async () => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.script.submit = Array<Answer>(MANY).fill(json(429, { error: "busy" }, { "Retry-After": "17" }));
    for (let i = 0; i < MANY; i++) {
      expect(await advanceJob(context, id)).toEqual({ kind: "again", delaySeconds: 17 });
      expect(await readJob(id)).toMatchObject({
        status: "queued",
        attempt: 0,
        failures: 0,
        submit_started_at: null,
      });
      await letTimePass(17_000, id);
    }
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ status: "succeeded", attempt: 1 });
    expect(provider.bought).toHaveLength(1);
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
  });

  it("is waited for a little, and not always as long, when it doesn't say", async () => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.script.submit = Array<Answer>(MANY).fill(json(429, { reject_reason: "inflight_limit" }));
    for (let i = 0; i < MANY; i++) {
      const delivery = await advanceJob(context, id);
      const delay = delivery.kind === "again" ? delivery.delaySeconds : 0;
      expect(delay).toBeGreaterThanOrEqual(5);
      expect(delay).toBeLessThanOrEqual(10);
      await letTimePass(delay * 1000, id);
    }
    await deliverToTheEnd(context, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded", failures: 0 });
  });
});

describe("an empty wallet", () => {
  it("is waited for until the job is too old, then the credits go back", async () => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    workshop.provider.always.submit = json(402, { reject_reason: "insufficient_funds" });
    expect(await advanceJob(workshop.context, id)).toEqual({ kind: "again", delaySeconds: 60 });
    workshop.sent.push({ v: 1, id });
    const minutes = await runMinutes(workshop);
    expect(minutes).toBeGreaterThan(57);
    expect(minutes).toBeLessThan(62);
    expect(await readJob(id)).toMatchObject({ status: "failed", error_code: "timed_out", review: null });
    expect(await readBalance(userId)).toEqual(BACK);
    expect(workshop.provider.bought).toEqual([]);
  });

  it("that is filled lets the job go on", async () => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.script.submit = [json(402, { reject_reason: "insufficient_funds" })];
    await deliverToTheEnd(context, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded", failures: 0 });
  });
});

describe("a request that can't be sent", () => {
  it("is tried four times and then given back as unreachable, without review", async () => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    context.provider.apiKey = "not a usable key";
    expect(await deliverToTheEnd(context, id)).toBe(4);
    expect(await readJob(id)).toMatchObject({
      status: "failed",
      error_code: "provider_unreachable",
      review: null,
    });
    expect(await readBalance(userId)).toEqual(BACK);
    expect(provider.seen.submits).toBe(0);
  });
});
