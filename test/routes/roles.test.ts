import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { hashPassword } from "../../src/auth/password.ts";
import { ROLES } from "../../src/db/schema.ts";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { createPerson, openTestSession, readBalance, type TestPerson } from "../support/people.ts";
import { fromNewPlace, fromPlace } from "../support/places.ts";

function change(as: TestPerson, userId: string, json: unknown, headers: Record<string, string> = {}) {
  return call("PATCH", `/api/admin/users/${userId}`, {
    as,
    json,
    headers: { "Idempotency-Key": newId(), ...headers },
  });
}

function readRole(userId: string) {
  return env.DB.prepare("SELECT role, disabled_at IS NOT NULL AS disabled FROM users WHERE id = ?1")
    .bind(userId)
    .first();
}

/** Everybody else who could be the last HERO steps down first. */
async function leaveOnly(...heroes: TestPerson[]): Promise<void> {
  const ids = JSON.stringify(heroes.map((hero) => hero.id));
  await env.DB.prepare(
    "UPDATE users SET role = 'USER' WHERE role = 'HERO' AND id NOT IN (SELECT value FROM json_each(?1))",
  )
    .bind(ids)
    .run();
}

function listAudit(subjectId: string) {
  return env.DB.prepare(
    "SELECT actor_id, action, place, details FROM audit_log WHERE subject_id = ?1 ORDER BY id",
  )
    .bind(subjectId)
    .all<{ actor_id: string; action: string; place: string | null; details: string }>();
}

describe("a change of role", () => {
  it("is a HERO's to make, takes effect at the next request, and needs no new sign-in", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    const statuses: number[] = [];
    for (const role of ["ADMIN", "USER"]) {
      const response = await change(hero, person.id, { role });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        user: { role },
        credits: { added: 0, available: 0, held: 0 },
      });
      statuses.push((await call("GET", "/api/admin/users", { as: person })).status);
    }
    expect(statuses).toEqual([200, 403]);
  });

  it("needs no Idempotency-Key without credits", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    const response = await call("PATCH", `/api/admin/users/${person.id}`, {
      as: hero,
      json: { role: "ADMIN" },
    });
    expect(response.status).toBe(200);
  });

  it("is refused to an ADMIN, for anybody and for every part of it", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const hero = await createPerson({ role: "HERO" });
    for (const id of [person.id, admin.id, hero.id]) {
      for (const json of [
        { role: "HERO" },
        { disabled: true },
        { disabled: false, addCredits: 1, reason: "a gift" },
      ]) {
        const response = await change(admin, id, json);
        expect(response.status).toBe(403);
        expect(await response.json()).toMatchObject({ code: "forbidden" });
      }
    }
    expect(await readRole(person.id)).toEqual({ role: "USER", disabled: 0 });
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 0 });
  });

  it("ends the person's other sessions and keeps the one that began last", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    const later = await openTestSession(person.id, Date.now() + 5);
    await change(hero, person.id, { role: "ADMIN" });
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
    expect((await call("GET", "/api/me", { headers: { Cookie: later } })).status).toBe(200);
  });

  it("65 is in the audit log with who, whom, when, why and the truncated place; nothing is when nothing changed", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    const json = { role: "ADMIN", reason: "helps with the fair" };
    await change(hero, person.id, json, fromPlace("203.0.113.77"));
    await change(hero, person.id, json);
    expect((await listAudit(person.id)).results).toEqual([
      {
        actor_id: hero.id,
        action: "role.change",
        place: "203.0.113.0/24",
        details: JSON.stringify({ from: "USER", to: "ADMIN", reason: json.reason }),
      },
    ]);
  });

  it("refuses roles that don't exist, no change at all, and unknown people", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    for (const json of [
      { role: "GOD" },
      { role: null },
      { disabled: "yes" },
      {},
      { reason: "only a reason" },
    ]) {
      expect((await change(hero, person.id, json)).status, JSON.stringify(json)).toBe(422);
    }
    expect((await change(hero, newId(), { role: "ADMIN" })).status).toBe(404);
  });

  it("does credits and role together, or neither", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson({ credits: 5 });
    const both = { role: "ADMIN", addCredits: -6, reason: "too much" };
    expect((await change(hero, person.id, both)).status).toBe(422);
    expect(await readRole(person.id)).toEqual({ role: "USER", disabled: 0 });
    const response = await change(hero, person.id, { ...both, addCredits: 7 });
    expect(await response.json()).toMatchObject({
      user: { role: "ADMIN" },
      credits: { added: 7, available: 12, held: 0 },
    });
  });
});

