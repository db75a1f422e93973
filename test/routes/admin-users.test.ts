import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { createPerson, readBalance, type TestPerson } from "../support/people.ts";

function patch(admin: TestPerson, userId: string, json: unknown, key: string = newId()) {
  return call("PATCH", `/api/admin/users/${userId}`, {
    as: admin,
    json,
    headers: { "Idempotency-Key": key },
  });
}

const GIFT = { addCredits: 25, reason: "for the opening night" };

describe("PATCH /api/admin/users/:id", () => {
  it("adds to what is there and says how many were added and the new total", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ credits: 10 });
    const response = await patch(admin, person.id, GIFT);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      user: { id: person.id, email: person.email, credits: { available: 35, held: 0 } },
      credits: { added: 25, available: 35, held: 0 },
    });
  });

  it("adds once when the same request comes 200 times at once", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ credits: 10 });
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 200 }, () => patch(admin, person.id, GIFT, key)));
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(new Set(bodies).size).toBe(1);
    expect(await readBalance(person.id)).toEqual({ available: 35, held: 0 });
  });

  it("writes one audit row for one operation", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const key = newId();
    for (let i = 0; i < 3; i++) await patch(admin, person.id, GIFT, key);
    const { results } = await env.DB.prepare(
      "SELECT actor_id, action, details FROM audit_log WHERE subject_id = ?1",
    )
      .bind(person.id)
      .all();
    expect(results).toEqual([
      {
        actor_id: admin.id,
        action: "credits.apply",
        details: JSON.stringify({ amount: 25, reason: GIFT.reason }),
      },
    ]);
  });

  it("refuses the same key for another amount or another person", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const key = newId();
    await patch(admin, person.id, GIFT, key);
    for (const [id, json] of [
      [person.id, { ...GIFT, addCredits: 26 }],
      [(await createPerson()).id, GIFT],
    ] as const) {
      const response = await patch(admin, id, json, key);
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ code: "idempotency_key_reused" });
    }
    expect(await readBalance(person.id)).toEqual({ available: 25, held: 0 });
  });

  it("takes away with a minus, but never below zero", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ credits: 10 });
    expect((await patch(admin, person.id, { addCredits: -4, reason: "a mistake" })).status).toBe(200);
    const tooMuch = await patch(admin, person.id, { addCredits: -7, reason: "a mistake" });
    expect(tooMuch.status).toBe(422);
    expect(await tooMuch.json()).toMatchObject({ errors: [{ field: "addCredits" }] });
    expect(await readBalance(person.id)).toEqual({ available: 6, held: 0 });
  });

  it("refuses zero, fractions, text, huge amounts, no reason, an absolute total and unknown fields", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ credits: 10 });
    const bad = [
      { ...GIFT, addCredits: 0 },
      { ...GIFT, addCredits: 0.5 },
      { ...GIFT, addCredits: "25" },
      { ...GIFT, addCredits: 1e12 },
      { addCredits: 5 },
      { addCredits: 5, reason: "  " },
      { ...GIFT, credits: 99 },
      { ...GIFT, reason: "ab\u0000cd" },
      { ...GIFT, reason: "half a \ud800 pair" },
    ];
    for (const json of bad)
      expect((await patch(admin, person.id, json)).status, JSON.stringify(json)).toBe(422);
    expect(await readBalance(person.id)).toEqual({ available: 10, held: 0 });
  });

  it("needs an Idempotency-Key", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const response = await call("PATCH", `/api/admin/users/${person.id}`, { as: admin, json: GIFT });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "idempotency_key_required" });
  });

  it("keeps an ADMIN from giving to himself and to a HERO; a HERO may do both", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const hero = await createPerson({ role: "HERO" });
    expect((await patch(admin, admin.id, GIFT)).status).toBe(403);
    expect((await patch(admin, hero.id, GIFT)).status).toBe(403);
    expect((await patch(hero, hero.id, GIFT)).status).toBe(200);
    expect(await readBalance(admin.id)).toEqual({ available: 0, held: 0 });
  });
});

