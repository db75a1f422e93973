/** Requests of one person, or about one person, that arrive at the same time. Over HTTP, through every middleware. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { claimJob } from "../../src/db/generation-jobs.ts";
import { newId } from "../../src/ids.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { call } from "../support/http.ts";
import { createPerson, readBalance, type TestPerson } from "../support/people.ts";
import { createPicture } from "../support/pictures.ts";
import { fromNewPlace } from "../support/places.ts";
import { keepLogQuiet } from "../support/quiet.ts";

afterEach(expectBooksToBalance);
keepLogQuiet();
const BRIEF = { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] };
const UNLIMITED = { MAX_OPEN_GENERATIONS: "10000", MAX_GENERATIONS_PER_HOUR: "10000" };
const LEASE_MS = 60_000;

function order(as: TestPerson, key = newId(), brief: object = BRIEF): Promise<Response> {
  return call("POST", "/api/generations", {
    as,
    json: brief,
    headers: { "Idempotency-Key": key },
    env: UNLIMITED,
  });
}

async function orderOne(as: TestPerson): Promise<string> {
  const { generations } = (await (await order(as)).json()) as { generations: { id: string }[] };
  return generations[0]?.id ?? "";
}

function addCredits(as: TestPerson, userId: string, amount: number): Promise<Response> {
  return call("PATCH", `/api/admin/users/${userId}`, {
    as,
    json: { addCredits: amount, reason: "a race" },
    headers: { "Idempotency-Key": newId() },
  });
}

function cancel(as: TestPerson, id: string): Promise<Response> {
  return call("POST", `/api/generations/${id}/cancel`, { as });
}

function atOnce(count: number, ask: (index: number) => Promise<Response>): Promise<Response[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
}

/** How many answers with each status. */
function tally(responses: Response[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe("orders at once", () => {
  it("are 100 when 500 come on a balance of 100, and the others hear what is missing", async () => {
    const person = await createPerson({ credits: 100 });
    expect(tally(await atOnce(500, () => order(person)))).toEqual({ 202: 100, 402: 400 });
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 100 });
  });

  it("are one when 200 come with one key", async () => {
    const person = await createPerson({ credits: 100 });
    const key = newId();
    expect(tally(await atOnce(200, () => order(person, key)))).toEqual({ 202: 1, 200: 199 });
    expect(await readBalance(person.id)).toEqual({ available: 99, held: 1 });
  });

  it("are one when two briefs come with one key, and the other brief is refused each time", async () => {
    const person = await createPerson({ credits: 100 });
    const key = newId();
    const other = { ...BRIEF, answers: { age: 8 } };
    const statuses = tally(await atOnce(40, (index) => order(person, key, index % 2 === 0 ? BRIEF : other)));
    expect(statuses).toEqual({ 202: 1, 200: 19, 409: 20 });
    expect(await readBalance(person.id)).toEqual({ available: 99, held: 1 });
  });

  it("leave a balance that an administrator takes from at the same time at nothing, and not below", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ credits: 30 });
    const responses = await atOnce(40, (index) =>
      index % 2 === 0 ? order(person) : addCredits(admin, person.id, -3),
    );
    const { 200: taken = 0, 202: ordered = 0 } = tally(responses);
    const balance = await readBalance(person.id);
    expect(balance).toEqual({ available: 30 - 3 * taken - ordered, held: ordered });
    expect(balance.available).toBeGreaterThanOrEqual(0);
    expect(tally(responses)[500]).toBeUndefined();
  });
});

describe("canceling at once", () => {
  it("gives back once, and everybody else hears that it is over", async () => {
    const person = await createPerson({ credits: 1 });
    const id = await orderOne(person);
    expect(tally(await atOnce(10, () => cancel(person, id)))).toEqual({ 200: 1, 409: 9 });
    expect(await readBalance(person.id)).toEqual({ available: 1, held: 0 });
  });

  it("either stops the job or is refused, whichever of claim and cancel comes first", async () => {
    const person = await createPerson({ credits: 20 });
    for (let i = 0; i < 20; i++) {
      const id = await orderOne(person);
      const [response, claimed] = await Promise.all([
        cancel(person, id),
        claimJob(env.DB, id, newId(), LEASE_MS),
      ]);
      expect(response.status).toBe(claimed === null ? 200 : 409);
    }
  });
});

describe("an account that is erased", () => {
  it("takes no order with it that came at the same time, and none into nowhere", async () => {
    for (let i = 0; i < 10; i++) {
      const person = await createPerson({ credits: 5 });
      await orderOne(person);
      const [erased, ...orders] = await Promise.all([
        call("DELETE", "/api/me", { as: person, headers: fromNewPlace() }),
        order(person),
        order(person),
      ]);
      expect(erased.status).toBe(204);
      for (const { status } of orders) expect([202, 401, 402]).toContain(status);
      const left = await env.DB.prepare("SELECT count(*) AS n FROM generations WHERE user_id = ?1")
        .bind(person.id)
        .first("n");
      expect(left).toBe(0);
      expect(await readBalance(person.id)).toEqual({ available: 0, held: 0 });
    }
  });

  it("is refused while a picture is in the making, and nothing of it is lost", async () => {
    const person = await createPerson({ credits: 2 });
    const { imageId } = await createPicture(person);
    const id = await orderOne(person);
    expect(await claimJob(env.DB, id, newId(), LEASE_MS)).not.toBeNull();
    const erased = await call("DELETE", "/api/me", { as: person, headers: fromNewPlace() });
    expect(erased.status).toBe(409);
    expect((await call("GET", `/images/${imageId}/original`, { as: person })).status).toBe(200);
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 1 });
  });
});

describe("a picture that is deleted", () => {
  it("while its thumbnail is made leaves no object behind", async () => {
    for (let i = 0; i < 5; i++) {
      const person = await createPerson({ credits: 1 });
      const { imageId } = await createPicture(person);
      const [deleted, ...looks] = await Promise.all([
        call("DELETE", `/api/images/${imageId}`, { as: person }),
        call("GET", `/images/${imageId}/thumb`, { as: person }),
        call("GET", `/images/${imageId}/original`, { as: person }),
      ]);
      expect(deleted.status).toBe(204);
      for (const { status } of looks) expect([200, 404]).toContain(status);
      for (const prefix of [`u/${person.id}/`, `t/${imageId}`]) {
        expect((await env.BUCKET.list({ prefix })).objects).toEqual([]);
      }
    }
  });
});
