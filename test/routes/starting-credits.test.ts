/** Once per person, however they came: what an erasure, a changed address or a changed secret must not change. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { newId } from "../../src/ids.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { interceptDatabase } from "../support/fault-line.ts";
import { type CallOptions, call, testBindings } from "../support/http.ts";
import { startOidcProvider } from "../support/identity-provider.ts";
import { getLinkTo } from "../support/mail.ts";
import { createPerson, openTestSession, readBalance } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";
import {
  connectElsewhere,
  type Me,
  newClaims,
  readMe,
  signInElsewhere,
  visitorOf,
} from "../support/sign-in-elsewhere.ts";

const PASSWORD = "three quiet lanterns by the lake";
const NEW_SECRET = "the-secret-after-the-rotation-0123456789";

afterEach(expectBooksToBalance);
afterEach(() => {
  vi.restoreAllMocks();
});

function newEmail(): string {
  return `${newId()}@example.test`;
}

interface Arrival {
  available: number;
  /** Of the session that was opened. */
  cookie: string;
}

type Asking = "register" | "magic-link";

/** By a letter, as a program does it. */
async function arrive(
  email: string,
  asking: Asking = "register",
  settings: Partial<Bindings> = {},
): Promise<Arrival> {
  const options: CallOptions = { env: settings, headers: fromNewPlace() };
  await call("POST", `/api/auth/${asking}`, { ...options, json: { email } });
  const { token } = await getLinkTo(email.trim().toLowerCase());
  const json = asking === "register" ? { email, token, password: PASSWORD } : { email, token };
  const confirmed = await call("POST", "/api/auth/confirm", { ...options, json });
  expect(confirmed.status).toBe(200);
  const cookie = (confirmed.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
  const me = await call("GET", "/api/me", { env: settings, headers: { Cookie: cookie } });
  const { credits } = await me.json<Me>();
  return { available: credits.available, cookie };
}

async function leave(cookie: string, settings: Partial<Bindings> = {}): Promise<void> {
  const response = await call("DELETE", "/api/me", { env: settings, headers: { Cookie: cookie } });
  expect(response.status).toBe(204);
}

async function moveTo(email: string, cookie: string): Promise<void> {
  const headers = { Cookie: cookie, ...fromNewPlace() };
  const asked = await call("POST", "/api/me/email", { json: { email, current: PASSWORD }, headers });
  expect(asked.status).toBe(202);
  const { token } = await getLinkTo(email);
  expect((await call("POST", "/api/auth/confirm", { json: { email, token }, headers })).status).toBe(200);
}

describe("starting credits after an erasure", () => {
  it.each<[Asking, Asking]>([
    ["register", "register"],
    ["register", "magic-link"],
    ["magic-link", "register"],
    ["magic-link", "magic-link"],
  ])("aren't given again: first %s, then %s", async (first, second) => {
    const email = newEmail();
    const before = await arrive(email, first);
    expect(before.available).toBe(10);
    await leave(before.cookie);
    expect((await arrive(email, second)).available).toBe(0);
  });

  it("aren't given again to the same address in other letters, and are to another address", async () => {
    const email = newEmail();
    await leave((await arrive(email)).cookie);
    expect((await arrive(` ${email.toUpperCase()} `)).available).toBe(0);
    expect((await arrive(email.replace("@", "+again@"))).available).toBe(10);
  });

  it("aren't given again to somebody who comes by a provider, and leaves and comes by a letter", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    const visitor = visitorOf(provider);
    await signInElsewhere(provider, visitor, claims);
    expect((await readMe(visitor))?.credits.available).toBe(10);
    await leave(visitor.cookieHeader());
    const again = visitorOf(provider);
    expect((await signInElsewhere(provider, again, claims)).status).toBe(303);
    expect((await readMe(again))?.credits.available).toBe(0);
    await leave(again.cookieHeader());
    expect((await arrive(claims.email)).available).toBe(0);
  });

  it("aren't given again to somebody who comes by a letter, and leaves and comes by a provider", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    await leave((await arrive(claims.email)).cookie);
    const visitor = visitorOf(provider);
    await signInElsewhere(provider, visitor, claims);
    expect((await readMe(visitor))?.credits.available).toBe(0);
  });

  it("aren't given again to the address of an account that was connected at a provider", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    const { cookie } = await arrive(newEmail());
    const visitor = visitorOf(provider, cookie);
    expect((await connectElsewhere(provider, visitor, claims, PASSWORD)).status).toBe(303);
    await leave(cookie);
    const again = visitorOf(provider);
    await signInElsewhere(provider, again, claims);
    expect((await readMe(again))?.credits.available).toBe(0);
  });

  it("aren't given again to the address of an account that was connected and disconnected", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    const visitor = visitorOf(provider, (await arrive(newEmail())).cookie);
    expect((await connectElsewhere(provider, visitor, claims, PASSWORD)).status).toBe(303);
    const removed = await visitor.call("POST", "/account/providers/oidc/disconnect", { form: {} });
    expect(removed.status).toBe(303);
    const again = visitorOf(provider);
    await signInElsewhere(provider, again, claims);
    expect((await readMe(again))?.credits.available).toBe(0);
  });

  it("aren't given again however often somebody leaves and comes back", async () => {
    const email = newEmail();
    await leave((await arrive(email)).cookie);
    await leave((await arrive(email)).cookie);
    expect((await arrive(email)).available).toBe(0);
  });

  it("aren't given again to somebody who had them before addresses were remembered", async () => {
    const person = await createPerson();
    await env.DB.prepare(
      `INSERT INTO credit_entries (user_id, kind, available, held, op_key, actor_id, reason, created_at)
       VALUES (?1, 'grant', 10, 0, 'start:' || ?1, 'system', 'Starting credits', 1)`,
    )
      .bind(person.id)
      .run();
    await leave(person.cookie);
    expect((await arrive(person.email)).available).toBe(0);
  });

  it("are given to somebody who never had any", async () => {
    const email = newEmail();
    const before = await arrive(email, "register", { STARTING_CREDITS: "0" });
    expect(before.available).toBe(0);
    expect((await arrive(email, "magic-link")).available).toBe(0);
    await leave(before.cookie);
    expect((await arrive(email)).available).toBe(10);
  });

  it("are explained to whoever comes back without them, and to nobody else", async () => {
    const email = newEmail();
    const notices: string[] = [];
    for (const _ of [1, 2]) {
      await call("POST", "/api/auth/register", { json: { email }, headers: fromNewPlace() });
      const { token } = await getLinkTo(email);
      const opened = await call("POST", "/auth/confirm", { form: { email, token }, headers: fromNewPlace() });
      expect(opened.headers.get("Location")).toBe("/create");
      const cookies = opened.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
      const page = await call("GET", "/create", { headers: { Cookie: cookies.join("; ") } });
      notices.push(await page.text());
      await leave(cookies.find((cookie) => cookie.startsWith("session=")) ?? "");
    }
    expect(notices[0]).toContain("Welcome. Your account is open.");
    expect(notices[1]).toContain("Starting credits are given once, and this address has had them.");
  });
});

