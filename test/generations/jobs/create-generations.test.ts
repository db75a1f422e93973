import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { createGenerations } from "../../../src/generations/create-generations.ts";
import { newId } from "../../../src/ids.ts";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { GENEROUS } from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { recordingQueue } from "../../support/queue.ts";
import { getBrief } from "../briefs.ts";

afterEach(expectBooksToBalance);

const BRIEF = getBrief({
  eventType: "birthday-party",
  answers: { age: 7 },
  shapes: ["1:1", "5:7"],
  count: 2,
});

function buildOrder(userId: string) {
  return { userId, idempotencyKey: newId(), brief: BRIEF, model: "ideogram-4-5", limits: GENEROUS };
}

describe("accepting a brief", () => {
  it("holds the credits for every picture and tells the queue about each", async () => {
    const { id } = await createAccount({ credits: 10 });
    const { queue, sent } = recordingQueue();
    const outcome = await createGenerations(env.DB, queue, buildOrder(id));
    if (outcome.kind !== "created") throw new Error(outcome.kind);
    expect(outcome.generations.map(({ shape }) => shape)).toEqual(["1:1", "1:1", "5:7", "5:7"]);
    expect(sent.map((message) => message.id)).toEqual(outcome.generations.map((generation) => generation.id));
    const cost = outcome.generations.reduce((sum, generation) => sum + generation.cost, 0);
    expect(await readBalance(id)).toEqual({ available: 10 - cost, held: cost });
  });

  it("is accepted although the queue is away: the sweeper will send it", async () => {
    const { id } = await createAccount({ credits: 10 });
    const outcome = await createGenerations(env.DB, recordingQueue({ fails: true }).queue, buildOrder(id));
    expect(outcome.kind).toBe("created");
  });

  it("gives the same pictures to a repeat and tells the queue nothing new", async () => {
    const { id } = await createAccount({ credits: 10 });
    const { queue, sent } = recordingQueue();
    const request = buildOrder(id);
    const first = await createGenerations(env.DB, queue, request);
    const again = await createGenerations(env.DB, queue, request);
    if (first.kind !== "created" || again.kind !== "replayed")
      throw new Error(`${first.kind}, ${again.kind}`);
    expect(again.generations).toEqual(first.generations);
    expect(sent).toHaveLength(first.generations.length);
  });

  it("holds nothing for a brief that is refused, and tells the queue nothing", async () => {
    const { id } = await createAccount({ credits: 1 });
    const { queue, sent } = recordingQueue();
    const outcome = await createGenerations(env.DB, queue, buildOrder(id));
    expect(outcome.kind).toBe("insufficient_credits");
    expect(sent).toEqual([]);
    expect(await readBalance(id)).toEqual({ available: 1, held: 0 });
  });
});
