/** A busy hour in a few seconds: the queue, the cron and a provider with places, in virtual time. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { createWorkshop, order } from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { completed, json, pending, type TestProvider } from "../../support/provider.ts";
import { keepLogQuiet } from "../../support/quiet.ts";
import { createVirtualTime, type VirtualTime } from "../../support/virtual-time.ts";

afterEach(expectBooksToBalance);
keepLogQuiet();

const DRAWING_MS = 10_000;

/** Draws for ten seconds, and refuses whoever comes when all places are taken. */
function limitPlaces(provider: TestProvider, time: VirtualTime, places: number) {
  const readyAt = new Map<string, number>();
  const seen = { refused: 0, most: 0 };
  provider.always.submit = (request) => {
    const busy = [...readyAt.values()].filter((at) => at > time.now()).length;
    if (busy >= places) {
      seen.refused++;
      return json(429, { reject_reason: "inflight_limit" })(request);
    }
    const id = crypto.randomUUID();
    readyAt.set(id, time.now() + DRAWING_MS);
    seen.most = Math.max(seen.most, busy + 1);
    return Response.json({ generation_id: id });
  };
  provider.always.poll = (request) => {
    const at = readyAt.get(request.url.split("/").at(-1) ?? "");
    return at !== undefined && at <= time.now() ? completed()(request) : pending(request);
  };
  return { seen, bought: readyAt };
}

async function isOver(): Promise<boolean> {
  return (
    (await env.DB.prepare("SELECT count(*) AS n FROM generations WHERE due_at IS NOT NULL").first("n")) === 0
  );
}

async function orderFromMany(time: VirtualTime, pictures: number): Promise<string[]> {
  const people = await Promise.all(
    Array.from({ length: 10 }, () => createAccount({ credits: pictures / 10 })),
  );
  for (const { id } of people) {
    const ids = await Promise.all(Array.from({ length: pictures / 10 }, () => order(id)));
    for (const id of ids.flat()) await time.queue.send({ v: 1, id });
  }
  return people.map(({ id }) => id);
}

describe("100 pictures at once", () => {
  it("are made in hardly more time than eight places take, without crowding the queue or the provider", async () => {
    const time = createVirtualTime();
    const { context, provider } = createWorkshop({ sleep: time.sleep, queue: time.queue, maxInFlight: 8 });
    const { seen, bought } = limitPlaces(provider, time, 10);
    const people = await orderFromMany(time, 100);
    const took = await time.run({ context: () => context, concurrency: 10, isOver });
    for (const id of people) expect(await readBalance(id)).toEqual({ available: 0, held: 0 });
    expect(bought.size).toBe(100);
    expect(seen.refused).toBe(0);
    expect(seen.most).toBeLessThanOrEqual(8);
    // 100 pictures through 8 places of 10 seconds are 125 seconds.
    expect(took).toBeLessThan(240_000);
    expect(time.seen.messagesMax).toBeLessThanOrEqual(110);
    expect(time.seen.deliveries).toBeLessThan(1_500);
  });

  it("are all made when the provider has only two places, and no message chain grows", async () => {
    const time = createVirtualTime();
    const { context, provider } = createWorkshop({ sleep: time.sleep, queue: time.queue, maxInFlight: 8 });
    const { bought } = limitPlaces(provider, time, 2);
    await orderFromMany(time, 20);
    const took = await time.run({ context: () => context, concurrency: 10, isOver });
    expect(bought.size).toBe(20);
    expect(took).toBeLessThan(200_000);
    expect(time.seen.messagesMax).toBeLessThanOrEqual(25);
  });
});
