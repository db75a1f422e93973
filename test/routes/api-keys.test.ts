import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { findKeyPrincipalWithScope, KEYS_PER_PERSON_MAX } from "../../src/auth/api-key.ts";
import type { Scope } from "../../src/auth/scopes.ts";
import { newId } from "../../src/ids.ts";
import { ROUTES } from "../../src/routes/access.ts";
import { call } from "../support/http.ts";
import { listLettersTo } from "../support/mail.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

async function makeKey(as: TestPerson, scopes: Scope[], name = `Backup ${newId()}`) {
  const response = await call("POST", "/api/me/keys", {
    as,
    json: { name, scopes },
    headers: fromNewPlace(),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string; key: string };
}

/** As a program calls: no cookie, no Origin. */
function callWithKey(key: string, method: string, path: string, json?: unknown) {
  const headers = {
    Authorization: `Bearer ${key}`,
    Origin: "",
    "Idempotency-Key": newId(),
    ...fromNewPlace(),
  };
  return call(method, path, { headers, ...(json === undefined ? {} : { json }) });
}

const BRIEF = { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] };

describe("a key", () => {
  it("is shown once and stored as a hash, with the prefix that it is recognised by", async () => {
    const person = await createPerson();
    const { id, key } = await makeKey(person, ["read"], "Nightly backup");
    expect(key).toMatch(/^evk_[A-Za-z0-9_-]{43}$/);
    const list = await call("GET", "/api/me/keys", { as: person });
    const text = await list.text();
    expect(JSON.parse(text)).toMatchObject({
      items: [{ id, name: "Nightly backup", prefix: key.slice(0, 12), scopes: ["read"], lastUsedAt: null }],
    });
    expect(text).not.toContain(key);
    const { results } = await env.DB.prepare("SELECT * FROM api_keys WHERE id = ?1").bind(id).all();
    expect(JSON.stringify(results)).not.toContain(key.slice(12));
    expect(await (await call("GET", "/account", { as: person })).text()).not.toContain(key);
  });

  it("acts as its owner within its scopes, without a cookie and without an Origin", async () => {
    const person = await createPerson({ credits: 3 });
    const reader = (await makeKey(person, ["read"])).key;
    const maker = (await makeKey(person, ["generate"])).key;
    const me = await callWithKey(reader, "GET", "/api/me");
    expect(await me.json()).toMatchObject({ user: { id: person.id }, credits: { available: 3 } });
    expect((await callWithKey(reader, "GET", "/api/generations")).status).toBe(200);
    const refused = await callWithKey(reader, "POST", "/api/generations", BRIEF);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: "forbidden",
      detail: expect.stringContaining("generate"),
    });
    expect((await callWithKey(maker, "POST", "/api/generations", BRIEF)).status).toBe(202);
    expect((await callWithKey(maker, "GET", "/api/generations")).status).toBe(403);
    expect(await (await call("GET", "/api/me", { as: person })).json()).toMatchObject({
      credits: { available: 2, held: 1 },
    });
  });

  it("is noted with its last use", async () => {
    const person = await createPerson();
    const { key } = await makeKey(person, ["read"]);
    await callWithKey(key, "GET", "/api/me");
    const { items } = (await (await call("GET", "/api/me/keys", { as: person })).json()) as {
      items: { lastUsedAt: string }[];
    };
    expect(Date.now() - new Date(items[0]?.lastUsedAt ?? 0).getTime()).toBeLessThan(60_000);
  });

  it("3 is 401 when it is wrong, revoked or garbage, also beside a good cookie and where nobody needs to sign in", async () => {
    const person = await createPerson();
    const { id, key } = await makeKey(person, ["read"]);
    expect((await call("DELETE", `/api/me/keys/${id}`, { as: person })).status).toBe(204);
    const wrong = [
      key,
      `${key.slice(0, -1)}_`,
      "evk_",
      "x".repeat(5_000),
      "' OR 1=1 --",
      `evk_${"A".repeat(43)}`,
    ];
    for (const value of wrong) {
      for (const path of ["/api/me", `/api/images/${newId()}`, "/"]) {
        const response = await call("GET", path, {
          as: person,
          headers: { Authorization: `Bearer ${value}` },
        });
        expect(response.status, `${path} ${value.slice(0, 20)}`).toBe(401);
        expect(response.headers.get("WWW-Authenticate")).toContain("Bearer");
      }
    }
    expect((await call("GET", "/api/me", { headers: { Authorization: "Bearer" } })).status).toBe(401);
    expect((await call("GET", "/api/me", { headers: { Authorization: "Basic dTpw" } })).status).toBe(401);
  });

  it("isn't disturbed by another scheme, which says nothing about who is calling", async () => {
    const person = await createPerson();
    const response = await call("GET", "/api/me", { as: person, headers: { Authorization: "Basic dTpw" } });
    expect(response.status).toBe(200);
  });

  it("opens no route that is for people: sessions, keys, export, erasure, sign-out, pages", async () => {
    const person = await createPerson();
    const { key } = await makeKey(person, ["read", "generate"]);
    const forPeople = ROUTES.filter((route) => route.scope === undefined && route.access === "USER");
    expect(forPeople.length).toBeGreaterThan(15);
    for (const route of forPeople) {
      const path = route.path.replaceAll(/:[a-z]+/gi, newId());
      const response = await callWithKey(key, route.method, path, route.method === "GET" ? undefined : {});
      expect(response.status, `${route.method} ${route.path}`).toBe(403);
    }
    expect((await call("GET", "/api/me", { as: person })).status).toBe(200);
  });

  it("stops with its owner: disabled at once, and again able when they are", async () => {
    const person = await createPerson();
    const { key } = await makeKey(person, ["read"]);
    const setDisabled = (at: number | null) =>
      env.DB.prepare("UPDATE users SET disabled_at = ?2 WHERE id = ?1").bind(person.id, at).run();
    await setDisabled(1);
    expect((await callWithKey(key, "GET", "/api/me")).status).toBe(401);
    await setDisabled(null);
    expect((await callWithKey(key, "GET", "/api/me")).status).toBe(200);
  });

  it("can be made and revoked by its owner only, with a name and scopes that exist, and not without end", async () => {
    const person = await createPerson();
    const stranger = await createPerson();
    const { id } = await makeKey(person, ["read"]);
    expect((await call("DELETE", `/api/me/keys/${id}`, { as: stranger })).status).toBe(404);
    const bad = [
      { name: "", scopes: ["read"] },
      { name: "x", scopes: [] },
      { name: "x", scopes: ["root"] },
      { name: "x" },
    ];
    for (const json of bad) {
      expect((await call("POST", "/api/me/keys", { as: person, json, headers: fromNewPlace() })).status).toBe(
        422,
      );
    }
    for (let i = 1; i < KEYS_PER_PERSON_MAX; i++) await makeKey(person, ["read"]);
    const json = { name: "one more", scopes: ["read"] };
    expect((await call("POST", "/api/me/keys", { as: person, json, headers: fromNewPlace() })).status).toBe(
      409,
    );
  });

  it("is made once of a name, however often the form is sent and however many at once, and each person has their own names", async () => {
    const person = await createPerson();
    const json = { name: "Backup", scopes: ["read"] };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        call("POST", "/api/me/keys", { as: person, json, headers: fromNewPlace() }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422, 422]);
    const refused = answers.find(({ status }) => status === 422);
    expect(await refused?.json()).toMatchObject({
      errors: [{ field: "name", message: "You have a key of this name already." }],
    });
    expect(await listLettersTo(person.email)).toHaveLength(1);
    await makeKey(await createPerson(), ["read"], "Backup");
    const { items } = (await (await call("GET", "/api/me/keys", { as: person })).json()) as {
      items: { id: string }[];
    };
    expect(items).toHaveLength(1);
    await call("DELETE", `/api/me/keys/${items[0]?.id}`, { as: person });
    await makeKey(person, ["read"], "Backup");
  });

  it("is told to its owner by mail, so that a stolen session can't leave one behind unseen", async () => {
    const person = await createPerson();
    const { key } = await makeKey(person, ["read"], "visit evil dot test");
    const [letter, ...others] = await listLettersTo(person.email);
    expect(others).toEqual([]);
    expect(letter?.text).toContain(`begins with ${key.slice(0, 12)}`);
    expect(JSON.stringify(letter)).not.toContain(key.slice(12));
    expect(JSON.stringify(letter)).not.toContain("evil");
  });

  it("65 is in the audit log when it is made and revoked", async () => {
    const person = await createPerson();
    const { id, key } = await makeKey(person, ["read", "generate"]);
    await call("DELETE", `/api/me/keys/${id}`, { as: person });
    const { results } = await env.DB.prepare(
      "SELECT action, details FROM audit_log WHERE subject_id = ?1 ORDER BY id",
    )
      .bind(person.id)
      .all<{ action: string; details: string }>();
    expect(results.map((row) => row.action)).toEqual(["key.create", "key.revoke"]);
    expect(JSON.parse(results[0]?.details ?? "")).toEqual({
      keyId: id,
      prefix: key.slice(0, 12),
      scopes: "read generate",
    });
  });
});

