/** Jobs that wait: for room at the provider, for their picture, and however many messages they have collected. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { cancelJob } from "../../../src/db/generation-jobs.ts";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import {
  createWorkshop,
  deliverToTheEnd,
  letTimePass,
  order,
  orderOne,
  readJob,
  runMinutes,
} from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { type Answer, json, pending } from "../../support/provider.ts";

afterEach(expectBooksToBalance);

const MAX_AGE_MS = 3_600_000;

async function expectFailed(userId: string, id: string, code: string, review: string | null): Promise<void> {
  expect(await readJob(id)).toMatchObject({ status: "failed", error_code: code, review });
  expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
}

describe("a job without room at the provider", () => {
  it("waits for those ahead, without using up an attempt, and may be canceled meanwhile", async () => {
    const { id: userId } = await createAccount({ credits: 30 });
    const [buying = "", ...waiting] = await order(userId, 8);
    const workshop = createWorkshop({ maxInFlight: 1 });
    workshop.provider.always.poll = pending;
    await advanceJob(workshop.context, buying);
    const delays: number[] = [];
    for (const id of waiting) {
      const delivery = await advanceJob(workshop.context, id);
      if (delivery.kind === "again") delays.push(delivery.delaySeconds);
      expect(await readJob(id)).toMatchObject({ status: "queued", attempt: 0, failures: 0 });
    }
    expect(delays).toHaveLength(waiting.length);
    // Five seconds for each ahead and itself, and up to four so that they don't come at once.
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...delays)).toBeLessThanOrEqual(waiting.length * 5 + 4);
    expect(workshop.provider.seen.submits).toBe(1);
    const [first = "", ...others] = waiting;
    expect(await cancelJob(env.DB, userId, first)).toBe(true);
    workshop.provider.always = {};
    workshop.sent.push(...[buying, ...others].map((id) => ({ v: 1 as const, id })));
    await letTimePass(120_000);
    await runMinutes(workshop);
    expect(await readBalance(userId)).toEqual({ available: 23, held: 0 });
    expect(workshop.provider.bought).toHaveLength(7);
  });
});

describe("a picture that is stuck at the provider", () => {
  it("keeps its place for a quarter of an hour, and not until it is too old", async () => {
    const { id: userId } = await createAccount({ credits: 2 });
    const [stuck = "", next = ""] = await order(userId, 2);
    const workshop = createWorkshop({ maxInFlight: 1 });
    workshop.provider.always.poll = pending;
    await advanceJob(workshop.context, stuck);
    await letTimePass(14 * 60_000);
    expect(await advanceJob(workshop.context, next)).toMatchObject({ kind: "again" });
    expect(workshop.provider.seen.submits).toBe(1);
    await letTimePass(2 * 60_000);
    await advanceJob(workshop.context, next);
    expect(workshop.provider.seen.submits).toBe(2);
    workshop.provider.always = {};
    await runMinutes(workshop);
    expect(await readBalance(userId)).toEqual({ available: 0, held: 0 });
  });
});

describe("while cloud services are off", () => {
  it("a job waits unpaid, may be canceled, and goes on when they are on again", async () => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop({ isCloudOn: () => Promise.resolve(false) });
    expect(await advanceJob(context, id)).toEqual({ kind: "again", delaySeconds: 10 });
    expect(await readJob(id)).toMatchObject({ status: "queued", attempt: 0, failures: 0 });
    expect(provider.seen.submits).toBe(0);
    await letTimePass(10_000, id);
    await deliverToTheEnd({ ...context, isCloudOn: () => Promise.resolve(true) }, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded" });
  });

  it("a picture that is bought already is collected", async () => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.always.poll = pending;
    await advanceJob(context, id);
    provider.always = {};
    await letTimePass(10_000, id);
    await deliverToTheEnd({ ...context, isCloudOn: () => Promise.resolve(false) }, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded" });
    expect(provider.bought).toHaveLength(1);
  });
});

describe("the messages of a waiting job", () => {
  it("become one again, however many there are", async () => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.always.submit = json(429, {}, { "Retry-After": "30" });
    let messages = 12;
    for (let round = 0; round < 4; round++) {
      const deliveries = await Promise.all(Array.from({ length: messages }, () => advanceJob(context, id)));
      messages = deliveries.filter(({ kind }) => kind === "again").length;
      expect(messages).toBe(1);
      // One more comes late, one early, as the sweeper's and the queue's duplicates do.
      expect(await advanceJob(context, id)).toEqual({ kind: "done" });
      messages++;
      await letTimePass(30_000, id);
    }
    expect(provider.seen.submits).toBe(4);
    provider.always = {};
    await deliverToTheEnd(context, id);
  });
});

describe("a job that waits for its picture", () => {
  it("asks once a delivery, waits in the queue, uses up no attempt, and can't be canceled", async () => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.script.poll = Array<Answer>(30).fill(pending);
    for (let i = 0; i < 2; i++) {
      expect(await advanceJob(context, id)).toMatchObject({ kind: "again" });
      expect(await readJob(id)).toMatchObject({
        status: "processing",
        step: "generating",
        failures: 0,
        lease: null,
      });
      expect(await cancelJob(env.DB, userId, id)).toBe(false);
      await letTimePass(5_000, id);
    }
    // A queue may deliver one message at a time: whoever waits in a delivery keeps everybody waiting.
    expect(provider.seen.polls).toBe(2);
    await deliverToTheEnd(context, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded", attempt: 1 });
    expect(provider.bought).toHaveLength(1);
  });

  it("for longer than its age is given back and marked for review", async () => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.always.poll = pending;
    await advanceJob(context, id);
    await letTimePass(MAX_AGE_MS, id);
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    await expectFailed(userId, id, "timed_out", "paid_not_delivered");
    expect(provider.bought).toHaveLength(1);
  });
});
