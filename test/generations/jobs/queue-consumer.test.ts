import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { cancelJob } from "../../../src/db/generation-jobs.ts";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import type { JobContext } from "../../../src/generations/job-context.ts";
import { enqueueGenerations, parseMessage } from "../../../src/generations/message.ts";
import { consumeBatch } from "../../../src/generations/queue-consumer.ts";
import { newId } from "../../../src/ids.ts";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import {
  createWorkshop,
  deliverToTheEnd,
  letTimePass,
  order,
  orderOne,
  readJob,
} from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { type Answer, json, pending } from "../../support/provider.ts";
import { recordingQueue } from "../../support/queue.ts";

afterEach(expectBooksToBalance);

const QUEUE = "generations";
const DEAD = "generations-dlq";

/** Delivers these bodies as one batch; what was acknowledged and what comes again, by position. */
async function consume(context: JobContext, queue: string, bodies: unknown[], attempts = 1) {
  const messages = bodies.map((body, index) => ({
    id: String(index),
    timestamp: new Date(),
    attempts,
    body,
  }));
  const batch = createMessageBatch(queue, messages);
  const asked: (number | undefined)[] = [];
  for (const message of batch.messages) {
    const retry = message.retry.bind(message);
    message.retry = (options) => {
      asked[Number(message.id)] = options?.delaySeconds;
      retry(options);
    };
  }
  await consumeBatch(context, batch);
  const result = await getQueueResult(batch, createExecutionContext());
  return { acks: result.explicitAcks, retries: result.retryMessages.map(({ msgId }) => msgId), asked };
}

function message(id: string) {
  return { v: 1, id };
}

/** A database that is away for one job. */
function withoutDatabaseFor(context: JobContext, poisoned: string): JobContext {
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name !== "prepare") return name === "batch" ? target.batch.bind(target) : Reflect.get(target, name);
      return (sql: string) => {
        const statement = target.prepare(sql);
        const bind = statement.bind.bind(statement);
        statement.bind = (...values: unknown[]) => {
          if (values.includes(poisoned)) throw new Error("D1_ERROR: overloaded");
          return bind(...values);
        };
        return statement;
      };
    },
  });
  return { ...context, db };
}

describe("the queue consumer", () => {
  it("answers for each message of a batch on its own", async () => {
    const { id: userId } = await createAccount({ credits: 10 });
    const [poisoned = "", good = "", waiting = ""] = await order(userId, 3);
    const { context, provider } = createWorkshop();
    provider.always.submit = async (request) => {
      const answered = await env.DB.prepare(
        "SELECT count(*) AS n FROM generations WHERE id = ?1 AND status = 'succeeded'",
      )
        .bind(good)
        .first("n");
      return answered === 1 ? json(429, {}, { "Retry-After": "33" })(request) : provider.accept(request);
    };
    const bodies = [
      message(poisoned),
      message(good),
      "nonsense",
      message(newId()),
      { v: 2, id: good },
      null,
      message(waiting),
      message(good),
    ];
    const { acks, retries, asked } = await consume(withoutDatabaseFor(context, poisoned), QUEUE, bodies);
    expect(acks).toEqual(["1", "2", "3", "4", "5", "7"]);
    expect(retries).toEqual(["0", "6"]);
    expect([asked[0], asked[6]]).toEqual([60, 33]);
    expect(await readJob(good)).toMatchObject({ status: "succeeded" });
    expect(await readJob(poisoned)).toMatchObject({ status: "queued", attempt: 0 });
    for (const id of [poisoned, waiting]) await cancelJob(env.DB, userId, id);
  });

  it("acknowledges a message of a job that was canceled, and buys nothing", async () => {
    const { userId, id } = await orderOne();
    await cancelJob(env.DB, userId, id);
    const { context, provider } = createWorkshop();
    expect(await consume(context, QUEUE, [message(id)])).toMatchObject({ acks: ["0"], retries: [] });
    expect(provider.seen.submits).toBe(0);
  });

  it("sends a message anew before patience ends in the dead-letter queue", async () => {
    const { id } = await orderOne();
    const { context, provider, sent } = createWorkshop();
    provider.script.submit = Array<Answer>(2).fill(json(429, {}, { "Retry-After": "9" }));
    expect(await consume(context, QUEUE, [message(id)], 79)).toMatchObject({ retries: ["0"], asked: [9] });
    expect(sent).toEqual([]);
    await letTimePass(9_000, id);
    expect(await consume(context, QUEUE, [message(id)], 80)).toMatchObject({ acks: ["0"], retries: [] });
    expect(sent).toEqual([{ v: 1, id }]);
    await letTimePass(9_000, id);
    await deliverToTheEnd(context, id);
  });

  it("leaves a job to the sweeper when the database stays away for that many deliveries", async () => {
    const { userId, id } = await orderOne();
    const { context } = createWorkshop();
    const result = await consume(withoutDatabaseFor(context, id), QUEUE, [message(id)], 80);
    expect(result).toMatchObject({ acks: ["0"], retries: [] });
    await cancelJob(env.DB, userId, id);
  });
});

