import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { interceptDatabase } from "../support/fault-line.ts";
import { call } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";

interface AccountForm {
  role: string;
  disabled: string;
  roleWas: string;
  disabledWas: string;
  accountReason: string;
}

const SHOWN = { role: "USER", disabled: "false", roleWas: "USER", disabledWas: "false" };

function save(as: TestPerson, person: { id: string }, form: Partial<AccountForm>, bindings = {}) {
  return call("POST", `/admin/users/${person.id}/account`, {
    as,
    form: { accountReason: "", ...form },
    env: bindings,
  });
}

function readAccount(person: { id: string }) {
  return env.DB.prepare("SELECT role, disabled_at IS NOT NULL AS disabled FROM users WHERE id = ?1")
    .bind(person.id)
    .first<{ role: string; disabled: number }>();
}

async function listActions(person: { id: string }): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT action FROM audit_log WHERE subject_id = ?1 ORDER BY id")
    .bind(person.id)
    .all<{ action: string }>();
  return results.map(({ action }) => action);
}

async function meet() {
  const [one, other] = [await createPerson({ role: "HERO" }), await createPerson({ role: "HERO" })];
  return { one, other, person: await createPerson() };
}

describe("the form of role and access, opened before somebody else changed the account", () => {
  it("says what it showed", async () => {
    const { one, person } = await meet();
    const page = await (await call("GET", `/admin/users/${person.id}`, { as: one })).text();
    expect(page).toContain('<input type="hidden" name="roleWas" value="USER"/>');
    expect(page).toContain('<input type="hidden" name="disabledWas" value="false"/>');
  });

  it("leaves a disabled account disabled when it changes the role only", async () => {
    const { one, other, person } = await meet();
    expect((await save(one, person, { ...SHOWN, disabled: "true" })).status).toBe(303);
    expect((await save(other, person, { ...SHOWN, role: "ADMIN" })).status).toBe(303);
    expect(await readAccount(person)).toEqual({ role: "ADMIN", disabled: 1 });
    expect(await listActions(person)).toEqual(["account.disable", "role.change"]);
  });

  it("leaves a new role alone when it changes the access only", async () => {
    const { one, other, person } = await meet();
    expect((await save(one, person, { ...SHOWN, role: "ADMIN" })).status).toBe(303);
    expect((await save(other, person, { ...SHOWN, disabled: "true" })).status).toBe(303);
    expect(await readAccount(person)).toEqual({ role: "ADMIN", disabled: 1 });
  });

  it("changes nothing when nothing was chosen in it", async () => {
    const { one, other, person } = await meet();
    await save(one, person, { ...SHOWN, role: "ADMIN", disabled: "true" });
    expect((await save(other, person, SHOWN)).status).toBe(303);
    expect(await readAccount(person)).toEqual({ role: "ADMIN", disabled: 1 });
    expect(await listActions(person)).toEqual(["role.change", "account.disable"]);
  });

  it("is answered 409 with the present values when both changed the same", async () => {
    const { one, other, person } = await meet();
    await save(one, person, { ...SHOWN, role: "ADMIN", disabled: "true" });
    const refused = await save(other, person, { ...SHOWN, role: "HERO", accountReason: "a good organiser" });
    expect(refused.status).toBe(409);
    const page = await refused.text();
    expect(page).toContain("This account was changed since you looked at it");
    expect(page).toContain('value="a good organiser"');
    expect(page).toContain("the role is ADMIN now, and the account is switched off");
    expect(page).toContain('name="roleWas" value="ADMIN"');
    expect(page).toContain('name="disabledWas" value="true"');
    expect(await readAccount(person)).toEqual({ role: "ADMIN", disabled: 1 });
  });

  it("is done when what it asks for is so already: sent twice, it changes once", async () => {
    const { one, person } = await meet();
    const twice = [await save(one, person, { ...SHOWN, disabled: "true" })];
    twice.push(await save(one, person, { ...SHOWN, disabled: "true" }));
    expect(twice.map(({ status }) => status)).toEqual([303, 303]);
    expect(await listActions(person)).toEqual(["account.disable"]);
  });

  it.each([
    ["nothing of what it showed", { role: "USER", disabled: "false" }],
    ["no access", { role: "USER", roleWas: "USER", disabledWas: "true" }],
    ["an access that there isn't", { ...SHOWN, disabled: "perhaps" }],
  ])("is refused in words when it says %s", async (_what, form) => {
    const { one, person } = await meet();
    await save(one, person, { ...SHOWN, disabled: "true" });
    const refused = await save(one, person, form);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("Open this page again");
    expect(await readAccount(person)).toEqual({ role: "USER", disabled: 1 });
  });
});

describe("two HEROes who change one account at once", () => {
  /** The other one's write comes right before this one's, and after this one has read the account. */
  function overtake(write: () => Promise<unknown>): { DB: D1Database } {
    let isDone = false;
    const DB = interceptDatabase(env.DB, async (sql, run) => {
      if (!isDone && sql.startsWith("UPDATE users SET role")) {
        isDone = true;
        await write();
      }
      return run();
    });
    return { DB };
  }

  it("lose nothing of each other's when they change different things", async () => {
    const { one, other, person } = await meet();
    const late = overtake(() => save(one, person, { ...SHOWN, disabled: "true" }));
    expect((await save(other, person, { ...SHOWN, role: "ADMIN" }, late)).status).toBe(303);
    expect(await readAccount(person)).toEqual({ role: "ADMIN", disabled: 1 });
  });

  it("are told when they change the same: the second one changes and records nothing", async () => {
    const { one, other, person } = await meet();
    const late = overtake(() => save(one, person, { ...SHOWN, role: "ADMIN" }));
    const refused = await save(other, person, { ...SHOWN, role: "HERO" }, late);
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain("the role is ADMIN now");
    expect(await readAccount(person)).toEqual({ role: "ADMIN", disabled: 0 });
    expect(await listActions(person)).toEqual(["role.change"]);
  });

  it("are told so by the JSON API as well", async () => {
    const { one, other, person } = await meet();
    const late = overtake(() => save(one, person, { ...SHOWN, role: "ADMIN" }));
    const refused = await call("PATCH", `/api/admin/users/${person.id}`, {
      as: other,
      json: { role: "HERO" },
      env: late,
    });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      code: "conflict",
      detail: expect.stringContaining("ADMIN"),
    });
  });
});