describe("starting credits after a change of address", () => {
  it("aren't given again to the old address, while the account lives and when it is erased", async () => {
    const [old, next] = [newEmail(), newEmail()];
    const { cookie } = await arrive(old);
    await moveTo(next, cookie);
    const second = await arrive(old);
    expect(second.available).toBe(0);
    await leave(second.cookie);
    await leave(cookie);
    expect((await arrive(old)).available).toBe(0);
  });

  it("aren't given again to the new address either: it was the same person's", async () => {
    const [old, next] = [newEmail(), newEmail()];
    const { cookie } = await arrive(old);
    await moveTo(next, cookie);
    await leave(cookie);
    expect((await arrive(next)).available).toBe(0);
  });
});

describe("starting credits after a new AUTH_SECRET", () => {
  const settings = {
    AUTH_SECRET: NEW_SECRET,
    AUTH_SECRET_PREVIOUS: `${"x".repeat(32)}, ${testBindings().AUTH_SECRET}`,
  };

  it("aren't given again while the secrets before it are known", async () => {
    const email = newEmail();
    await leave((await arrive(email)).cookie);
    expect((await arrive(email, "register", settings)).available).toBe(0);
  });

  it("aren't given again to somebody who came before it and left after it, whoever knows the old one", async () => {
    const email = newEmail();
    await leave((await arrive(email)).cookie, { AUTH_SECRET: NEW_SECRET });
    expect((await arrive(email, "register", { AUTH_SECRET: NEW_SECRET })).available).toBe(0);
  });

  it("aren't given again to somebody who has an account, whatever the secret is", async () => {
    const email = newEmail();
    await arrive(email);
    expect((await arrive(email, "magic-link", { AUTH_SECRET: NEW_SECRET })).available).toBe(10);
  });
});

