import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { buildMakeHeroSql } from "../../src/db/make-hero.ts";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { createPerson, openTestSession } from "../support/people.ts";

async function run(email: string): Promise<unknown[]> {
  const results = await env.DB.batch(buildMakeHeroSql(email).map((sql) => env.DB.prepare(sql)));
  return results.at(-1)?.results ?? [];
}

function countAudit(userId: string) {
  return env.DB.prepare(
    "SELECT count(*) AS n FROM audit_log WHERE subject_id = ?1 AND action = 'role.change'",
  )
    .bind(userId)
    .first<number>("n");
}

describe("the command that makes a HERO", () => {
  it("makes one of somebody who has confirmed their address, and says so in the audit log once", async () => {
    const person = await createPerson();
    const later = await openTestSession(person.id, Date.now() + 5);
    for (let i = 0; i < 2; i++)
      expect(await run(person.email)).toMatchObject([{ id: person.id, role: "HERO" }]);
    expect(await countAudit(person.id)).toBe(1);
    expect((await call("GET", "/api/admin/users", { as: person })).status).toBe(401);
    expect((await call("GET", "/api/admin/users", { headers: { Cookie: later } })).status).toBe(200);
  });

  it("changes nothing for an address that is unknown, not confirmed, or switched off", async () => {
    const person = await createPerson();
    const disabled = await createPerson();
    await env.DB.prepare("UPDATE users SET email_verified_at = NULL WHERE id = ?1").bind(person.id).run();
    await env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE id = ?1").bind(disabled.id).run();
    for (const email of [`${newId()}@example.test`, person.email, disabled.email])
      expect(await run(email)).toEqual([]);
    expect(await countAudit(person.id)).toBe(0);
  });

  it("takes an apostrophe as a letter", async () => {
    const person = await createPerson();
    const email = `o'${person.email}`;
    await env.DB.prepare("UPDATE users SET email = ?2 WHERE id = ?1").bind(person.id, email).run();
    expect(await run(email)).toMatchObject([{ id: person.id }]);
    expect(await run("x' OR '1'='1")).toEqual([]);
  });
});
