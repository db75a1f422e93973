import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { type ReserveLimits, reserveBrief } from "../../src/credits/reserve.ts";
import { cancelJob } from "../../src/db/generation-jobs.ts";
import { newId } from "../../src/ids.ts";
import { createAccount } from "../support/accounts.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { interceptDatabase } from "../support/fault-line.ts";
import { buildRequest, GENEROUS, letTimePass, order, reserve } from "../support/jobs.ts";
import { giveCredits, readBalance } from "../support/people.ts";

afterEach(expectBooksToBalance);

const HOUR_MS = 3_600_000;

async function countRows(userId: string) {
  const row = await env.DB.prepare(
    `SELECT (SELECT count(*) FROM briefs WHERE user_id = ?1) AS briefs,
       (SELECT count(*) FROM generations WHERE user_id = ?1) AS generations,
       (SELECT count(*) FROM credit_entries WHERE user_id = ?1 AND kind = 'hold') AS holds`,
  )
    .bind(userId)
    .first();
  return row;
}

describe("a reservation", () => {
  it("holds the cost of all pictures and gives the jobs back in their order", async () => {
    const { id: userId } = await createAccount({ credits: 5 });
    const request = buildRequest(userId, { count: 3 });
    const outcome = await reserveBrief(env.DB, request, GENEROUS);
    expect(outcome).toMatchObject({
      kind: "created",
      briefId: request.briefId,
      credits: { available: 2, held: 3 },
    });
    if (outcome.kind !== "created") return;
    expect(outcome.generations.map(({ id }) => id)).toEqual(request.pictures.map(({ id }) => id));
    expect(outcome.generations.map(({ position, status }) => [position, status])).toEqual([
      [0, "queued"],
      [1, "queued"],
      [2, "queued"],
    ]);
    expect(await readBalance(userId)).toEqual({ available: 2, held: 3 });
  });

  it("is one round trip", async () => {
    const { id: userId } = await createAccount({ credits: 5 });
    let batches = 0;
    const counted = new Proxy(env.DB, {
      get(target, name) {
        if (name === "prepare") return target.prepare.bind(target);
        if (name !== "batch") throw new Error(`reserve used ${String(name)}`);
        batches++;
        return target.batch.bind(target);
      },
    });
    expect((await reserveBrief(counted, buildRequest(userId), GENEROUS)).kind).toBe("created");
    expect(batches).toBe(1);
  });

  it("writes nothing when the credits don't suffice", async () => {
    const { id: userId } = await createAccount({ credits: 7 });
    expect(await reserve(userId, { count: 8 })).toEqual({
      kind: "insufficient_credits",
      cost: 8,
      credits: { available: 7, held: 0 },
    });
    expect(await countRows(userId)).toEqual({ briefs: 0, generations: 0, holds: 0 });
    expect(await readBalance(userId)).toEqual({ available: 7, held: 0 });
  });

  it("throws and writes nothing for a person who isn't there", async () => {
    const userId = newId();
    await expect(reserve(userId)).rejects.toThrow("no credit account");
    expect(await countRows(userId)).toEqual({ briefs: 0, generations: 0, holds: 0 });
  });

  it.each([0, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "throws and writes nothing for a cost of %d",
    async (cost) => {
      const { id: userId } = await createAccount({ credits: 10 });
      const { pictures } = buildRequest(userId, { count: 2 });
      const bent = pictures.map((picture, index) => (index === 1 ? { ...picture, cost } : picture));
      await expect(reserve(userId, { pictures: bent })).rejects.toThrow();
      expect(await countRows(userId)).toEqual({ briefs: 0, generations: 0, holds: 0 });
      expect(await readBalance(userId)).toEqual({ available: 10, held: 0 });
    },
  );

  it.each([0, 9])("throws and writes nothing for %d pictures", async (count) => {
    const { id: userId } = await createAccount({ credits: 20 });
    await expect(reserve(userId, { count })).rejects.toThrow();
    expect(await readBalance(userId)).toEqual({ available: 20, held: 0 });
  });
});

describe("the same Idempotency-Key", () => {
  it("with the same request gives the same generations, also when nothing is left to spend", async () => {
    const { id: userId } = await createAccount({ credits: 2 });
    const idempotencyKey = newId();
    const first = await reserve(userId, { idempotencyKey, count: 2 });
    const again = await reserve(userId, { idempotencyKey, count: 2 });
    if (first.kind !== "created" || again.kind !== "replayed")
      throw new Error(`${first.kind}, ${again.kind}`);
    expect(again.generations).toEqual(first.generations);
    expect(again.credits).toEqual({ available: 0, held: 2 });
    expect(await countRows(userId)).toEqual({ briefs: 1, generations: 2, holds: 2 });
  });

  it("with the same request spends nothing after the balance has changed", async () => {
    const { id: userId } = await createAccount({ credits: 1 });
    const idempotencyKey = newId();
    const first = await reserve(userId, { idempotencyKey });
    await giveCredits(userId, 50);
    const again = await reserve(userId, { idempotencyKey });
    if (first.kind !== "created" || again.kind !== "replayed")
      throw new Error(`${first.kind}, ${again.kind}`);
    expect(again.briefId).toBe(first.briefId);
    expect(await readBalance(userId)).toEqual({ available: 50, held: 1 });
  });

  it("with another request is refused and spends nothing", async () => {
    const { id: userId } = await createAccount({ credits: 5 });
    const idempotencyKey = newId();
    await reserve(userId, { idempotencyKey });
    expect(await reserve(userId, { idempotencyKey, requestHash: "other", count: 2 })).toEqual({
      kind: "key_reused",
    });
    expect(await readBalance(userId)).toEqual({ available: 4, held: 1 });
  });

  it("finds what was accepted when the first answer was lost", async () => {
    const { id: userId } = await createAccount({ credits: 3 });
    const lost = interceptDatabase(env.DB, async (_, call) => {
      await call();
      throw new Error("Network connection lost.");
    });
    const request = buildRequest(userId, { count: 2 });
    await expect(reserveBrief(lost, request, GENEROUS)).rejects.toThrow("lost");
    const { idempotencyKey } = request;
    expect((await reserve(userId, { idempotencyKey, count: 2 })).kind).toBe("replayed");
    expect(await readBalance(userId)).toEqual({ available: 1, held: 2 });
  });

  it("of somebody else is another key", async () => {
    const idempotencyKey = newId();
    for (const { id: userId } of [await createAccount({ credits: 1 }), await createAccount({ credits: 1 })]) {
      expect((await reserve(userId, { idempotencyKey })).kind).toBe("created");
    }
  });
});

describe("the limits", () => {
  const limits: ReserveLimits = { maxOpen: 3, maxPerHour: 5 };

  it("refuse a brief that would leave too many open, and take it once some have ended", async () => {
    const { id: userId } = await createAccount({ credits: 20 });
    const [first = ""] = await order(userId, 2);
    const request = buildRequest(userId, { count: 2 });
    expect(await reserveBrief(env.DB, request, limits)).toEqual({ kind: "too_many_open", open: 2, max: 3 });
    expect(await readBalance(userId)).toEqual({ available: 18, held: 2 });
    await cancelJob(env.DB, userId, first);
    expect((await reserveBrief(env.DB, request, limits)).kind).toBe("created");
  });

  it("refuse more than so many an hour, ended ones included, and say when to come again", async () => {
    const { id: userId } = await createAccount({ credits: 20 });
    for (const id of await order(userId, 5)) {
      await letTimePass(HOUR_MS / 2, id);
      await cancelJob(env.DB, userId, id);
    }
    const request = buildRequest(userId);
    const refused = await reserveBrief(env.DB, request, limits);
    if (refused.kind !== "too_many_this_hour") throw new Error(refused.kind);
    expect(refused.max).toBe(5);
    expect(refused.retryAfterSeconds).toBeGreaterThan(1_790);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(1_800);
    expect(await readBalance(userId)).toEqual({ available: 20, held: 0 });
    await env.DB.prepare("UPDATE generations SET created_at = created_at - ?1 WHERE user_id = ?2")
      .bind(HOUR_MS / 2, userId)
      .run();
    expect((await reserveBrief(env.DB, request, limits)).kind).toBe("created");
  });

  it("let nothing in while nothing is taken, but answer a repeat", async () => {
    const { id: userId } = await createAccount({ credits: 20 });
    const closed = { ...GENEROUS, isClosed: true };
    const idempotencyKey = newId();
    await reserve(userId, { idempotencyKey });
    const again = await reserveBrief(env.DB, buildRequest(userId, { idempotencyKey }), closed);
    expect(again.kind).toBe("replayed");
    expect(await reserveBrief(env.DB, buildRequest(userId), closed)).toEqual({ kind: "closed" });
    expect(await readBalance(userId)).toEqual({ available: 19, held: 1 });
  });

  it("give the first answer to a repeat, although it would be refused now", async () => {
    const { id: userId } = await createAccount({ credits: 20 });
    const idempotencyKey = newId();
    await reserve(userId, { idempotencyKey, count: 5 });
    const again = await reserveBrief(env.DB, buildRequest(userId, { idempotencyKey, count: 5 }), limits);
    expect(again.kind).toBe("replayed");
  });
});