describe("switching an account off", () => {
  it("7 ends its sessions at once, closes every way in, and can be undone", async () => {
    const hero = await createPerson({ role: "HERO" });
    const password = "three quiet lanterns by the lake";
    const person = await createPerson({ passwordHash: hashPassword(password) });
    const logIn = () =>
      call("POST", "/api/auth/login", { json: { email: person.email, password }, headers: fromNewPlace() });
    const response = await change(hero, person.id, { disabled: true });
    expect(await response.json()).toMatchObject({ user: { disabled: true } });
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
    expect((await logIn()).status).toBe(401);
    expect((await change(hero, person.id, { disabled: false })).status).toBe(200);
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
    expect((await logIn()).status).toBe(200);
    const actions = (await listAudit(person.id)).results.map((row) => row.action);
    expect(actions).toEqual(["account.disable", "sign_in.refuse", "account.enable", "sign_in.accept"]);
  });
});

describe("the last HERO", () => {
  it("13 can't step down or be switched off, and says so", async () => {
    const hero = await createPerson({ role: "HERO" });
    await leaveOnly(hero);
    for (const json of [{ role: "ADMIN" }, { role: "USER" }, { disabled: true }]) {
      const response = await change(hero, hero.id, json);
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ code: "conflict" });
    }
    expect(await readRole(hero.id)).toEqual({ role: "HERO", disabled: 0 });
  });

  it("isn't helped by a HERO who is switched off", async () => {
    const hero = await createPerson({ role: "HERO" });
    const other = await createPerson({ role: "HERO" });
    await leaveOnly(hero, other);
    expect((await change(hero, other.id, { disabled: true })).status).toBe(200);
    expect((await change(hero, hero.id, { role: "USER" })).status).toBe(409);
  });

  it("13 stays one when two demote each other at once", async () => {
    for (let round = 0; round < 10; round++) {
      const [one, two] = [await createPerson({ role: "HERO" }), await createPerson({ role: "HERO" })];
      await leaveOnly(one, two);
      const answers = await Promise.all([
        change(one, two.id, { role: "USER" }),
        change(two, one.id, round % 2 === 0 ? { role: "USER" } : { disabled: true }),
      ]);
      const statuses = answers.map((answer) => answer.status).sort();
      expect(statuses[0]).toBe(200);
      expect([401, 403, 409]).toContain(statuses[1]);
      const left = await env.DB.prepare(
        "SELECT count(*) AS n FROM users WHERE role = 'HERO' AND disabled_at IS NULL",
      ).first<number>("n");
      expect(left).toBe(1);
    }
  });

  it("13 stays one when a crowd of HEROes all step down at once", async () => {
    const heroes = await Promise.all(Array.from({ length: 8 }, () => createPerson({ role: "HERO" })));
    await leaveOnly(...heroes);
    const answers = await Promise.all(heroes.map((hero) => change(hero, hero.id, { role: "USER" })));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(7);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(1);
  });

  it("is kept by the database itself, whatever writes to it", async () => {
    const hero = await createPerson({ role: "HERO" });
    await leaveOnly(hero);
    const writes = [
      "UPDATE users SET role = 'ADMIN' WHERE id = ?1",
      "UPDATE users SET disabled_at = 1 WHERE id = ?1",
      "DELETE FROM users WHERE id = ?1",
    ];
    await env.DB.prepare("DELETE FROM sessions WHERE user_id = ?1").bind(hero.id).run();
    for (const sql of writes) {
      await expect(env.DB.prepare(sql).bind(hero.id).run(), sql).rejects.toThrow(/LAST_HERO/);
    }
  });
});

describe("roles", () => {
  it("are three, and no route makes somebody a HERO without being one", async () => {
    expect(ROLES).toEqual(["USER", "ADMIN", "HERO"]);
    const person = await createPerson();
    const admin = await createPerson({ role: "ADMIN" });
    for (const as of [person, admin]) {
      await change(as, as.id, { role: "HERO" });
      await call("PATCH", "/api/me", { as, json: { role: "HERO" } });
      const shown = { roleWas: as === person ? "USER" : "ADMIN", disabledWas: "false" };
      const form = { ...shown, role: "HERO", disabled: "false" };
      await call("POST", `/admin/users/${as.id}/account`, { as, form });
      expect(await readRole(as.id)).toMatchObject({ role: as === person ? "USER" : "ADMIN" });
    }
  });
});
