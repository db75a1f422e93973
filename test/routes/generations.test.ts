import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { createPerson, giveCredits, readBalance, type TestPerson } from "../support/people.ts";
import { recordingQueue } from "../support/queue.ts";

const BRIEF = { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] };

interface Created {
  generations: { id: string; status: string; cost: number; shape: string; image: unknown; error: unknown }[];
  credits: { available: number; held: number };
}

function send(person: TestPerson, brief: unknown, key: string = newId(), bindings: object = {}) {
  return call("POST", "/api/generations", {
    as: person,
    json: brief,
    headers: { "Idempotency-Key": key },
    env: bindings,
  });
}

describe("POST /api/generations/preview", () => {
  it("tells prompt, pictures, cost and balance, and charges nothing", async () => {
    const person = await createPerson({ credits: 3 });
    const json = { ...BRIEF, shapes: ["5:7", "16:9"], quality: "high" };
    const response = await call("POST", "/api/generations/preview", { as: person, json });
    expect(response.status).toBe(200);
    const preview = (await response.json()) as Record<string, unknown>;
    expect(preview).toMatchObject({
      cost: 4,
      credits: { available: 3, held: 0 },
      enough: false,
      pictures: [
        { shape: "5:7", width: 1645, height: 2303, model: "ideogram-4-5" },
        { shape: "16:9", width: 2560, height: 1440, model: "ideogram-4-5" },
      ],
    });
    expect(preview["prompt"]).toContain("7");
    expect(await readBalance(person.id)).toEqual({ available: 3, held: 0 });
  });
});

describe("POST /api/generations", () => {
  it("holds the cost of every picture, tells the queue, and answers with what was created", async () => {
    const person = await createPerson({ credits: 10 });
    const { queue, sent } = recordingQueue();
    const response = await send(person, { ...BRIEF, shapes: ["1:1", "4:5"], count: 2 }, newId(), {
      GENERATIONS: queue,
    });
    expect(response.status).toBe(202);
    const created = (await response.json()) as Created;
    expect(created.credits).toEqual({ available: 6, held: 4 });
    expect(created.generations.map(({ status, cost, shape }) => [status, cost, shape])).toEqual([
      ["queued", 1, "1:1"],
      ["queued", 1, "1:1"],
      ["queued", 1, "4:5"],
      ["queued", 1, "4:5"],
    ]);
    expect(created.generations[0]).toMatchObject({ image: null, error: null });
    expect(sent.map((message) => message.id)).toEqual(created.generations.map(({ id }) => id));
  });

  it("prompts with the same words that the preview showed", async () => {
    const person = await createPerson({ credits: 10 });
    const brief = { ...BRIEF, text: "Mia turns 7", details: "a dog" };
    const preview = await call("POST", "/api/generations/preview", { as: person, json: brief });
    const { prompt } = (await preview.json()) as { prompt: string };
    await send(person, brief);
    const stored = await env.DB.prepare("SELECT prompt FROM briefs WHERE user_id = ?1")
      .bind(person.id)
      .first("prompt");
    expect(stored).toBe(prompt);
  });

  it("still accepts when the queue is away: the row is the outbox", async () => {
    const person = await createPerson({ credits: 1 });
    const response = await send(person, BRIEF, newId(), {
      GENERATIONS: recordingQueue({ fails: true }).queue,
    });
    expect(response.status).toBe(202);
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 1 });
  });

  it("gives the first answer for the same key and body, and charges once", async () => {
    const person = await createPerson({ credits: 5 });
    const key = newId();
    const first = (await (await send(person, BRIEF, key)).json()) as Created;
    const again = await send(
      person,
      { shapes: ["1:1"], answers: { age: 7 }, eventType: "birthday-party" },
      key,
    );
    expect(again.status).toBe(200);
    expect(((await again.json()) as Created).generations).toEqual(first.generations);
    expect(await readBalance(person.id)).toEqual({ available: 4, held: 1 });
  });

  it("refuses the same key with another body", async () => {
    const person = await createPerson({ credits: 5 });
    const key = newId();
    await send(person, BRIEF, key);
    const response = await send(person, { ...BRIEF, answers: { age: 8 } }, key);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: "idempotency_key_reused" });
  });

  it("lets two people use the same key", async () => {
    const key = newId();
    for (const person of [await createPerson({ credits: 1 }), await createPerson({ credits: 1 })]) {
      expect((await send(person, BRIEF, key)).status).toBe(202);
    }
  });

  it("needs a key, of a sensible form", async () => {
    const person = await createPerson({ credits: 5 });
    const without = await call("POST", "/api/generations", { as: person, json: BRIEF });
    expect(without.status).toBe(400);
    expect(await without.json()).toMatchObject({ code: "idempotency_key_required" });
    for (const key of ["with space", "x".repeat(256)]) {
      expect((await send(person, BRIEF, key)).status, key).toBe(422);
    }
    for (const key of ["1", '"quoted"', "x".repeat(255)]) {
      expect((await send(person, BRIEF, key)).status, key).toBe(202);
    }
  });

  it("creates none of eight pictures when credits for seven are left", async () => {
    const person = await createPerson({ credits: 7 });
    const response = await send(person, { ...BRIEF, count: 8 });
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({
      code: "insufficient_credits",
      detail: expect.stringMatching(/8 credits.*have 7/),
    });
    const rows = await env.DB.prepare("SELECT count(*) AS n FROM generations WHERE user_id = ?1")
      .bind(person.id)
      .first("n");
    expect(rows).toBe(0);
    expect(await readBalance(person.id)).toEqual({ available: 7, held: 0 });
  });

  it("refuses more open pictures than allowed, and says when to come again", async () => {
    const person = await createPerson({ credits: 20 });
    expect((await send(person, { ...BRIEF, count: 8 })).status).toBe(202);
    const response = await send(person, { ...BRIEF, count: 3 });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await readBalance(person.id)).toEqual({ available: 12, held: 8 });
  });

  it("refuses more pictures in an hour than allowed, canceled ones included", async () => {
    const person = await createPerson({ credits: 20 });
    const bindings = { MAX_GENERATIONS_PER_HOUR: "2" };
    const { generations } = (await (
      await send(person, { ...BRIEF, count: 2 }, newId(), bindings)
    ).json()) as Created;
    for (const { id } of generations) await call("POST", `/api/generations/${id}/cancel`, { as: person });
    const response = await send(person, BRIEF, newId(), bindings);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(3_000);
  });

  it("names every field that is wrong, and charges nothing", async () => {
    const person = await createPerson({ credits: 5 });
    const response = await send(person, { ...BRIEF, answers: { age: 200 }, shapes: ["7:7"], colour: "red" });
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field).sort()).toEqual(["answers.age", "colour", "shapes.0"]);
    expect(await readBalance(person.id)).toEqual({ available: 5, held: 0 });
  });
});

