import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { buildGrantMemory, buildStartingGrant } from "../../src/credits/starting-grant.ts";
import { newId } from "../../src/ids.ts";
import { createPerson, readBalance, type TestPerson } from "../support/people.ts";

/** 64 characters, as an HMAC-SHA-256 has them. */
function newFingerprint(): string {
  return crypto.randomUUID().replaceAll("-", "").repeat(2);
}

async function listEntries(userId: string) {
  const { results } = await env.DB.prepare(
    "SELECT kind, available, held, op_key, actor_id, reason FROM credit_entries WHERE user_id = ?1",
  )
    .bind(userId)
    .all();
  return results;
}

async function readProvenAt({ id }: TestPerson): Promise<number> {
  const at = await env.DB.prepare("SELECT email_verified_at FROM users WHERE id = ?1")
    .bind(id)
    .first<number>("email_verified_at");
  return at ?? 0;
}

async function grant(person: TestPerson, amount: number, fingerprints: readonly string[] = []) {
  const proven = { email: person.email, provenAt: await readProvenAt(person) };
  const statements = buildStartingGrant(env.DB, proven, amount, fingerprints);
  return statements.length === 0 ? [] : env.DB.batch(statements);
}

describe("the starting grant", () => {
  it("goes through the ledger", async () => {
    const person = await createPerson();
    await grant(person, 10, [newFingerprint()]);
    expect(await readBalance(person.id)).toEqual({ available: 10, held: 0 });
    expect(await listEntries(person.id)).toEqual([
      {
        kind: "grant",
        available: 10,
        held: 0,
        op_key: `start:${person.id}`,
        actor_id: "system",
        reason: "Starting credits",
      },
    ]);
  });

  it("is given to a person once, whatever the amount and the address are by then", async () => {
    const person = await createPerson();
    await grant(person, 10, [newFingerprint()]);
    await grant(person, 10, [newFingerprint()]);
    await grant(person, 500);
    expect(await readBalance(person.id)).toEqual({ available: 10, held: 0 });
  });

  it("is given to a person once when twenty batches race", async () => {
    const person = await createPerson();
    const fingerprint = newFingerprint();
    await Promise.all(Array.from({ length: 20 }, () => grant(person, 7, [fingerprint])));
    expect(await readBalance(person.id)).toEqual({ available: 7, held: 0 });
  });

  it("is given to an address once, whoever has it by then", async () => {
    const [first, second] = [await createPerson(), await createPerson()];
    const fingerprint = newFingerprint();
    await grant(first, 10, [fingerprint]);
    await grant(second, 10, [fingerprint]);
    expect(await readBalance(second.id)).toEqual({ available: 0, held: 0 });
  });

  it("recognises an address by every key that is known, and by no other", async () => {
    const [before, after, lost] = [await createPerson(), await createPerson(), await createPerson()];
    const [older, newer] = [newFingerprint(), newFingerprint()];
    await grant(before, 10, [older]);
    await grant(after, 10, [newer, older]);
    expect(await readBalance(after.id)).toEqual({ available: 0, held: 0 });
    await grant(lost, 10, [newer]);
    expect(await readBalance(lost.id)).toEqual({ available: 10, held: 0 });
  });

  it("is nothing when the amount is 0, and can still be given later", async () => {
    const person = await createPerson();
    const fingerprint = newFingerprint();
    expect(await grant(person, 0, [fingerprint])).toEqual([]);
    await grant(person, 3, [fingerprint]);
    expect(await readBalance(person.id)).toEqual({ available: 3, held: 0 });
  });

  it("is nothing for somebody whose address was proven at another time", async () => {
    const { id, email } = await createPerson();
    await env.DB.batch(buildStartingGrant(env.DB, { email, provenAt: 1 }, 10, [newFingerprint()]));
    expect(await listEntries(id)).toEqual([]);
  });

  it("remembers no address of somebody who got nothing", async () => {
    const [first, second] = [await createPerson(), await createPerson()];
    const fingerprint = newFingerprint();
    await grant(first, 10);
    await grant(first, 10, [fingerprint]);
    await grant(second, 10, [fingerprint]);
    expect(await readBalance(second.id)).toEqual({ available: 10, held: 0 });
  });

  it("adds to credits that are there for another reason", async () => {
    const person = await createPerson({ credits: 4 });
    await grant(person, 10, [newFingerprint()]);
    expect(await readBalance(person.id)).toEqual({ available: 14, held: 0 });
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("can't be %s", async (amount) => {
    const person = await createPerson();
    await expect(grant(person, amount)).rejects.toThrow("whole number");
    expect(await listEntries(person.id)).toEqual([]);
  });
});

describe("what is remembered of a person's addresses", () => {
  it("covers all of them when the person has had the grant", async () => {
    const [person, other] = [await createPerson(), await createPerson()];
    const [own, linked] = [newFingerprint(), newFingerprint()];
    await grant(person, 10);
    await buildGrantMemory(env.DB, person.id, [[own], [linked]]).run();
    await grant(other, 10, [linked]);
    expect(await readBalance(other.id)).toEqual({ available: 0, held: 0 });
  });

  it("covers all of them when one of them has had it", async () => {
    const [person, other] = [await createPerson(), await createPerson()];
    const [used, older, fresh] = [newFingerprint(), newFingerprint(), newFingerprint()];
    await grant(await createPerson(), 10, [older]);
    await buildGrantMemory(env.DB, person.id, [[used, older], [fresh]]).run();
    await grant(other, 10, [fresh]);
    expect(await readBalance(other.id)).toEqual({ available: 0, held: 0 });
  });

  it("is nothing when neither the person nor an address has had it", async () => {
    const [person, other] = [await createPerson(), await createPerson()];
    const fingerprint = newFingerprint();
    await buildGrantMemory(env.DB, person.id, [[fingerprint]]).run();
    await grant(other, 10, [fingerprint]);
    expect(await readBalance(other.id)).toEqual({ available: 10, held: 0 });
  });

  it("may be told again, and can't be taken back", async () => {
    const person = await createPerson();
    const fingerprint = newFingerprint();
    await grant(person, 10);
    await buildGrantMemory(env.DB, person.id, [[fingerprint]]).run();
    await buildGrantMemory(env.DB, person.id, [[fingerprint]]).run();
    for (const sql of [
      "DELETE FROM granted_addresses WHERE fingerprint = ?1",
      `UPDATE granted_addresses SET fingerprint = '${newFingerprint()}' WHERE fingerprint = ?1`,
    ]) {
      await expect(env.DB.prepare(sql).bind(fingerprint).run()).rejects.toThrow("GRANTS_APPEND_ONLY");
    }
  });

  it("takes back the whole batch that would give a second grant to an address", async () => {
    const [first, second] = [await createPerson(), await createPerson()];
    const fingerprint = newFingerprint();
    await grant(first, 10, [fingerprint]);
    const entry = env.DB.prepare(
      `INSERT INTO credit_entries (user_id, kind, available, held, op_key, actor_id, reason, created_at)
       VALUES (?1, 'grant', 10, 0, 'start:' || ?1, 'system', 'Starting credits', 1)`,
    ).bind(second.id);
    const [, remember] = buildStartingGrant(env.DB, { email: newId(), provenAt: 1 }, 10, [fingerprint]);
    if (remember === undefined) throw new Error("the address isn't remembered");
    await expect(env.DB.batch([entry, remember])).rejects.toThrow("UNIQUE constraint failed");
    expect(await listEntries(second.id)).toEqual([]);
  });
});
