/** What each answer to a question for the picture does to the job. Asking costs nothing, and buys nothing. */
import { afterEach, describe, expect, it } from "vitest";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { createWorkshop, deliverToTheEnd, letTimePass, orderOne, readJob } from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { type Answer, json, type TestProvider } from "../../support/provider.ts";

afterEach(expectBooksToBalance);

async function expectFailed(userId: string, id: string, code: string, review: string | null): Promise<void> {
  expect(await readJob(id)).toMatchObject({ status: "failed", error_code: code, review });
  expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
}

describe("polling", () => {
  it.each<[string, Answer]>([
    ["404 once", json(404, {})],
    ["429 with Retry-After", json(429, {}, { "Retry-After": "2" })],
    ["500 once", json(500, {})],
    ["a page of HTML once", () => new Response("<h1>hello</h1>")],
    ["a lost connection once", () => Promise.reject(new Error("Network connection lost."))],
    ["somebody else's generation once", json(200, { generation_id: "another", status: "pending" })],
  ])("goes on after %s", async (_, answer) => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.script.poll = [answer];
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ status: "succeeded", failures: 0 });
    expect(provider.bought).toHaveLength(1);
  });

  it("that is too fast for the provider waits for as long as it says, without using up an attempt", async () => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.script.poll = [json(429, {}, { "Retry-After": "90" })];
    expect(await advanceJob(context, id)).toEqual({ kind: "again", delaySeconds: 90 });
    expect(await readJob(id)).toMatchObject({ status: "processing", failures: 0, attempt: 0 });
    await letTimePass(90_000, id);
    await deliverToTheEnd(context, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded" });
  });

  it.each<[string, (provider: TestProvider) => void, string, number]>([
    [
      "500 for ever",
      ({ always }) => {
        always.poll = json(500, {});
      },
      "provider_failed",
      4,
    ],
    [
      "404 for ever",
      ({ always }) => {
        always.poll = json(404, {});
      },
      "provider_failed",
      5,
    ],
    [
      "no connection for ever",
      ({ always }) => {
        always.poll = () => Promise.reject(new Error("lost"));
      },
      "provider_unreachable",
      4,
    ],
    [
      "401",
      ({ always }) => {
        always.poll = json(401, {});
      },
      "provider_failed",
      1,
    ],
    [
      "403",
      ({ always }) => {
        always.poll = json(403, {});
      },
      "provider_failed",
      1,
    ],
    [
      "400",
      ({ always }) => {
        always.poll = json(400, {});
      },
      "provider_failed",
      1,
    ],
    [
      "completed without data",
      ({ always }) => {
        always.poll = json(200, { status: "completed", data: [] });
      },
      "provider_failed",
      1,
    ],
  ])("is given up after %s, and the credits go back", async (_, script, code, deliveriesMax) => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    script(provider);
    await advanceJob(context, id);
    // Right after a purchase the provider may not know it yet.
    await letTimePass(40_000, id);
    expect(await deliverToTheEnd(context, id)).toBeLessThanOrEqual(deliveriesMax);
    await expectFailed(userId, id, code, "paid_not_delivered");
    expect(provider.bought).toHaveLength(1);
  });

  it.each<[string, Answer, string]>([
    [
      "refused by policy",
      json(200, { status: "failed", failure_reason: "content_policy_violation" }),
      "prompt_refused",
    ],
    ["failed without a reason", json(200, { status: "failed" }), "provider_failed"],
    [
      "unsafe, with a null address",
      json(200, { status: "completed", data: [{ url: null, is_image_safe: false }] }),
      "picture_blocked",
    ],
    [
      "unsafe, with an empty address",
      json(200, { status: "completed", data: [{ url: "", is_image_safe: false }] }),
      "picture_blocked",
    ],
    [
      "unsafe, without an address",
      json(200, { status: "completed", data: [{ is_image_safe: false }] }),
      "picture_blocked",
    ],
  ])("ends the job at once when the picture is %s", async (_, answer, code) => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    provider.always.poll = answer;
    expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    await expectFailed(userId, id, code, null);
    expect(provider.seen).toEqual({ submits: 1, polls: 1, downloads: 0 });
  });
});