describe("reading and canceling", () => {
  it("shows a generation and lists the newest first, to its owner only", async () => {
    const person = await createPerson({ credits: 5 });
    const { generations } = (await (await send(person, { ...BRIEF, count: 3 })).json()) as Created;
    const ids = generations.map(({ id }) => id);
    const path = `/api/generations/${ids[0]}`;
    expect((await call("GET", path, { as: person })).status).toBe(200);
    expect((await call("GET", path, { as: await createPerson({ role: "HERO" }) })).status).toBe(404);
    const first = await call("GET", "/api/generations?limit=2", { as: person });
    const page = (await first.json()) as { items: { id: string }[]; nextCursor: string };
    const second = await call("GET", `/api/generations?cursor=${page.nextCursor}`, { as: person });
    const rest = (await second.json()) as { items: { id: string }[]; nextCursor: null };
    expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual(ids.toSorted().reverse());
    expect(rest.nextCursor).toBeNull();
  });

  it("gives the credits back when a waiting picture is canceled, and says that it is too late after that", async () => {
    const person = await createPerson({ credits: 2 });
    const { generations } = (await (await send(person, BRIEF)).json()) as Created;
    const path = `/api/generations/${generations[0]?.id}/cancel`;
    expect((await call("POST", path, { as: await createPerson() })).status).toBe(404);
    const canceled = await call("POST", path, { as: person });
    expect(canceled.status).toBe(200);
    expect(await canceled.json()).toMatchObject({
      status: "canceled",
      error: { code: "canceled", refunded: true, message: expect.stringContaining("Your credit is back") },
    });
    expect(await readBalance(person.id)).toEqual({ available: 2, held: 0 });
    expect((await call("POST", path, { as: person })).status).toBe(409);
  });

  it("refuses a limit or a cursor that can't be one", async () => {
    const person = await createPerson();
    await giveCredits(person.id, 1);
    for (const query of ["limit=0", "limit=101", "limit=x", "cursor=../x"]) {
      expect((await call("GET", `/api/generations?${query}`, { as: person })).status, query).toBe(422);
    }
  });
});
