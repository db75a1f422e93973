import { env } from "cloudflare:workers";
import { scryptSync } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hashPassword } from "../../src/auth/password.ts";
import { interceptDatabase } from "../support/fault-line.ts";
import { call } from "../support/http.ts";
import { startOidcProvider } from "../support/identity-provider.ts";
import { getLinkTo } from "../support/mail.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";
import { leave, newClaims, readMe, signInElsewhere, visitorOf } from "../support/sign-in-elsewhere.ts";

const OLD = "three quiet lanterns by the lake";
const NEW = "seven loud drums on the mountain";
const oldHash = hashPassword(OLD);
const newHash = hashPassword(NEW);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Something else gets its write in, right before the write that `pattern` names. */
function overtake(pattern: RegExp, write: () => Promise<unknown>): { DB: D1Database } {
  let isDone = false;
  const DB = interceptDatabase(env.DB, async (sql, call) => {
    if (!isDone && pattern.test(sql)) {
      isDone = true;
      await write();
    }
    return call();
  });
  return { DB };
}

const OPENING = /INSERT INTO sessions/;

function run(sql: string, ...values: unknown[]) {
  return env.DB.prepare(sql)
    .bind(...values)
    .run();
}

const switchOff = (person: TestPerson) => run("UPDATE users SET disabled_at = 1 WHERE id = ?1", person.id);
const setHash = (person: TestPerson, hash: string) =>
  run("UPDATE users SET password_hash = ?2 WHERE id = ?1", person.id, hash);

async function countSessions(person: { id: string }): Promise<number | null> {
  return env.DB.prepare("SELECT count(*) AS n FROM sessions WHERE user_id = ?1")
    .bind(person.id)
    .first<number>("n");
}

function logIn(email: string, password: string, bindings = {}) {
  return call("POST", "/api/auth/login", {
    json: { email, password },
    headers: fromNewPlace(),
    env: bindings,
  });
}

describe("a sign-in by password that is overtaken", () => {
  it("by a new password opens nothing: whoever knows the old one stays outside", async () => {
    const person = await createPerson({ passwordHash: oldHash });
    const before = await countSessions(person);
    const late = overtake(OPENING, () => setHash(person, newHash));
    const response = await logIn(person.email, OLD, late);
    expect(response.status).toBe(401);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect(await countSessions(person)).toBe(before);
    expect((await logIn(person.email, NEW)).status).toBe(200);
  });

  it("by being switched off opens nothing, not even once the account is on again", async () => {
    const person = await createPerson({ passwordHash: oldHash });
    const before = await countSessions(person);
    expect(
      (
        await logIn(
          person.email,
          OLD,
          overtake(OPENING, () => switchOff(person)),
        )
      ).status,
    ).toBe(401);
    expect(await countSessions(person)).toBe(before);
  });

  it("by an erasure is refused like any other, and doesn't break", async () => {
    const person = await createPerson({ passwordHash: oldHash });
    const erase = () =>
      env.DB.batch([
        env.DB.prepare("DELETE FROM sessions WHERE user_id = ?1").bind(person.id),
        env.DB.prepare("DELETE FROM users WHERE id = ?1").bind(person.id),
      ]);
    expect((await logIn(person.email, OLD, overtake(OPENING, erase))).status).toBe(401);
  });

  it("29 by a new password never writes the old one back when its hash was of older parameters", async () => {
    const key = scryptSync(OLD, Buffer.alloc(16), 32, { cost: 16, blockSize: 8, parallelization: 1 });
    const older = `$scrypt$ln=4,r=8,p=1$${"A".repeat(22)}$${key.toString("base64").replace(/=+$/, "")}`;
    const person = await createPerson({ passwordHash: older });
    expect(
      (
        await logIn(
          person.email,
          OLD,
          overtake(OPENING, () => setHash(person, newHash)),
        )
      ).status,
    ).toBe(401);
    expect((await logIn(person.email, OLD)).status).toBe(401);
    expect((await logIn(person.email, NEW)).status).toBe(200);
  });
});

describe("another way in that is overtaken by being switched off", () => {
  it("opens nothing behind a mailed link", async () => {
    const person = await createPerson();
    await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers: fromNewPlace() });
    const { email, token } = await getLinkTo(person.email);
    const before = await countSessions(person);
    const response = await call("POST", "/api/auth/confirm", {
      json: { email, token },
      headers: fromNewPlace(),
      env: overtake(OPENING, () => switchOff(person)),
    });
    expect(response.status).toBe(401);
    expect(await countSessions(person)).toBe(before);
  });

  it("opens nothing with a provider", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const claims = newClaims();
    await signInElsewhere(provider, visitor, claims);
    const me = await readMe(visitor);
    const id = me?.user.id ?? "";
    const again = visitorOf(provider);
    const back = provider.signIn(await leave(again), claims);
    const bindings = overtake(OPENING, () => run("UPDATE users SET disabled_at = 1 WHERE id = ?1", id));
    const response = await again.call("GET", back, { env: bindings });
    expect(response.headers.get("Location")).toContain("error=AccountDisabled");
    expect(again.cookies.has("session")).toBe(false);
    expect(await countSessions({ id })).toBe(1);
  });
});

describe("a change of password that is overtaken by another one", () => {
  it("changes nothing: a thief who knows the old one can't take the new one back", async () => {
    const person = await createPerson({ passwordHash: oldHash });
    const late = overtake(/UPDATE users SET password_hash/, () => setHash(person, newHash));
    const response = await call("POST", "/account/password", {
      as: person,
      form: { current: OLD, password: "eleven pale moons over the harbour" },
      headers: fromNewPlace(),
      env: late,
    });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("This is not your password.");
    const refusal = env.DB.prepare(
      "SELECT actor_id, details FROM audit_log WHERE action = 'password.refuse'",
    );
    expect((await refusal.all()).results).toEqual([
      { actor_id: person.id, details: JSON.stringify({ cause: "overtaken" }) },
    ]);
    expect((await logIn(person.email, NEW)).status).toBe(200);
    expect((await call("GET", "/api/me", { as: person })).status).toBe(200);
  });
});
