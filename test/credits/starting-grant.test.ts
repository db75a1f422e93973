import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { grantStartingCredits } from "../../src/credits/starting-grant.ts";
import { newId } from "../../src/ids.ts";

import { createPerson, readBalance } from "../support/people.ts";

async function listEntries(userId: string) {
  const { results } = await env.DB.prepare(
    "SELECT kind, available, held, op_key, actor_id, reason FROM credit_entries WHERE user_id = ?1",
  )
    .bind(userId)
    .all();
  return results;
}

describe("grantStartingCredits", () => {
  it("gives the credits through the ledger when they were never given", async () => {
    const { id } = await createPerson();
    expect(await grantStartingCredits(env.DB, id, 10)).toBe(true);
    expect(await readBalance(id)).toEqual({ available: 10, held: 0 });
    expect(await listEntries(id)).toEqual([
      {
        kind: "grant",
        available: 10,
        held: 0,
        op_key: `start:${id}`,
        actor_id: "system",
        reason: "Starting credits",
      },
    ]);
  });

  it("gives nothing the second time, also when the amount has changed since", async () => {
    const { id } = await createPerson();
    await grantStartingCredits(env.DB, id, 10);
    expect(await grantStartingCredits(env.DB, id, 10)).toBe(false);
    expect(await grantStartingCredits(env.DB, id, 500)).toBe(false);
    expect(await readBalance(id)).toEqual({ available: 10, held: 0 });
  });

  it("gives the credits once when twenty calls race", async () => {
    const { id } = await createPerson();
    const given = await Promise.all(Array.from({ length: 20 }, () => grantStartingCredits(env.DB, id, 7)));
    expect(given.filter(Boolean)).toHaveLength(1);
    expect(await readBalance(id)).toEqual({ available: 7, held: 0 });
  });

  it("writes nothing when the amount is 0, and can still give later", async () => {
    const { id } = await createPerson();
    expect(await grantStartingCredits(env.DB, id, 0)).toBe(false);
    expect(await listEntries(id)).toEqual([]);
    expect(await grantStartingCredits(env.DB, id, 3)).toBe(true);
  });

  it("adds to credits that are there for another reason", async () => {
    const { id } = await createPerson({ credits: 4 });
    await grantStartingCredits(env.DB, id, 10);
    expect(await readBalance(id)).toEqual({ available: 14, held: 0 });
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("throws when the amount is %s", async (amount) => {
    const { id } = await createPerson();
    await expect(grantStartingCredits(env.DB, id, amount)).rejects.toThrow("whole number");
    expect(await listEntries(id)).toEqual([]);
  });

  it("throws when there is no such person, and writes nothing", async () => {
    const id = newId();
    await expect(grantStartingCredits(env.DB, id, 10)).rejects.toThrow("ENTRY_NOT_APPLIED");
    expect(await listEntries(id)).toEqual([]);
  });
});
