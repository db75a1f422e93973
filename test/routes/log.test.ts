import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hashPassword } from "../../src/auth/password.ts";
import { newId } from "../../src/ids.ts";
import { interceptDatabase } from "../support/fault-line.ts";
import { call } from "../support/http.ts";
import { startOidcProvider } from "../support/identity-provider.ts";
import { getLinkTo } from "../support/mail.ts";
import { createPerson } from "../support/people.ts";
import { fromNewPlace, fromPlace } from "../support/places.ts";
import { leave, newClaims, visitorOf } from "../support/sign-in-elsewhere.ts";

const PASSWORD = "three quiet lanterns by the lake";
const passwordHash = hashPassword(PASSWORD);
const ADDRESS = "203.0.113.77";

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  for (const level of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((...args: unknown[]) => {
      lines.push(args.map(String).join(" "));
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

function expectUnlogged(secrets: readonly string[]): void {
  const text = lines.join("\n");
  expect(text).toContain('"event":"request"');
  for (const secret of secrets) {
    expect(secret.length, "an empty text would be found everywhere").toBeGreaterThan(5);
    expect(text.includes(secret), `the log holds ${secret}`).toBe(false);
    expect(text.includes(encodeURIComponent(secret)), `the log holds ${secret}, encoded`).toBe(false);
  }
}

describe("64 the log", () => {
  it("holds no password, no cookie, no address of a person or a machine when somebody signs in or fails to", async () => {
    const person = await createPerson({ passwordHash });
    const unknown = `${newId()}@example.test`;
    const tokens: string[] = [];
    for (const [email, password] of [
      [person.email, PASSWORD],
      [person.email, `${PASSWORD}!`],
      [unknown, PASSWORD],
    ] as const) {
      const json = { email, password };
      const response = await call("POST", "/api/auth/login", { json, headers: fromPlace(ADDRESS) });
      tokens.push((/session=([\w-]+)/.exec(response.headers.get("Set-Cookie") ?? "") ?? [])[1] ?? "");
      await call("POST", "/signin", { form: { ...json, next: "/" }, headers: fromPlace(ADDRESS) });
    }
    const secrets = tokens.filter((token) => token !== "");
    expect(secrets).toHaveLength(1);
    expectUnlogged([person.email, unknown, PASSWORD, ADDRESS, ...secrets]);
  });

  it("holds no token of a letter, whether it works, is dead, or is somebody else's", async () => {
    const person = await createPerson();
    const headers = fromNewPlace();
    await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers });
    const link = await getLinkTo(person.email);
    await call("GET", link.path);
    for (const email of ["other@example.test", link.email, link.email]) {
      await call("POST", "/auth/confirm", {
        form: { email, token: link.token, password: PASSWORD },
        headers,
      });
    }
    expectUnlogged([person.email, link.token, PASSWORD]);
  });

  it("holds no code, state, token, subject or address of a provider", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const claims = newClaims();
    const back = provider.signIn(await leave(visitor), claims);
    await visitor.call("GET", back);
    await visitorOf(provider).call("GET", back);
    const query = new URL(back, "http://eventide.test").searchParams;
    const session = visitor.cookies.get("session") ?? "";
    expectUnlogged([query.get("code") ?? "", query.get("state") ?? "", claims.email, claims.sub, session]);
  });

  it("holds no key of a program, whether it is known or not", async () => {
    const person = await createPerson();
    const json = { name: "Backup of the fair", scopes: ["read"] };
    const made = await call("POST", "/api/me/keys", { as: person, json, headers: fromNewPlace() });
    const { key } = (await made.json()) as { key: string };
    for (const bearer of [key, `${key}x`, "evk_not-a-key-at-all"]) {
      await call("GET", "/api/me", { headers: { Authorization: `Bearer ${bearer}` } });
    }
    expectUnlogged([key, key.slice(4), "not-a-key-at-all", person.email]);
  });

  it("holds no parameter of a query that failed", async () => {
    const person = await createPerson({ passwordHash });
    const breakQuery = (start: RegExp) => ({
      DB: interceptDatabase(env.DB, (sql, call) =>
        start.test(sql) ? Promise.reject(new Error("D1_ERROR: Network connection lost.")) : call(),
      ),
    });
    const login = await call("POST", "/api/auth/login", {
      json: { email: person.email, password: PASSWORD },
      headers: fromNewPlace(),
      env: breakQuery(/^select "id", "password_hash"/),
    });
    expect(login.status).toBe(503);
    const me = await call("GET", "/api/me", { as: person, env: breakQuery(/from "sessions"/) });
    expect(me.status).toBe(503);
    const { results } = await env.DB.prepare("SELECT token_hash AS hash FROM sessions WHERE user_id = ?1")
      .bind(person.id)
      .all<{ hash: string }>();
    expect(lines.join("\n")).toContain("Network connection lost");
    expectUnlogged([person.email, PASSWORD, ...results.map(({ hash }) => hash)]);
  });
});