describe("the dead-letter queue", () => {
  it("gives nothing back for a job that is done", async () => {
    const { userId, id } = await orderOne();
    const { context } = createWorkshop();
    await deliverToTheEnd(context, id);
    expect(await consume(context, DEAD, [message(id)])).toMatchObject({ acks: ["0"] });
    expect(await readJob(id)).toMatchObject({ status: "succeeded" });
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
  });

  it("gives back once for a job that is not, however often it comes", async () => {
    const { userId, id } = await orderOne();
    const { context } = createWorkshop();
    expect(await consume(context, DEAD, [message(id), message(id)])).toMatchObject({ acks: ["0", "1"] });
    expect(await readJob(id)).toMatchObject({
      status: "failed",
      error_code: "provider_failed",
      review: null,
    });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
  });

  it("marks a bought picture for review, and leaves a job alone that somebody works on", async () => {
    const { id: userId } = await createAccount({ credits: 2 });
    const [bought = "", running = ""] = await order(userId, 2);
    const { context, provider } = createWorkshop();
    provider.always.poll = pending;
    await advanceJob(context, bought);
    provider.always = {};
    provider.script.picture = [
      async () => {
        await consume(context, DEAD, [message(bought), message(running)]);
        return new Response(null, { status: 404 });
      },
    ];
    await deliverToTheEnd(context, running);
    expect(await readJob(bought)).toMatchObject({ status: "failed", review: "paid_not_delivered" });
    expect(await readJob(running)).toMatchObject({ status: "succeeded" });
  });

  it("acknowledges nonsense, and retries while the database is away", async () => {
    const { userId, id } = await orderOne();
    const context = withoutDatabaseFor(createWorkshop().context, id);
    expect(await consume(context, DEAD, ["nonsense", message(id)], 5)).toMatchObject({
      acks: ["0"],
      retries: ["1"],
    });
    await cancelJob(env.DB, userId, id);
  });
});

describe("a message", () => {
  it.each([
    null,
    "x",
    {},
    { v: 1 },
    { v: 2, id: newId() },
    { v: 1, id: "../x" },
    { v: 1, id: newId(), more: 1 },
  ])("is refused as %j", (body) => expect(parseMessage(body)).toBeNull());

  it("goes out with at most 99 others, and a queue that is away is no error", async () => {
    const sizes: number[] = [];
    const { queue } = recordingQueue();
    const counting = new Proxy(queue, {
      get: () => async (messages: Iterable<unknown>) => void sizes.push([...messages].length),
    });
    await enqueueGenerations(
      counting,
      Array.from({ length: 250 }, () => newId()),
    );
    expect(sizes).toEqual([100, 100, 50]);
    await expect(
      enqueueGenerations(recordingQueue({ fails: true }).queue, [newId()]),
    ).resolves.toBeUndefined();
  });
});
