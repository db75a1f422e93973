import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { eraseAccount } from "../../src/account/erase-account.ts";
import { claimJob } from "../../src/db/generation-jobs.ts";
import { newId } from "../../src/ids.ts";
import { buildUserPrefix } from "../../src/r2/keys.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { call } from "../support/http.ts";
import { getLetterTo, getLinkTo, listLettersTo } from "../support/mail.ts";
import { createPerson, openTestSession, readBalance, type TestPerson } from "../support/people.ts";
import { createPicture } from "../support/pictures.ts";
import { fromNewPlace } from "../support/places.ts";

afterEach(expectBooksToBalance);

function erase(person: TestPerson) {
  return call("DELETE", "/api/me", { as: person, headers: fromNewPlace() });
}

async function order(person: TestPerson): Promise<string> {
  const response = await call("POST", "/api/generations", {
    as: person,
    json: { eventType: "birthday-party", answers: { age: 7 }, text: "Mia Okafor", shapes: ["1:1"] },
    headers: { "Idempotency-Key": newId() },
  });
  const { generations } = (await response.json()) as { generations: { id: string }[] };
  return generations[0]?.id ?? "";
}

/** Every row of every table in which the text stands, as `table.column`. */
async function findEverywhere(text: string): Promise<string[]> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_]cf_*' AND name NOT GLOB 'sqlite_*'",
  ).all<{ name: string }>();
  const found: string[] = [];
  for (const { name } of tables) {
    const { results } = await env.DB.prepare(`SELECT * FROM ${name}`).all<Record<string, unknown>>();
    for (const row of results) {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value === "string" && value.includes(text)) found.push(`${name}.${column}`);
      }
    }
  }
  return [...new Set(found)].sort();
}

