/** Everything at once: the guards are in the statements, so no order of arrival can spend or add twice. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { type ApplyOutcome, applyCredits } from "../../src/credits/apply.ts";
import { type ReserveOutcome, reserveBrief } from "../../src/credits/reserve.ts";
import { newId } from "../../src/ids.ts";
import { createAccount } from "../support/accounts.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { buildRequest, reserve } from "../support/jobs.ts";
import { readBalance } from "../support/people.ts";

afterEach(expectBooksToBalance);
/** How many outcomes of each kind. */
function tally(outcomes: (ReserveOutcome | ApplyOutcome)[]): Partial<Record<string, number>> {
  const counts: Partial<Record<string, number>> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function atOnce<Outcome>(count: number, run: (index: number) => Promise<Outcome>): Promise<Outcome[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

function grant(userId: string, amount: number, opKey: string) {
  return applyCredits(env.DB, {
    userId,
    amount,
    opKey,
    reason: "credits for a test",
    requestHash: "hash",
    actor: { id: "actor", mayActOn: ["USER"] },
    audit: { requestId: "request", place: null },
  });
}

describe("spending at once", () => {
  it("accepts exactly 100 of 500 on a balance of 100", async () => {
    const { id: userId } = await createAccount({ credits: 100 });
    const outcomes = await atOnce(500, () => reserve(userId));
    expect(tally(outcomes)).toEqual({ created: 100, insufficient_credits: 400 });
    expect(await readBalance(userId)).toEqual({ available: 0, held: 100 });
  });

  it("makes one brief of 200 requests with one key", async () => {
    const { id: userId } = await createAccount({ credits: 100 });
    const idempotencyKey = newId();
    const outcomes = await atOnce(200, () => reserve(userId, { idempotencyKey }));
    expect(tally(outcomes)).toEqual({ created: 1, replayed: 199 });
    expect(new Set(outcomes.map((outcome) => "briefId" in outcome && outcome.briefId)).size).toBe(1);
    expect(await readBalance(userId)).toEqual({ available: 99, held: 1 });
  });

  it("makes 20 briefs of 200 requests over 20 keys", async () => {
    const { id: userId } = await createAccount({ credits: 100 });
    const outcomes = await atOnce(200, (index) => reserve(userId, { idempotencyKey: `key ${index % 20}` }));
    expect(tally(outcomes)).toEqual({ created: 20, replayed: 180 });
    expect(await readBalance(userId)).toEqual({ available: 80, held: 20 });
  });

  it("takes a brief whole or not at all: 8 pictures with 7 credits left are none", async () => {
    const { id: userId } = await createAccount({ credits: 23 });
    const outcomes = await atOnce(30, () => reserve(userId, { count: 8 }));
    expect(tally(outcomes)).toEqual({ created: 2, insufficient_credits: 28 });
    expect(await readBalance(userId)).toEqual({ available: 7, held: 16 });
  });

  it("never opens more than the limit", async () => {
    const { id: userId } = await createAccount({ credits: 100 });
    const limits = { maxOpen: 10, maxPerHour: 1_000 };
    const outcomes = await atOnce(100, () =>
      reserveBrief(env.DB, buildRequest(userId, { count: 3 }), limits),
    );
    expect(tally(outcomes)).toEqual({ created: 3, too_many_open: 97 });
  });

  it("never accepts more in an hour than the limit", async () => {
    const { id: userId } = await createAccount({ credits: 100 });
    const limits = { maxOpen: 1_000, maxPerHour: 10 };
    const outcomes = await atOnce(100, () =>
      reserveBrief(env.DB, buildRequest(userId, { count: 3 }), limits),
    );
    expect(tally(outcomes)).toEqual({ created: 3, too_many_this_hour: 97 });
  });
});

describe("adding at once", () => {
  it("adds once for 200 requests with one key", async () => {
    const { id: userId } = await createAccount();
    const opKey = `test:${newId()}`;
    const outcomes = await atOnce(200, () => grant(userId, 5, opKey));
    expect(tally(outcomes)).toEqual({ applied: 1, replayed: 199 });
    expect(outcomes.every((outcome) => "credits" in outcome && outcome.credits.available === 5)).toBe(true);
    expect(await readBalance(userId)).toEqual({ available: 5, held: 0 });
    const audits = await env.DB.prepare("SELECT count(*) AS n FROM audit_log WHERE subject_id = ?1")
      .bind(userId)
      .first("n");
    expect(audits).toBe(1);
  });

  it("takes away no more than there is", async () => {
    const { id: userId } = await createAccount({ credits: 10 });
    const outcomes = await atOnce(50, () => grant(userId, -3, `test:${newId()}`));
    expect(tally(outcomes)).toEqual({ applied: 3, below_zero: 47 });
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
  });

  it("conserves credits through 200 grants, 200 repeats of one grant and 300 briefs of two", async () => {
    const { id: userId } = await createAccount({ credits: 10 });
    const repeated = `test:${newId()}`;
    const outcomes = await atOnce(700, (index): Promise<ReserveOutcome | ApplyOutcome> => {
      if (index % 7 < 2) return grant(userId, 1, `test:${newId()}`);
      if (index % 7 < 4) return grant(userId, 1_000, repeated);
      return reserve(userId, { count: 2 });
    });
    const counts = tally(outcomes);
    expect(counts).toMatchObject({ applied: 201, replayed: 199 });
    const created = counts["created"] ?? 0;
    expect(created + (counts["insufficient_credits"] ?? 0)).toBe(300);
    expect(await readBalance(userId)).toEqual({ available: 1_210 - 2 * created, held: 2 * created });
  });
});