describe("GET /api/admin/users", () => {
  it("finds people by a part of their address, newest first, page by page", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const people = [await createPerson(), await createPerson(), await createPerson({ credits: 3 })];
    const last = people[2] as TestPerson;
    const newest = people
      .map(({ id }) => id)
      .sort()
      .at(-1);
    const found = await call("GET", `/api/admin/users?q=${last.email.slice(3, 24)}`, { as: admin });
    expect(await found.json()).toMatchObject({
      items: [{ id: last.id, credits: { available: 3, held: 0 }, role: "USER", disabled: false }],
      nextCursor: null,
      total: 1,
    });
    const page = (await (await call("GET", "/api/admin/users?limit=1&role=USER", { as: admin })).json()) as {
      items: { id: string }[];
      nextCursor: string;
    };
    expect(page.items[0]?.id).toBe(newest);
    expect(page.nextCursor).toBe(newest);
  });

  it("takes the wildcards of LIKE as plain text", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const response = await call("GET", "/api/admin/users?q=%25", { as: admin });
    expect(await response.json()).toMatchObject({ items: [], total: 0 });
  });

  it("searches for the longest text that it takes, in any case of its letters", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const name = "Émile & Sons ".repeat(9);
    await env.DB.prepare("UPDATE users SET name = ?2 WHERE id = ?1").bind(person.id, name).run();
    const text = name.slice(0, 100).replace("Sons", "SONS");
    expect(text).toHaveLength(100);
    const response = await call("GET", `/api/admin/users?q=${encodeURIComponent(text)}`, { as: admin });
    expect(await response.json()).toMatchObject({ items: [{ id: person.id }], total: 1 });
  });

  it("shows one person and their ledger, newest first", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ credits: 10 });
    await patch(admin, person.id, GIFT);
    expect(await (await call("GET", `/api/admin/users/${person.id}`, { as: admin })).json()).toMatchObject({
      id: person.id,
      credits: { available: 35, held: 0 },
    });
    const entries = await call("GET", `/api/admin/users/${person.id}/entries`, { as: admin });
    expect(await entries.json()).toMatchObject({
      items: [
        { kind: "grant", available: 25, held: 0, reason: GIFT.reason, actor: admin.id, generationId: null },
        { kind: "grant", available: 10, held: 0 },
      ],
      nextCursor: null,
    });
  });
});

describe("the form on /admin/users/:id", () => {
  it("starts at 0, is labelled Add credits, and adds once when it is sent twice", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ credits: 10 });
    const path = `/admin/users/${person.id}`;
    const page = await (await call("GET", path, { as: admin })).text();
    expect(page).toMatch(/<label[^>]*>\s*Add credits/);
    expect(page).toMatch(
      /<input[^>]*name="addCredits"[^>]*value="0"|<input[^>]*value="0"[^>]*name="addCredits"/,
    );
    const idempotencyKey = /name="idempotencyKey" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const form = { addCredits: "25", reason: "a present", idempotencyKey };
    for (let i = 0; i < 2; i++) {
      const sent = await call("POST", `${path}/credits`, { as: admin, form });
      expect(sent.status).toBe(303);
      const notice = (sent.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
      const after = await call("GET", path, { headers: { Cookie: `${admin.cookie}; ${notice}` } });
      expect(await after.text()).toContain("25 credits added. New total: 35.");
    }
    expect(await readBalance(person.id)).toEqual({ available: 35, held: 0 });
  });

  it("keeps what was typed when a field is refused", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const response = await call("POST", `/admin/users/${person.id}/credits`, {
      as: admin,
      form: { addCredits: "2.5", reason: "half <b>portions</b>", idempotencyKey: newId() },
    });
    expect(response.status).toBe(422);
    const page = await response.text();
    expect(page).toContain('value="2.5"');
    expect(page).toContain("half &lt;b&gt;portions&lt;/b&gt;");
  });
});