describe("administrators' scopes", () => {
  it("can't be given by a USER", async () => {
    const person = await createPerson();
    for (const scope of ["admin", "flags"]) {
      const json = { name: "x", scopes: ["read", scope] };
      expect((await call("POST", "/api/me/keys", { as: person, json, headers: fromNewPlace() })).status).toBe(
        403,
      );
    }
  });

  it("open administrators' routes only with `admin`, and only within the owner's role of that moment", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const plain = (await makeKey(admin, ["read", "generate"])).key;
    const { key } = await makeKey(admin, ["admin"]);
    expect((await callWithKey(plain, "GET", "/api/admin/users")).status).toBe(403);
    expect((await callWithKey(key, "GET", "/api/admin/users")).status).toBe(200);
    const promotion = await callWithKey(key, "PATCH", `/api/admin/users/${person.id}`, { role: "ADMIN" });
    expect(promotion.status).toBe(403);
    await env.DB.prepare("UPDATE users SET role = 'USER' WHERE id = ?1").bind(admin.id).run();
    expect((await callWithKey(key, "GET", "/api/admin/users")).status).toBe(403);
  });

  it("let a service ask for a key with one scope", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const { key } = await makeKey(admin, ["flags"]);
    const other = await makeKey(admin, ["read"]);
    const find = (header: string) => findKeyPrincipalWithScope(env.DB, header, "flags", Date.now());
    expect(await find(`Bearer ${key}`)).toMatchObject({ id: admin.id, role: "ADMIN", sessionId: null });
    for (const header of [`Bearer ${other.key}`, "Bearer x", "", key]) expect(await find(header)).toBeNull();
  });
});