describe("erasing an account", () => {
  it("removes everything but the ledger and the audit log, under a number that leads nowhere", async () => {
    const person = await createPerson({ credits: 5, passwordHash: "x" });
    const { imageId, briefId } = await createPicture(person);
    await order(person);
    await openTestSession(person.id);
    await call("POST", "/api/me/keys", {
      as: person,
      json: { name: "k", scopes: ["read"] },
      headers: fromNewPlace(),
    });
    await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers: fromNewPlace() });
    await env.DB.batch([
      env.DB.prepare(
        "INSERT INTO provider_accounts (provider, provider_account_id, user_id, email, created_at) VALUES ('oidc', ?1, ?1, ?2, 1)",
      ).bind(person.id, person.email),
      env.DB.prepare(
        "INSERT INTO passkeys (credential_id, user_id, public_key, created_at) VALUES (?1, ?1, 'k', 1)",
      ).bind(person.id),
      env.DB.prepare(
        "INSERT INTO profile_pictures (user_id, bytes, sha256, updated_at) VALUES (?1, zeroblob(100), ?2, 1)",
      ).bind(person.id, "0".repeat(64)),
      env.DB.prepare("DELETE FROM dev_mail WHERE recipient = ?1").bind(person.email),
    ]);
    const response = await erase(person);
    expect(response.status).toBe(204);
    expect(response.headers.get("Set-Cookie")).toContain("Max-Age=0");
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
    expect(await findEverywhere(person.id)).toEqual([
      "audit_log.actor_id",
      "audit_log.subject_id",
      "credit_accounts.user_id",
      "credit_entries.op_key",
      "credit_entries.user_id",
      // The address of a test person has the id in it, and the farewell letter is in the development mailbox.
      "dev_mail.recipient",
    ]);
    expect(await findEverywhere(person.email)).toEqual(["dev_mail.recipient"]);
    for (const id of [imageId, briefId]) expect(await findEverywhere(id)).toEqual([]);
    const { objects } = await env.BUCKET.list({ prefix: buildUserPrefix(person.id) });
    expect(objects).toEqual([]);
    expect((await env.BUCKET.list({ prefix: `t/${imageId}` })).objects).toEqual([]);
    expect((await getLetterTo(person.email)).subject).toBe("Your account is erased");
  });

  it("cancels what hasn't been begun, gives its credits back, and closes the account at zero", async () => {
    const person = await createPerson({ credits: 5 });
    await order(person);
    expect(await readBalance(person.id)).toEqual({ available: 4, held: 1 });
    expect((await erase(person)).status).toBe(204);
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 0 });
    const { results } = await env.DB.prepare(
      "SELECT kind, available, held FROM credit_entries WHERE user_id = ?1 ORDER BY id",
    )
      .bind(person.id)
      .all();
    expect(results.slice(-2)).toEqual([
      { kind: "release", available: 1, held: -1 },
      { kind: "revoke", available: -5, held: 0 },
    ]);
  });

  it("dates the ledger's last entries by the database's clock, like all the others", async () => {
    const person = await createPerson({ credits: 5 });
    await order(person);
    const facts = {
      requestId: newId(),
      place: { key: "here", network: null },
      userAgent: "vitest",
      sessionToken: undefined,
      // A Worker whose clock is far behind.
      now: 1,
    };
    expect(await eraseAccount(env.DB, env.BUCKET, [], person, facts)).toMatchObject({ ok: true });
    const { results } = await env.DB.prepare(
      "SELECT created_at AS at FROM credit_entries WHERE user_id = ?1 ORDER BY id",
    )
      .bind(person.id)
      .all<{ at: number }>();
    const times = results.map(({ at }) => at);
    expect(times).toHaveLength(4);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("is refused in clear words while a picture is in the making, and nothing is changed", async () => {
    const person = await createPerson({ credits: 5 });
    const id = await order(person);
    await claimJob(env.DB, id, newId(), 60_000);
    const response = await erase(person);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: "conflict",
      detail: expect.stringContaining("in the making"),
    });
    expect((await call("GET", "/api/me", { as: person })).status).toBe(200);
    const form = { confirmation: person.email };
    const page = await call("POST", "/account/erase", { as: person, form });
    expect(page.status).toBe(409);
    expect(await page.text()).toContain("in the making right now");
  });

  it("leaves public pictures to nobody", async () => {
    const person = await createPerson({ credits: 1 });
    const { imageId } = await createPicture(person);
    await call("PATCH", `/api/images/${imageId}`, { as: person, json: { visibility: "public" } });
    expect((await call("GET", `/images/${imageId}/original`)).status).toBe(200);
    await erase(person);
    for (const path of [
      `/images/${imageId}/original`,
      `/images/${imageId}/thumb`,
      `/api/images/${imageId}`,
    ]) {
      expect((await call("GET", path)).status, path).toBe(404);
    }
  });

  it("isn't possible for the last HERO", async () => {
    const hero = await createPerson({ role: "HERO" });
    await env.DB.prepare("UPDATE users SET role = 'USER' WHERE role = 'HERO' AND id <> ?1")
      .bind(hero.id)
      .run();
    const response = await erase(hero);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining("last HERO") });
    expect((await call("GET", "/api/me", { as: hero })).status).toBe(200);
  });

  it("happens once when it is asked for ten times at once", async () => {
    const person = await createPerson({ credits: 3 });
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => erase(person)))).map(
      (answer) => answer.status,
    );
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses).toContain(204);
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 0 });
  });

  it("makes place for a new account with the same address and a new number", async () => {
    const person = await createPerson({ credits: 3 });
    await erase(person);
    await call("POST", "/api/auth/register", { json: { email: person.email }, headers: fromNewPlace() });
    const { email, token } = await getLinkTo(person.email);
    const response = await call("POST", "/api/auth/confirm", {
      json: { email, token },
      headers: fromNewPlace(),
    });
    const { user } = (await response.json()) as { user: { id: string } };
    expect(user.id).not.toBe(person.id);
    expect((await listLettersTo(person.email))[0]?.subject).toBe("Confirm your e-mail address");
  });

  it("65 is in the audit log, where the person is a number from then on", async () => {
    const person = await createPerson();
    const admin = await createPerson({ role: "ADMIN" });
    await erase(person);
    const page = await call("GET", "/api/admin/audit?action=account.erase&limit=1", { as: admin });
    expect(await page.json()).toMatchObject({
      items: [{ actor: { id: person.id, email: null }, subject: { id: person.id, email: null } }],
    });
  });
});

describe("the page that erases", () => {
  it("says what goes and what stays, and wants the address typed", async () => {
    const person = await createPerson({ credits: 2 });
    await createPicture(person);
    const page = await (await call("GET", "/account/erase", { as: person })).text();
    for (const words of [
      "Your 1 picture",
      "Your 1 credit",
      "What stays",
      "a fingerprint of your address",
      "can’t be undone|can't be undone|can&#39;t be undone",
    ]) {
      expect(page).toMatch(new RegExp(words));
    }
    const wrong = await call("POST", "/account/erase", { as: person, form: { confirmation: "yes" } });
    expect(wrong.status).toBe(422);
    expect((await call("GET", "/api/me", { as: person })).status).toBe(200);
    const form = { confirmation: ` ${person.email.toUpperCase()} ` };
    const gone = await call("POST", "/account/erase", { as: person, form });
    expect(gone.status).toBe(303);
    expect(gone.headers.get("Location")).toBe("/");
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
  });
});