describe("starting credits", () => {
  it("are given once when twenty letters' buttons and a provider open the account at once", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    const { email } = claims;
    await call("POST", "/api/auth/register", { json: { email }, headers: fromNewPlace() });
    const { token } = await getLinkTo(email);
    const visitor = visitorOf(provider);
    await Promise.all([
      signInElsewhere(provider, visitor, claims),
      ...Array.from({ length: 20 }, () =>
        call("POST", "/api/auth/confirm", { json: { email, token }, headers: fromNewPlace() }),
      ),
    ]);
    const id = await env.DB.prepare("SELECT id FROM users WHERE email = ?1").bind(email).first<string>("id");
    expect(await readBalance(id ?? "")).toEqual({ available: 10, held: 0 });
  });

  it("aren't given again after an erasure that raced with five presses of a link", async () => {
    const email = newEmail();
    const { cookie } = await arrive(email);
    await call("POST", "/api/auth/magic-link", { json: { email }, headers: fromNewPlace() });
    const { token } = await getLinkTo(email);
    const headers = { ...fromNewPlace() };
    await Promise.all([
      call("DELETE", "/api/me", { headers: { Cookie: cookie } }),
      ...Array.from({ length: 5 }, () =>
        call("POST", "/api/auth/confirm", { json: { email, token }, headers }),
      ),
    ]);
    expect(await env.DB.prepare("SELECT 1 FROM users WHERE email = ?1").bind(email).first()).toBeNull();
    expect((await arrive(email)).available).toBe(0);
  });

  it("come with the account in one write, so that nothing can break off between the two", async () => {
    const email = newEmail();
    await call("POST", "/api/auth/register", { json: { email }, headers: fromNewPlace() });
    const { token } = await getLinkTo(email);
    const findId = () =>
      env.DB.prepare("SELECT id FROM users WHERE email = ?1").bind(email).first<string>("id");
    const breaking = interceptDatabase(env.DB, (sql, run) =>
      sql.includes("INSERT INTO sessions") ? Promise.reject(new Error("broken on purpose")) : run(),
    );
    const json = { email, token };
    const broken = await call("POST", "/api/auth/confirm", { json, env: { DB: breaking } });
    expect(broken.status).toBe(500);
    expect(await findId()).toBeNull();
    expect((await call("POST", "/api/auth/confirm", { json })).status).toBe(200);
    expect(await readBalance((await findId()) ?? "")).toEqual({ available: 10, held: 0 });
  });

  it("go to whoever proves an address that somebody else had typed before", async () => {
    const [id, email] = [newId(), newEmail()];
    await env.DB.prepare("INSERT INTO users (id, email, created_at, updated_at) VALUES (?1, ?2, 1, 1)")
      .bind(id, email)
      .run();
    expect((await arrive(email)).available).toBe(10);
  });
});

describe("the fingerprint of an address", () => {
  it("is in no export, no ledger and no list, and leads to nobody in the database", async () => {
    const email = newEmail();
    const { cookie } = await arrive(email);
    const { results } = await env.DB.prepare("SELECT * FROM granted_addresses").all<Record<string, string>>();
    expect(results.length).toBeGreaterThan(0);
    for (const row of results) expect(Object.keys(row)).toEqual(["fingerprint"]);
    const admin = await createPerson({ role: "ADMIN" });
    const { id } = (await (await call("GET", "/api/me", { headers: { Cookie: cookie } })).json<Me>()).user;
    const texts = await Promise.all(
      [
        ["/api/me/export", cookie],
        ["/api/credits/entries", cookie],
        ["/account", await openTestSession(id)],
        [`/api/admin/users/${id}`, admin.cookie],
        [`/api/admin/users/${id}/entries`, admin.cookie],
        [`/admin/users/${id}`, admin.cookie],
        ["/api/admin/audit", admin.cookie],
      ].map(async ([path = "", own = ""]) => (await call("GET", path, { headers: { Cookie: own } })).text()),
    );
    for (const text of texts) {
      expect(text.length).toBeGreaterThan(20);
      for (const { fingerprint = "" } of results) expect(text).not.toContain(fingerprint);
      expect(text).not.toContain("start:");
    }
  });
});
