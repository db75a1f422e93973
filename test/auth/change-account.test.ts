import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { changeRoleAndAccess } from "../../src/auth/change-account.ts";
import { findUser } from "../../src/db/users.ts";
import { call } from "../support/http.ts";
import { createPerson, openTestSession } from "../support/people.ts";

const FACTS = {
  requestId: "test",
  place: { key: "test", network: null },
  userAgent: "",
  sessionToken: undefined,
  now: Date.now(),
};

describe("changeRoleAndAccess", () => {
  it("changes nothing at all, no session either, for an actor who is no HERO in the moment of the write", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const later = await openTestSession(person.id, Date.now() + 5);
    const user = await findUser(env.DB, person.id);
    if (user === null) throw new Error("no person");
    for (const change of [
      { role: "ADMIN" as const },
      { disabled: true },
      { role: "HERO" as const, disabled: true },
    ]) {
      expect(await changeRoleAndAccess(env.DB, admin, user, change, FACTS)).toEqual({
        ok: false,
        error: "actor_is_no_hero",
      });
    }
    expect(await findUser(env.DB, person.id)).toEqual(user);
    for (const cookie of [person.cookie, later]) {
      expect((await call("GET", "/api/me", { headers: { Cookie: cookie } })).status).toBe(200);
    }
    const rows = await env.DB.prepare("SELECT count(*) AS n FROM audit_log WHERE subject_id = ?1")
      .bind(person.id)
      .first<number>("n");
    expect(rows).toBe(0);
  });

  it("does role and access in one write", async () => {
    const hero = await createPerson({ role: "HERO" });
    const person = await createPerson();
    const user = await findUser(env.DB, person.id);
    if (user === null) throw new Error("no person");
    expect((await changeRoleAndAccess(env.DB, hero, user, { role: "ADMIN", disabled: true }, FACTS)).ok).toBe(
      true,
    );
    expect(await findUser(env.DB, person.id)).toMatchObject({ role: "ADMIN", disabledAt: FACTS.now });
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
  });
});
