import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { buildSignInLimits } from "../../src/auth/limits.ts";
import { hashPassword } from "../../src/auth/password.ts";
import { parsePlace } from "../../src/auth/place.ts";
import { AUDIT_ACTIONS } from "../../src/db/audit.ts";
import { takeFromLimits } from "../../src/db/rate-counters.ts";
import { newId } from "../../src/ids.ts";
import type { AuditRecord } from "../../src/routes/views/model.ts";
import { ACTION_NAMES } from "../../src/routes/views/words.ts";
import { call } from "../support/http.ts";
import { getLinkTo } from "../support/mail.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { fromNewPlace, fromPlace, newIpv4 } from "../support/places.ts";

const HERE = fromPlace("198.51.100.23");
const PASSWORD = "three quiet lanterns by the lake";

interface Page {
  items: AuditRecord[];
  nextCursor: string | null;
}

async function readAudit(as: TestPerson, query: string): Promise<Page> {
  const response = await call("GET", `/api/admin/audit?${query}`, { as });
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

describe("GET /api/admin/audit", () => {
  it("65 tells of sign-ins and failures: who, when and from which network, and how", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ passwordHash: hashPassword(PASSWORD) });
    const logIn = (password: string) =>
      call("POST", "/api/auth/login", { json: { email: person.email, password }, headers: HERE });
    await logIn("not this one at all");
    const signedIn = await logIn(PASSWORD);
    const { items } = await readAudit(admin, `subject=${person.id}`);
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        action: "sign_in.accept",
        actor: { id: person.id, email: person.email },
        subject: { type: "user", id: person.id, email: person.email },
        place: "198.51.100.0/24",
        requestId: signedIn.headers.get("X-Request-Id"),
        details: { method: "password" },
      },
      expect.objectContaining({
        action: "sign_in.refuse",
        actor: null,
        details: { method: "password", cause: "wrong_password" },
      }),
    ]);
  });

  it("65 tells of links, new accounts and passwords", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const email = `${newId()}@example.test`;
    await call("POST", "/api/auth/register", { json: { email }, headers: HERE });
    const { token } = await getLinkTo(email);
    const response = await call("POST", "/api/auth/confirm", {
      json: { email, token, password: PASSWORD },
      headers: HERE,
    });
    const { user } = (await response.json()) as { user: { id: string } };
    const { items } = await readAudit(admin, `subject=${user.id}`);
    expect(items.map((record) => record.action)).toEqual([
      "sign_in.accept",
      "password.set",
      "link.use",
      "account.create",
    ]);
    const sent = await readAudit(admin, "action=link.send");
    expect(sent.items[0]).toMatchObject({
      subject: { id: null },
      place: "198.51.100.0/24",
      details: { purpose: "register" },
    });
  });

  it("65 tells of a failure for an address without an account, and doesn't keep the address", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const email = `${newId()}@example.test`;
    await call("POST", "/api/auth/login", { json: { email, password: PASSWORD }, headers: HERE });
    const page = await readAudit(admin, "action=sign_in.refuse&limit=1");
    expect(page.items[0]).toMatchObject({
      subject: { id: null, email: null },
      details: { cause: "unknown_address" },
    });
    const { results } = await env.DB.prepare("SELECT * FROM audit_log").all();
    expect(JSON.stringify(results)).not.toContain(email);
  });

  const PROVIDER = { GOOGLE_CLIENT_ID: "client", GOOGLE_CLIENT_SECRET: "secret" };

  it.each([
    ["POST", "/account/password", { form: { current: "wrong", password: "seven loud drums at noon" } }],
    ["POST", "/account/email", { form: { email: "new@example.test", current: "wrong" } }],
    ["POST", "/account/providers/google/connect", { form: { current: "wrong" }, env: PROVIDER }],
    ["POST", "/api/me/email", { json: { email: "new@example.test", current: "wrong" } }],
    ["POST", "/api/me/passkeys/options", { json: { current: "wrong" } }],
  ])("tells of a wrong present password in a session: %s %s", async (method, path, options) => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson({ passwordHash: hashPassword(PASSWORD) });
    const refused = await call(method, path, { as: person, headers: HERE, ...options });
    expect(refused.status).toBe(422);
    expect((await readAudit(admin, `subject=${person.id}`)).items).toEqual([
      expect.objectContaining({
        action: "password.refuse",
        actor: { id: person.id, email: person.email },
        place: "198.51.100.0/24",
        requestId: refused.headers.get("X-Request-Id"),
        details: { cause: "wrong_password" },
      }),
    ]);
  });

  it("tells of no refusal when the present password is right, or there is none", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    for (const passwordHash of [hashPassword(PASSWORD), null]) {
      const person = await createPerson(passwordHash === null ? {} : { passwordHash });
      const json = { current: PASSWORD };
      const path = "/api/me/passkeys/options";
      expect((await call("POST", path, { as: person, headers: fromNewPlace(), json })).status).toBe(200);
      expect((await readAudit(admin, `subject=${person.id}`)).items).toEqual([]);
    }
  });

  it("names who asked for a new address as the actor of the letter to it", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const json = { email: `${newId()}@example.test`, current: "" };
    await call("POST", "/api/me/email", { as: person, json, headers: fromNewPlace() });
    expect((await readAudit(admin, `subject=${person.id}`)).items).toEqual([
      expect.objectContaining({
        action: "link.send",
        actor: { id: person.id, email: person.email },
        details: { purpose: "change_email" },
      }),
    ]);
  });

  it("names the key with which a program acted, and none for a browser", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    const made = await call("POST", "/api/me/keys", {
      as: hero,
      json: { name: "Rota", scopes: ["admin"] },
      headers: fromNewPlace(),
    });
    const { id, key } = (await made.json()) as { id: string; key: string };
    const path = `/api/admin/users/${person.id}`;
    const json = { addCredits: 2, reason: "a present", role: "ADMIN" };
    const program = { Authorization: `Bearer ${key}`, Origin: "", "Idempotency-Key": newId() };
    expect((await call("PATCH", path, { json, headers: program })).status).toBe(200);
    const browser = { "Idempotency-Key": newId() };
    const again = { ...json, role: "USER" };
    expect((await call("PATCH", path, { as: hero, json: again, headers: browser })).status).toBe(200);
    const { items } = await readAudit(hero, `subject=${person.id}`);
    expect(items.map(({ action, details }) => ({ action, details }))).toEqual([
      { action: "credits.apply", details: { amount: 2, reason: "a present" } },
      { action: "role.change", details: { from: "ADMIN", to: "USER", reason: "a present" } },
      { action: "credits.apply", details: { amount: 2, reason: "a present", key: id } },
      { action: "role.change", details: { from: "USER", to: "ADMIN", reason: "a present", key: id } },
    ]);
    expect(JSON.stringify(items)).not.toContain(key);
  });

  it("truncates places everywhere, for credits too", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    await call("PATCH", `/api/admin/users/${person.id}`, {
      as: admin,
      json: { addCredits: 1, reason: "a present" },
      headers: { "Idempotency-Key": newId(), ...fromPlace("2001:db8:1:2:3:4:5:6") },
    });
    const { items } = await readAudit(admin, `subject=${person.id}`);
    expect(items[0]).toMatchObject({ action: "credits.apply", place: "2001:db8:1::/48" });
  });

  it("is newest first, page by page, and filtered by actor and action", async () => {
    const hero = await createPerson({ role: "HERO" });
    const people = [await createPerson(), await createPerson(), await createPerson()];
    for (const person of people) {
      await call("PATCH", `/api/admin/users/${person.id}`, { as: hero, json: { role: "ADMIN" } });
    }
    const first = await readAudit(hero, `actor=${hero.id}&action=role.change&limit=2`);
    const second = await readAudit(
      hero,
      `actor=${hero.id}&action=role.change&limit=2&cursor=${first.nextCursor}`,
    );
    const subjects = [...first.items, ...second.items].map((record) => record.subject.id);
    expect(subjects).toEqual(people.map((person) => person.id).reverse());
    expect(second.nextCursor).toBeNull();
  });

  it("finds people by their address too, whatever its letters, and nothing by nobody's", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    await call("PATCH", `/api/admin/users/${person.id}`, { as: hero, json: { role: "ADMIN" } });
    const address = (email: string) => encodeURIComponent(` ${email.toUpperCase()} `);
    for (const query of [`subject=${address(person.email)}`, `actor=${address(hero.email)}`]) {
      const { items } = await readAudit(hero, query);
      expect(items, query).toMatchObject([{ action: "role.change", subject: { id: person.id } }]);
    }
    expect((await readAudit(hero, "subject=nobody@example.test")).items).toEqual([]);
    const page = await call("GET", `/admin/audit?actor=${address(hero.email)}`, { as: hero });
    expect(await page.text()).toContain(`value="${hero.email}"`);
  });

  it("tells once, and not at every attempt, that a limit on sign-ins stops somebody", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    for (let n = 0; n < 10; n++) {
      await takeFromLimits(env.DB, await buildSignInLimits(person.email, parsePlace(newIpv4())), Date.now());
    }
    const json = { email: person.email, password: PASSWORD };
    const answers: Response[] = [];
    for (const headers of [HERE, HERE, fromNewPlace(), fromNewPlace()]) {
      answers.push(await call("POST", "/api/auth/login", { json, headers }));
    }
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429, 429]);
    expect((await readAudit(admin, `subject=${person.id}`)).items).toMatchObject([
      {
        action: "sign_in.refuse",
        actor: null,
        place: "198.51.100.0/24",
        requestId: answers[0]?.headers.get("X-Request-Id"),
        details: { method: "password", cause: "limited" },
      },
    ]);
  });

  it("refuses filters that can't be", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    for (const query of ["actor=1", "action=DROP TABLE", "cursor=x", "limit=0", "limit=101"]) {
      expect((await call("GET", `/api/admin/audit?${query}`, { as: admin })).status, query).toBe(422);
    }
  });
});

