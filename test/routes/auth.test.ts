import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { scryptSync } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { app } from "../../src/app.ts";
import { hashPassword } from "../../src/auth/password.ts";
import { SESSION_ABSOLUTE_TTL_SECONDS, SESSION_TTL_SECONDS } from "../../src/auth/session.ts";
import { ROUTES } from "../../src/routes/access.ts";
import { watchHashing } from "../support/hashing.ts";
import { call, testBindings } from "../support/http.ts";
import { getLinkTo } from "../support/mail.ts";
import { createPerson, openTestSession, type TestPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

const PASSWORD = "correct horse battery staple";
const passwordHash = hashPassword(PASSWORD);

function logIn(email: string, password: string, headers: Record<string, string> = {}) {
  return call("POST", "/api/auth/login", { json: { email, password }, headers });
}

function cookieOf(response: Response): string {
  return (response.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
}

describe("signing in", () => {
  it("gives the person and a cookie that opens protected routes", async () => {
    const person = await createPerson({ passwordHash, credits: 7 });
    const response = await logIn(` ${person.email.toUpperCase()} `, PASSWORD);
    expect(response.status).toBe(200);
    const { user } = (await response.json()) as { user: unknown };
    expect(user).toEqual({
      id: person.id,
      email: person.email,
      name: "Test Person",
      role: "USER",
      emailVerified: true,
    });
    const me = await call("GET", "/api/me", { headers: { Cookie: cookieOf(response) } });
    expect(await me.json()).toEqual({ user, credits: { available: 7, held: 0 } });
  });

  it("15 sets a cookie that scripts can't read and other sites don't send", async () => {
    const person = await createPerson({ passwordHash });
    const cookie = (await logIn(person.email, PASSWORD)).headers.get("Set-Cookie") ?? "";
    expect(cookie).toMatch(/^session=[\w-]{43};/);
    for (const flag of ["HttpOnly", "SameSite=Lax", "Path=/", `Max-Age=${SESSION_TTL_SECONDS}`]) {
      expect(cookie).toContain(flag);
    }
    expect(cookie).not.toContain("Domain");
  });

  it("15 uses a __Host- cookie with Secure when the origin is https", async () => {
    const person = await createPerson({ passwordHash });
    const response = await call("POST", "/api/auth/login", {
      json: { email: person.email, password: PASSWORD },
      headers: { Origin: "https://eventide.example" },
      env: { APP_ORIGIN: "https://eventide.example" },
    });
    expect(response.headers.get("Set-Cookie")).toMatch(/^__Host-session=.*; Secure/);
  });

  it("16 gives 256 random bits, others each time", async () => {
    const person = await createPerson({ passwordHash });
    const tokens: string[] = [];
    for (let i = 0; i < 4; i++)
      tokens.push(cookieOf(await logIn(person.email, PASSWORD)).replace("session=", ""));
    expect(new Set(tokens).size).toBe(4);
    const bytes = tokens.map((token) => Buffer.from(token, "base64url"));
    for (const value of bytes) expect(value.length * 8).toBeGreaterThanOrEqual(256);
    // Nothing of one stands at the same place in all others: no prefix, no counter, no time.
    const isFixed = (index: number) => bytes.every((value) => value[index] === bytes[0]?.[index]);
    expect(Array.from({ length: 32 }, (_, index) => index).filter(isFixed)).toEqual([]);
  });

  it("17 stores a hash and never the token", async () => {
    const person = await createPerson({ passwordHash });
    const token = cookieOf(await logIn(person.email, PASSWORD)).replace("session=", "");
    const { results } = await env.DB.prepare("SELECT * FROM sessions WHERE user_id = ?1")
      .bind(person.id)
      .all();
    expect(JSON.stringify(results)).not.toContain(token);
  });

  it("24 answers the same for an unknown address, a wrong password, no password and a disabled person", async () => {
    const person = await createPerson({ passwordHash });
    const withoutPassword = await createPerson();
    const disabled = await createPerson({ passwordHash });
    await env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE id = ?1").bind(disabled.id).run();
    const answers = await Promise.all(
      [
        logIn("nobody@example.test", PASSWORD),
        logIn(person.email, "wrong password 123"),
        logIn(withoutPassword.email, PASSWORD),
        logIn(disabled.email, PASSWORD),
      ].map(async (response) => withoutFacts(await response)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  it("18 replaces a cookie that was there before, so that a planted session is worth nothing", async () => {
    const planted = await createPerson();
    const person = await createPerson({ passwordHash });
    const response = await logIn(person.email, PASSWORD, { Cookie: planted.cookie });
    expect(cookieOf(response)).not.toBe(planted.cookie);
    expect((await call("GET", "/api/me", { as: planted })).status).toBe(401);
  });

  it("27 refuses a password of 100 kB without making a hash of it", async () => {
    const person = await createPerson({ passwordHash });
    const listHashes = watchHashing();
    expect((await logIn(person.email, "x".repeat(100_000))).status).toBe(413);
    expect((await logIn(person.email, "x".repeat(10_000))).status).toBe(422);
    expect(listHashes()).toEqual([]);
  });

  it("59 refuses operators, lists and everything that is no text, naming the field", async () => {
    for (const json of [
      { email: { $gt: "" }, password: { $ne: null } },
      { email: ["a@example.test"], password: ["x"] },
      { email: 1, password: true },
      { email: null, password: null },
      { email: "a@example.test" },
      ["a@example.test", "x"],
      "a@example.test",
    ]) {
      for (const path of [
        "/api/auth/login",
        "/api/auth/register",
        "/api/auth/magic-link",
        "/api/auth/confirm",
      ]) {
        const isFine = path !== "/api/auth/login" && JSON.stringify(json) === '{"email":"a@example.test"}';
        if (isFine) continue;
        const response = await call("POST", path, { json, headers: fromNewPlace() });
        expect(response.status, `${path} ${JSON.stringify(json)}`).toBe(422);
        expect(((await response.json()) as { errors: unknown[] }).errors.length).toBeGreaterThan(0);
      }
    }
  });

  it("55 refuses other origins, null, and no origin at all", async () => {
    const person = await createPerson({ passwordHash });
    for (const origin of ["https://evil.test", "null", "http://eventide.test.evil.test", ""]) {
      const response = await logIn(person.email, PASSWORD, { Origin: origin });
      expect(response.status, origin).toBe(403);
      expect(await response.json()).toMatchObject({ code: "cross_origin" });
    }
  });
});

function withoutFacts(response: Response) {
  return response.json().then((body) => {
    const { requestId: _id, timestamp: _time, ...rest } = body as Record<string, unknown>;
    return rest;
  });
}

async function setSession(person: TestPerson, column: string, value: number): Promise<void> {
  await env.DB.prepare(`UPDATE sessions SET ${column} = ?2 WHERE user_id = ?1`).bind(person.id, value).run();
}

const DAY_MS = 24 * 3_600_000;

function readSessionTimes(person: TestPerson) {
  return env.DB.prepare("SELECT expires_at, last_used_at FROM sessions WHERE user_id = ?1")
    .bind(person.id)
    .first<{ expires_at: number; last_used_at: number }>();
}

describe("a session", () => {
  it("2 is refused when the cookie is garbage, oversized, empty or percent-encoded", async () => {
    for (const value of ["", "x", "x".repeat(5_000), "%00%ff", "' OR 1=1 --", "a; b", "__proto__"]) {
      const response = await call("GET", "/api/me", { headers: { Cookie: `session=${value}` } });
      expect(response.status, value).toBe(401);
    }
  });

  it.each([
    ["4 ends at its rolling end, and the cookie is cleared", "expires_at"],
    [
      "5 ends at its absolute end, however lately it was used, and the cookie is cleared",
      "absolute_expires_at",
    ],
  ])("%s", async (_name, column) => {
    const person = await createPerson();
    await setSession(person, column, Date.now() - 1);
    const response = await call("GET", "/api/me", { as: person });
    expect(response.status).toBe(401);
    expect(response.headers.get("Set-Cookie")).toMatch(
      /^session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  it("6 ends with its person, also when its row is still there", async () => {
    const person = await createPerson();
    const second = { ...person, cookie: await openTestSession(person.id) };
    expect((await call("DELETE", "/api/me", { as: second })).status).toBe(204);
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
    expect((await call("GET", "/api/me", { as: second })).status).toBe(401);
    const left = await createPerson();
    await env.DB.batch([
      env.DB.prepare("PRAGMA defer_foreign_keys = ON"),
      env.DB.prepare("DELETE FROM users WHERE id = ?1").bind(left.id),
      env.DB.prepare("UPDATE sessions SET user_id = ?2 WHERE user_id = ?1").bind(left.id, second.id),
      env.DB.prepare(
        "INSERT INTO users (id, email, disabled_at, created_at, updated_at) VALUES (?1, ?1, 1, 1, 1)",
      ).bind(second.id),
    ]);
    expect((await call("GET", "/api/me", { as: left })).status).toBe(401);
  });

  it("22 is extended once it is a day older, with its cookie, and then not again that day", async () => {
    const person = await createPerson();
    const full = SESSION_TTL_SECONDS * 1_000;
    const ask = () => call("GET", "/api/me", { as: person });
    await setSession(person, "expires_at", Date.now() + full - DAY_MS + 60_000);
    expect((await ask()).headers.get("Set-Cookie")).toBeNull();
    await setSession(person, "expires_at", Date.now() + full - DAY_MS - 60_000);
    const extended = await ask();
    expect(extended.headers.get("Set-Cookie")).toContain(`${person.cookie}; Max-Age=${SESSION_TTL_SECONDS}`);
    const times = await readSessionTimes(person);
    expect((times?.expires_at ?? 0) - Date.now()).toBeGreaterThan(full - 60_000);
    expect((await ask()).headers.get("Set-Cookie")).toBeNull();
    expect(await readSessionTimes(person)).toEqual(times);
  });

  it("22 is never extended past its absolute end", async () => {
    const person = await createPerson();
    expect((await call("GET", "/api/me", { as: person })).headers.get("Set-Cookie")).toBeNull();
    const absolute = Date.now() + 5 * DAY_MS;
    await setSession(person, "expires_at", Date.now() + 2 * DAY_MS);
    await setSession(person, "absolute_expires_at", absolute);
    const response = await call("GET", "/api/me", { as: person });
    expect(response.headers.get("Set-Cookie")).toContain(person.cookie);
    expect(await readSessionTimes(person)).toMatchObject({ expires_at: absolute });
    expect((await call("GET", "/api/me", { as: person })).headers.get("Set-Cookie")).toBeNull();
    expect(SESSION_TTL_SECONDS).toBeLessThan(SESSION_ABSOLUTE_TTL_SECONDS);
  });

  it("notes the time of its last use every ten minutes, without a new cookie or a later end", async () => {
    const person = await createPerson();
    const before = await readSessionTimes(person);
    await call("GET", "/api/me", { as: person });
    expect(await readSessionTimes(person)).toEqual(before);
    await setSession(person, "last_used_at", Date.now() - 11 * 60_000);
    expect((await call("GET", "/api/me", { as: person })).headers.get("Set-Cookie")).toBeNull();
    const after = await readSessionTimes(person);
    expect(after?.expires_at).toBe(before?.expires_at);
    expect(Date.now() - (after?.last_used_at ?? 0)).toBeLessThan(60_000);
  });

  it("7 stops working at the next request when its person is disabled or deleted", async () => {
    const person = await createPerson();
    await env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE id = ?1").bind(person.id).run();
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
  });

  async function askAs(person: TestPerson, role: string): Promise<number> {
    await env.DB.prepare("UPDATE users SET role = ?2 WHERE id = ?1").bind(person.id, role).run();
    return (await call("GET", "/api/admin/users", { as: person })).status;
  }

  it("9 opens more at the next request after a promotion, without a new sign-in", async () => {
    const person = await createPerson();
    expect(await askAs(person, "USER")).toBe(403);
    expect(await askAs(person, "ADMIN")).toBe(200);
  });

  it("10 opens less at the next request after a demotion", async () => {
    const person = await createPerson();
    expect(await askAs(person, "ADMIN")).toBe(200);
    expect(await askAs(person, "USER")).toBe(403);
  });

  it("19 is dead on the server after signing out, by API and by form, and others live on", async () => {
    for (const path of ["/api/auth/logout", "/signout"]) {
      const person = await createPerson();
      const second = { ...person, cookie: await openTestSession(person.id) };
      const left = await call("POST", path, { as: person });
      expect(left.status).toBeLessThan(400);
      expect(left.headers.get("Set-Cookie")).toContain("session=; Max-Age=0");
      expect((await call("GET", "/api/me", { as: person })).status, path).toBe(401);
      expect((await call("GET", "/api/me", { as: second })).status, path).toBe(200);
    }
  });

  it("leads on to where its button says after signing out, and only within this site", async () => {
    for (const [next, expected] of [
      ["/gallery?q=cake", "/gallery?q=cake"],
      ["//evil.test", "/"],
      ["https://evil.test/", "/"],
    ] as const) {
      const path = `/signout?${new URLSearchParams({ next })}`;
      const left = await call("POST", path, { as: await createPerson(), form: {} });
      expect(left.headers.get("Location"), next).toBe(expected);
    }
  });

  it("20 is dead with all others of its person after signing out everywhere, and nobody else's is", async () => {
    for (const path of ["/api/auth/logout-everywhere", "/account/signout-everywhere"]) {
      const person = await createPerson();
      const neighbour = await createPerson();
      const others = [await openTestSession(person.id), await openTestSession(person.id)];
      expect((await call("POST", path, { as: person })).status).toBeLessThan(400);
      for (const cookie of [person.cookie, ...others]) {
        expect((await call("GET", "/api/me", { headers: { Cookie: cookie } })).status, path).toBe(401);
      }
      expect((await call("GET", "/api/me", { as: neighbour })).status).toBe(200);
    }
  });

  it("23 keeps its answers out of caches, whatever they are", async () => {
    const hero = await createPerson({ role: "HERO" });
    const reads = ROUTES.filter(
      ({ method, kind, access }) => method === "GET" && kind !== "bytes" && access !== "public",
    );
    expect(reads.length).toBeGreaterThan(30);
    for (const { path } of reads) {
      const response = await call("GET", path.replaceAll(/:[a-z]+/gi, hero.id), { as: hero });
      expect(response.headers.get("Cache-Control"), path).toBe("no-store");
      await response.body?.cancel();
    }
  });
});

describe("a stored password", () => {
  async function readHash(id: string): Promise<string> {
    const hash = await env.DB.prepare("SELECT password_hash FROM users WHERE id = ?1")
      .bind(id)
      .first("password_hash");
    return String(hash);
  }

  it("28 is a PHC string with scrypt's parameters, and two equal ones differ", async () => {
    const hashes: string[] = [];
    for (const person of [await createPerson(), await createPerson()]) {
      const headers = fromNewPlace();
      await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers });
      const { email, token } = await getLinkTo(person.email);
      const json = { email, token, password: "three quiet lanterns by the lake" };
      expect((await call("POST", "/api/auth/confirm", { json, headers })).status).toBe(200);
      hashes.push(await readHash(person.id));
    }
    for (const hash of hashes) {
      expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    }
    const [salts, keys] = [3, 4].map((part) => new Set(hashes.map((hash) => hash.split("$")[part])));
    expect([salts?.size, keys?.size]).toEqual([2, 2]);
  });

  it("29 of older parameters still signs in and is hashed anew", async () => {
    const older = scryptSync(PASSWORD, Buffer.alloc(16), 32, { cost: 16, blockSize: 8, parallelization: 1 });
    const key = older.toString("base64").replace(/=+$/, "");
    const person = await createPerson({ passwordHash: `$scrypt$ln=4,r=8,p=1$${"A".repeat(22)}$${key}` });
    expect((await logIn(person.email, `${PASSWORD}!`)).status).toBe(401);
    expect(await readHash(person.id)).toMatch(/^\$scrypt\$ln=4,/);
    expect((await logIn(person.email, PASSWORD)).status).toBe(200);
    expect(await readHash(person.id)).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    expect((await logIn(person.email, PASSWORD)).status).toBe(200);
  });
});

describe("another secret", () => {
  it("61 keeps sessions, keys and mailed links", async () => {
    const person = await createPerson();
    const json = { name: "Backup", scopes: ["read"] };
    const made = await call("POST", "/api/me/keys", { as: person, json });
    const { key } = (await made.json()) as { key: string };
    await call("POST", "/api/auth/magic-link", { json: { email: person.email } });
    const { email, token } = await getLinkTo(person.email);
    const rotated = { AUTH_SECRET: "another-secret-that-is-long-enough-0123456789" };
    expect((await call("GET", "/api/me", { as: person, env: rotated })).status).toBe(200);
    const headers = { Authorization: `Bearer ${key}` };
    expect((await call("GET", "/api/me", { headers, env: rotated })).status).toBe(200);
    const confirmed = await call("POST", "/api/auth/confirm", { json: { email, token }, env: rotated });
    expect(confirmed.status).toBe(200);
  });
});

describe("a wrong APP_ORIGIN", () => {
  const wrong = { APP_ORIGIN: "http://other.test" };

  it("60 closes what changes something, and tells the person and the log where the site is set up to be", async () => {
    const alarm = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const person = await createPerson({ passwordHash });
    const form = { email: person.email, password: PASSWORD, next: "/" };
    const response = await call("POST", "/signin", { form, env: wrong });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("set up for http://other.test");
    expect(alarm.mock.calls.flat().join()).toContain('"field":"APP_ORIGIN"');
    alarm.mockRestore();
  });

  it("is named by health, which knows that the loopback has several names", async () => {
    const health = await call("GET", "/api/health", { env: wrong });
    expect(await health.json()).toMatchObject({ status: "ok", warnings: [{ field: "APP_ORIGIN" }] });
    const local = await app.fetch(
      new Request("http://127.0.0.1:8787/api/health"),
      testBindings({ APP_ORIGIN: "http://localhost:8787" }),
      createExecutionContext(),
    );
    expect(await local.json()).not.toHaveProperty("warnings");
  });
});

describe("every answer", () => {
  it("58 says how it may be used: not framed, not sniffed, scripts from here only, https for good", async () => {
    const request = new Request("https://eventide.example/", { headers: { Accept: "text/html" } });
    const bindings = testBindings({ APP_ORIGIN: "https://eventide.example" });
    const response = await app.fetch(request, bindings, createExecutionContext());
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "form-action 'self'",
    ]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toContain("unsafe-inline");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("X-Frame-Options")).toBe("DENY");
    expect(response.headers.get("Referrer-Policy")).toBe("same-origin");
    expect(response.headers.get("Strict-Transport-Security")).toMatch(/^max-age=\d{8}/);
  });
});

describe("the sign-in page", () => {
  it("56 leads back to the page that was asked for, and only within this site", async () => {
    const person = await createPerson({ passwordHash });
    const cases: Record<string, string> = {
      "/gallery?q=cake": "/gallery?q=cake",
      "https://evil.test/": "/",
      "//evil.test": "/",
      "/\\evil.test": "/",
      "/\t/evil.test": "/",
      "javascript:alert(1)": "/",
      "/.//evil.test": "/",
      "/..//evil.test": "/",
      "/x/..//evil.test": "/",
      "/account/../..//evil.test": "/",
      "/.\\/evil.test": "/",
      "/%2e//evil.test": "/",
      "/gallery/../create": "/create",
      "http://eventide.test.evil.test/": "/",
      "http://eventide.test@evil.test/": "/",
      "/%0d%0aSet-Cookie:%20session=planted": "/%0d%0aSet-Cookie:%20session=planted",
      "/\r\nSet-Cookie: session=planted": "/",
      [`/gallery?q=${"x".repeat(2000)}`]: "/",
      "": "/",
    };
    for (const [next, expected] of Object.entries(cases)) {
      const form = { email: person.email, password: PASSWORD, next };
      const response = await call("POST", "/signin", { form });
      expect(response.status).toBe(303);
      expect(response.headers.get("Location"), next).toBe(expected);
      expect(response.headers.getSetCookie()).toHaveLength(1);
      // Whoever is signed in already is sent on at once.
      const signedIn = await call("GET", `/signin?${new URLSearchParams({ next })}`, { as: person });
      expect(signedIn.headers.get("Location"), next).toBe(expected);
    }
  });

  it("says what a form is sent as, to whoever sends something else", async () => {
    const response = await call("POST", "/signin", { json: {} });
    expect(response.status).toBe(415);
    expect(await response.text()).toContain("application/x-www-form-urlencoded");
  });

  it("keeps the address, never the password, when they don't match", async () => {
    const form = { email: "some.one@example.test", password: "not the password!", next: "/" };
    const response = await call("POST", "/signin", { form });
    expect(response.status).toBe(401);
    const page = await response.text();
    expect(page).toContain("some.one@example.test");
    expect(page).not.toContain("not the password!");
  });
});