describe("keys on the account page", () => {
  it("are shown once when they are made, and revoked with a button", async () => {
    const person = await createPerson();
    const headers = fromNewPlace();
    const made = await call("POST", "/account/keys", {
      as: person,
      form: { keyName: "Backup", scopes: "read" },
      headers,
    });
    expect(made.status).toBe(201);
    expect(made.headers.get("Cache-Control")).toBe("no-store");
    const key = /evk_[A-Za-z0-9_-]{43}/.exec(await made.text())?.[0] ?? "";
    expect((await callWithKey(key, "GET", "/api/me")).status).toBe(200);
    const page = await (await call("GET", "/account", { as: person })).text();
    expect(page).toContain(key.slice(0, 12));
    const path = /action="(\/account\/keys\/[^"]+\/revoke)"/.exec(page)?.[1] ?? "";
    expect((await call("POST", path, { as: person, form: {} })).status).toBe(303);
    expect((await callWithKey(key, "GET", "/api/me")).status).toBe(401);
  });

  it("aren't made again when the page that shows one is loaded again", async () => {
    const person = await createPerson();
    const form = { keyName: "Backup", scopes: "read" };
    const send = () => call("POST", "/account/keys", { as: person, form, headers: fromNewPlace() });
    expect((await send()).status).toBe(201);
    const again = await send();
    expect(again.status).toBe(422);
    const page = await again.text();
    expect(page).toContain("You have a key of this name already.");
    expect(page).toContain('value="Backup"');
    expect(page).toMatch(/value="read" checked/);
    expect(page).not.toMatch(/value="generate" checked/);
    const count = await env.DB.prepare("SELECT count(*) AS n FROM api_keys WHERE user_id = ?1")
      .bind(person.id)
      .first("n");
    expect(count).toBe(1);
  });

  it("name what is missing beside the form, and keep the name", async () => {
    const person = await createPerson();
    const form = { keyName: "Backup" };
    const response = await call("POST", "/account/keys", { as: person, form, headers: fromNewPlace() });
    expect(response.status).toBe(422);
    const page = await response.text();
    expect(page).toContain('value="Backup"');
    expect(page).toContain("Choose at least one thing");
    expect(page).not.toContain('value="admin"');
  });
});
