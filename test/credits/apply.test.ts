import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { type ApplyRequest, applyCredits } from "../../src/credits/apply.ts";
import { newId } from "../../src/ids.ts";
import { createAccount } from "../support/accounts.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { interceptDatabase } from "../support/fault-line.ts";
import { order } from "../support/jobs.ts";
import { giveCredits, readBalance } from "../support/people.ts";

afterEach(expectBooksToBalance);

function apply(userId: string, amount: number, changes: Partial<ApplyRequest> = {}, db = env.DB) {
  return applyCredits(db, {
    userId,
    amount,
    opKey: `test:${newId()}`,
    reason: "a good reason",
    requestHash: "hash",
    actor: { id: "actor", mayActOn: ["USER"] },
    audit: { requestId: "request", place: "192.0.2.1" },
    ...changes,
  });
}

async function listAudits(userId: string) {
  const { results } = await env.DB.prepare("SELECT * FROM audit_log WHERE subject_id = ?1")
    .bind(userId)
    .all();
  return results;
}

describe("adding credits", () => {
  it("adds to what is there and writes down who, why and from where", async () => {
    const person = await createAccount({ credits: 3 });
    const outcome = await apply(person.id, 4);
    expect(outcome).toMatchObject({ kind: "applied", added: 4, credits: { available: 7, held: 0 } });
    expect("user" in outcome && outcome.user).toMatchObject({
      id: person.id,
      email: person.email,
      available: 7,
    });
    const [, audit] = await listAudits(person.id);
    expect(audit).toMatchObject({
      actor_id: "actor",
      action: "credits.apply",
      request_id: "request",
      place: "192.0.2.1",
    });
    expect(JSON.parse(String(audit?.["details"]))).toEqual({ amount: 4, reason: "a good reason" });
  });

  it("takes away with a negative amount, down to nothing", async () => {
    const { id } = await createAccount({ credits: 3 });
    expect(await apply(id, -3)).toMatchObject({
      kind: "applied",
      added: -3,
      credits: { available: 0, held: 0 },
    });
  });

  it("refuses to take away what isn't there, and what is held", async () => {
    const { id } = await createAccount({ credits: 3 });
    await order(id, 2);
    expect(await apply(id, -2)).toEqual({ kind: "below_zero", credits: { available: 1, held: 2 } });
    expect(await readBalance(id)).toEqual({ available: 1, held: 2 });
    expect(await listAudits(id)).toHaveLength(1);
  });

  it("answers a repeat as the first time, although the balance has changed since", async () => {
    const { id } = await createAccount({ credits: 3 });
    const opKey = `test:${newId()}`;
    await apply(id, 10, { opKey });
    await giveCredits(id, 100);
    await order(id, 5);
    expect(await apply(id, 10, { opKey })).toMatchObject({
      kind: "replayed",
      added: 10,
      credits: { available: 13, held: 0 },
    });
    expect(await readBalance(id)).toEqual({ available: 108, held: 5 });
    expect(await listAudits(id)).toHaveLength(3);
  });

  it("adds once when the first answer was lost", async () => {
    const { id } = await createAccount({ credits: 3 });
    const opKey = `test:${newId()}`;
    const lost = interceptDatabase(env.DB, async (_, call) => {
      await call();
      throw new Error("Network connection lost.");
    });
    await expect(apply(id, 10, { opKey }, lost)).rejects.toThrow("lost");
    expect(await apply(id, 10, { opKey })).toMatchObject({ kind: "replayed", added: 10 });
    expect(await readBalance(id)).toEqual({ available: 13, held: 0 });
  });

  it("refuses a key that was used for another amount or another person", async () => {
    const { id } = await createAccount();
    const { id: otherId } = await createAccount();
    const opKey = `test:${newId()}`;
    await apply(id, 10, { opKey });
    expect(await apply(id, 11, { opKey, requestHash: "other" })).toEqual({ kind: "key_reused" });
    expect(await apply(otherId, 10, { opKey })).toEqual({ kind: "key_reused" });
    expect(await readBalance(id)).toEqual({ available: 10, held: 0 });
    expect(await readBalance(otherId)).toEqual({ available: 0, held: 0 });
  });

  it("refuses to act on somebody who outranks the actor", async () => {
    const { id } = await createAccount({ role: "HERO", credits: 1 });
    expect(await apply(id, 5)).toEqual({ kind: "outranked" });
    expect(await readBalance(id)).toEqual({ available: 1, held: 0 });
    expect(await listAudits(id)).toHaveLength(1);
  });

  it("says when there is no such person", async () => {
    expect(await apply(newId(), 5)).toEqual({ kind: "no_account" });
  });

  it.each([
    ["no amount", 0, {}],
    ["half a credit", 0.5, {}],
    ["no reason", 5, { reason: "" }],
    ["a reason of spaces", 5, { reason: "     " }],
    ["a job's key", 5, { opKey: `settle:${newId()}` }],
  ])("throws and writes nothing for %s", async (_, amount, changes) => {
    const { id } = await createAccount({ credits: 2 });
    await expect(apply(id, amount, changes)).rejects.toThrow(/ENTRY_MALFORMED|CHECK|DATATYPE/);
    expect(await readBalance(id)).toEqual({ available: 2, held: 0 });
    expect(await listAudits(id)).toHaveLength(1);
  });
});