describe("the page of the audit log", () => {
  it("has words for everything that is recorded", () => {
    expect(Object.keys(ACTION_NAMES)).toEqual(expect.arrayContaining([...AUDIT_ACTIONS]));
  });

  it("shows what is recorded, with links to the people", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    const shown = { roleWas: "USER", disabledWas: "false" };
    const form = { ...shown, role: "ADMIN", disabled: "false", accountReason: "helps <b>us</b>" };
    const saved = await call("POST", `/admin/users/${person.id}/account`, { as: hero, form });
    expect(saved.status).toBe(303);
    const page = await (await call("GET", `/admin/audit?subject=${person.id}`, { as: hero })).text();
    expect(page).toContain("Role changed</th>");
    expect(page).toContain(`/admin/users/${hero.id}`);
    expect(page).toContain("helps &lt;b&gt;us&lt;/b&gt;");
  });

  it("explains beside the form why the last HERO stays", async () => {
    const hero = await createPerson({ role: "HERO" });
    await env.DB.prepare("UPDATE users SET role = 'USER' WHERE role = 'HERO' AND id <> ?1")
      .bind(hero.id)
      .run();
    const shown = { roleWas: "HERO", disabledWas: "false" };
    const form = { ...shown, role: "USER", disabled: "false", accountReason: "" };
    const response = await call("POST", `/admin/users/${hero.id}/account`, { as: hero, form });
    expect(response.status).toBe(409);
    expect(await response.text()).toContain("the last HERO");
    const wrong = await call("POST", `/admin/users/${hero.id}/account`, {
      as: hero,
      form: { ...form, role: "GOD" },
    });
    expect(wrong.status).toBe(422);
  });
});
