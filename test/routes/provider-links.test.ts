import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hashPassword } from "../../src/auth/password.ts";
import { type ScriptedProvider, startGoogle, startOidcProvider } from "../support/identity-provider.ts";
import { listLettersTo } from "../support/mail.ts";
import { createPerson, openTestSession, readBalance, type TestPerson } from "../support/people.ts";
import {
  connectElsewhere,
  expectRefused,
  leave,
  newClaims,
  readMe,
  signInElsewhere,
  visitorOf,
} from "../support/sign-in-elsewhere.ts";
import type { Visitor } from "../support/visitor.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const PASSWORD = "correct horse battery staple";
const passwordHash = hashPassword(PASSWORD);

async function listLinks(userId: string): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT provider FROM provider_accounts WHERE user_id = ?1 ORDER BY provider",
  )
    .bind(userId)
    .all<{ provider: string }>();
  return results.map((row) => row.provider);
}

async function countPeople(email: string): Promise<number> {
  const row = await env.DB.prepare("SELECT count(*) AS people FROM users WHERE email = ?1")
    .bind(email)
    .first<{ people: number }>();
  return row?.people ?? 0;
}

/** What the account page says at its top after a redirect. */
async function readNotice(visitor: Visitor): Promise<string> {
  const page = await (await visitor.call("GET", "/account")).text();
  return /class="notice [^>]*>.*?<p>(.*?)<\/p>/s.exec(page)?.[1] ?? "";
}

/** Somebody who came by the provider and has never had a letter from us. */
async function createProviderPerson(provider: ScriptedProvider) {
  const visitor = visitorOf(provider);
  const claims = newClaims();
  await signInElsewhere(provider, visitor, claims);
  const me = await readMe(visitor);
  if (me === null) throw new Error("createProviderPerson: not signed in");
  return { visitor, claims, id: me.user.id };
}

describe("49 an address that has an account here", () => {
  it("is not linked when its owner has proven it, and the page says what to do", async () => {
    const provider = startOidcProvider();
    const person = await createPerson({ passwordHash });
    const visitor = visitorOf(provider);
    const response = await signInElsewhere(provider, visitor, newClaims({ email: person.email }));
    await expectRefused(response, visitor, "OAuthAccountNotLinked", "Sign in to it first");
    expect(await listLinks(person.id)).toEqual([]);
    expect(await countPeople(person.email)).toBe(1);
  });

  it("is not linked either when the account came by another provider", async () => {
    const google = startGoogle();
    const first = visitorOf(google);
    const claims = newClaims();
    await signInElsewhere(google, first, claims, "google");
    vi.restoreAllMocks();
    const other = startOidcProvider();
    const visitor = visitorOf(other);
    const response = await signInElsewhere(other, visitor, newClaims({ email: claims.email }));
    await expectRefused(response, visitor, "OAuthAccountNotLinked", "Sign in to it first");
  });

  it("finds the account also when the provider writes the address in other letters", async () => {
    const provider = startOidcProvider();
    const person = await createPerson();
    const visitor = visitorOf(provider);
    const email = ` ${person.email.toUpperCase()} `;
    const response = await signInElsewhere(provider, visitor, newClaims({ email }));
    await expectRefused(response, visitor, "OAuthAccountNotLinked", "Sign in to it first");
    expect(await countPeople(person.email)).toBe(1);
  });

  it("32 is taken from whoever attached a password, a session, a key and a link to it without proof", async () => {
    const provider = startOidcProvider();
    const squatter = await createPerson({ passwordHash });
    await env.DB.batch([
      env.DB.prepare("UPDATE users SET email_verified_at = NULL WHERE id = ?1").bind(squatter.id),
      env.DB.prepare(
        "INSERT INTO provider_accounts (provider, provider_account_id, user_id, email, created_at) VALUES ('google', ?1, ?1, 'squatter@example.test', 1)",
      ).bind(squatter.id),
      env.DB.prepare(
        "INSERT INTO passkeys (credential_id, user_id, public_key, created_at) VALUES (?1, ?1, 'x', 1)",
      ).bind(squatter.id),
    ]);
    const owner = visitorOf(provider);
    await signInElsewhere(provider, owner, newClaims({ email: squatter.email }));
    expect((await readMe(owner))?.user).toMatchObject({ email: squatter.email, emailVerified: true });
    expect(await readMe(visitorOf(provider, squatter.cookie))).toBeNull();
    expect(await listLinks(squatter.id)).toEqual(["oidc"]);
    const left = await env.DB.prepare(
      "SELECT password_hash AS hash, (SELECT count(*) FROM passkeys WHERE user_id = ?1) AS passkeys FROM users WHERE id = ?1",
    )
      .bind(squatter.id)
      .first();
    expect(left).toEqual({ hash: null, passkeys: 0 });
  });

  it("7 doesn't open for a person who is switched off, whether linked or not", async () => {
    const provider = startOidcProvider();
    const { claims, id } = await createProviderPerson(provider);
    await env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE id = ?1").bind(id).run();
    const again = visitorOf(provider);
    const response = await signInElsewhere(provider, again, claims);
    await expectRefused(response, again, "AccountDisabled", "switched off");
    const unproven = await createPerson();
    await env.DB.prepare("UPDATE users SET disabled_at = 1, email_verified_at = NULL WHERE id = ?1")
      .bind(unproven.id)
      .run();
    const visitor = visitorOf(provider);
    const refused = await signInElsewhere(provider, visitor, newClaims({ email: unproven.email }));
    await expectRefused(refused, visitor, "AccountDisabled", "switched off");
  });
});

describe("50 somebody who is signed in", () => {
  it("is not linked to an unknown account, and nobody is made, without an intent", async () => {
    const provider = startOidcProvider();
    const person = await createPerson();
    const visitor = visitorOf(provider, person.cookie);
    const claims = newClaims();
    const response = await signInElsewhere(provider, visitor, claims);
    expect(response.headers.get("Location")).toBe("/account");
    expect(await readNotice(visitor)).toContain("You are signed in to another account");
    expect(await listLinks(person.id)).toEqual([]);
    expect(await countPeople(claims.email)).toBe(0);
    expect((await readMe(visitor))?.user.id).toBe(person.id);
  });

  it("doesn't become somebody else without an intent", async () => {
    const provider = startOidcProvider();
    const zed = await createProviderPerson(provider);
    const alice = await createPerson();
    const visitor = visitorOf(provider, alice.cookie);
    await signInElsewhere(provider, visitor, zed.claims);
    expect((await readMe(visitor))?.user.id).toBe(alice.id);
    expect(await listLinks(alice.id)).toEqual([]);
  });

  it("is linked with an intent, whatever the address there is, and can come in by it", async () => {
    const provider = startOidcProvider();
    const person = await createPerson();
    const visitor = visitorOf(provider, person.cookie);
    const claims = newClaims();
    const response = await connectElsewhere(provider, visitor, claims);
    expect(response.headers.get("Location")).toBe("/account");
    expect(await readNotice(visitor)).toBe("Test ID now opens your account.");
    expect(await listLinks(person.id)).toEqual(["oidc"]);
    expect(visitor.cookieHeader()).toContain(person.cookie);
    const other = visitorOf(provider);
    await signInElsewhere(provider, other, claims);
    expect((await readMe(other))?.user).toMatchObject({ id: person.id, email: person.email });
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 0 });
  });

  it("is told by mail about a new way in, and again when it is gone", async () => {
    const provider = startOidcProvider();
    const person = await createPerson({ passwordHash });
    const visitor = visitorOf(provider, person.cookie);
    await connectElsewhere(provider, visitor, newClaims(), PASSWORD);
    await visitor.call("POST", "/account/providers/oidc/disconnect", { form: {} });
    const letters = await listLettersTo(person.email);
    expect(letters.map((letter) => letter.subject)).toEqual([
      "How you sign in was changed",
      "How you sign in was changed",
    ]);
    expect(letters[0]?.text).toContain("Test ID was disconnected from your account");
    expect(letters[1]?.text).toContain("Test ID was connected to your account");
  });

  it("gives the password first, where there is one: a session alone adds no way in", async () => {
    const provider = startOidcProvider();
    const person = await createPerson({ passwordHash });
    const visitor = visitorOf(provider, person.cookie);
    const path = "/account/providers/oidc/connect";
    expect(await (await visitor.call("GET", path)).text()).toContain('name="current"');
    for (const current of ["", "another password"]) {
      const refused = await visitor.call("POST", path, { form: { current } });
      expect(refused.status).toBe(422);
      expect(await refused.text()).toContain("This is not your password.");
    }
    expect(provider.asked).toEqual([]);
    for (let attempt = 0; attempt < 3; attempt++)
      await visitor.call("POST", path, { form: { current: "no" } });
    const limited = await visitor.call("POST", path, { form: { current: PASSWORD } });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await limited.text()).toContain("too many attempts");
  });

  it("is asked for no password when there is none", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider, (await createPerson()).cookie);
    const page = await visitor.call("GET", "/account/providers/oidc/connect");
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain('name="current"');
  });

  async function connectWith(spoil: (visitor: Visitor, person: TestPerson) => Promise<void>) {
    const provider = startOidcProvider();
    const person = await createPerson();
    const visitor = visitorOf(provider, person.cookie);
    const back = provider.signIn(await leave(visitor, "/account/providers/oidc/connect"), newClaims());
    await spoil(visitor, person);
    const response = await visitor.call("GET", back);
    return { person, response, visitor };
  }

  it.each([
    [
      "somebody else is signed in by then",
      async (visitor: Visitor) => {
        visitor.cookies.set("session", (await createPerson()).cookie.replace("session=", ""));
      },
    ],
    [
      "it is another session of the same person",
      async (visitor: Visitor, person: TestPerson) => {
        visitor.cookies.set("session", (await openTestSession(person.id)).replace("session=", ""));
      },
    ],
  ])("is not linked by an intent when %s", async (_case, spoil) => {
    const { person, response, visitor } = await connectWith(spoil);
    expect(response.headers.get("Location")).toBe("/account");
    expect(await readNotice(visitor)).toContain("began in another browser");
    expect(await listLinks(person.id)).toEqual([]);
  });

  it("is not linked by an intent after signing out: the sign-in page says to start again", async () => {
    const { person, response, visitor } = await connectWith(async (signedIn) => {
      await signedIn.call("POST", "/signout", { form: {} });
    });
    await expectRefused(response, visitor, "SignInLost", "began in another browser");
    expect(await listLinks(person.id)).toEqual([]);
  });

  it("is not linked when an intent meets the way back of a sign-in that somebody else began", async () => {
    const provider = startOidcProvider();
    const person = await createPerson();
    const visitor = visitorOf(provider, person.cookie);
    await leave(visitor, "/account/providers/oidc/connect");
    const attacker = visitorOf(provider);
    const back = provider.signIn(await leave(attacker), newClaims());
    await visitor.call("GET", back);
    expect(await listLinks(person.id)).toEqual([]);
  });

  it("keeps an account that opens somebody else's account where it is", async () => {
    const provider = startOidcProvider();
    const zed = await createProviderPerson(provider);
    const alice = await createPerson();
    const visitor = visitorOf(provider, alice.cookie);
    await connectElsewhere(provider, visitor, zed.claims);
    expect(await readNotice(visitor)).toContain("opens another account here");
    expect(await listLinks(alice.id)).toEqual([]);
    expect(await listLinks(zed.id)).toEqual(["oidc"]);
  });

  it("has one account at each provider, and linking the same one again changes nothing", async () => {
    const provider = startOidcProvider();
    const person = await createPerson();
    const visitor = visitorOf(provider, person.cookie);
    const claims = newClaims();
    await connectElsewhere(provider, visitor, claims);
    await connectElsewhere(provider, visitor, claims);
    expect(await readNotice(visitor)).toBe("Test ID now opens your account.");
    await connectElsewhere(provider, visitor, newClaims());
    expect(await readNotice(visitor)).toContain("Another Test ID account is connected already");
    expect(await listLinks(person.id)).toEqual(["oidc"]);
    expect(await listLettersTo(person.email)).toHaveLength(1);
  });

  it("links one of two accounts that arrive at once", async () => {
    const provider = startOidcProvider();
    const person = await createPerson();
    const cookies = [person.cookie, await openTestSession(person.id)];
    const visitors = cookies.map((cookie) => visitorOf(provider, cookie));
    const backs: string[] = [];
    for (const visitor of visitors) {
      const location = await leave(visitor, "/account/providers/oidc/connect");
      backs.push(provider.signIn(location, newClaims()));
    }
    await Promise.all(visitors.map((visitor, index) => visitor.call("GET", backs[index] ?? "")));
    const notices = await Promise.all(visitors.map(readNotice));
    expect(notices.filter((notice) => notice === "Test ID now opens your account.")).toHaveLength(1);
    expect(await listLinks(person.id)).toEqual(["oidc"]);
  });

  it("is not linked to an account whose address the provider doesn't call verified", async () => {
    const provider = startOidcProvider();
    const person = await createPerson();
    const visitor = visitorOf(provider, person.cookie);
    await connectElsewhere(provider, visitor, newClaims({ email_verified: false }));
    expect(await readNotice(visitor)).toContain("verified");
    expect(await listLinks(person.id)).toEqual([]);
  });

  it("can't be linked from another site, nor by a key", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider, (await createPerson()).cookie);
    const path = "/account/providers/oidc/connect";
    const elsewhere = await visitor.call("POST", path, {
      form: {},
      headers: { Origin: "https://evil.test" },
    });
    expect(elsewhere.status).toBe(403);
    const anonymous = await visitorOf(provider).call("POST", path, { form: {} });
    expect(anonymous.status).toBe(401);
  });
});

describe("51 disconnecting a provider", () => {
  const disconnect = (visitor: Visitor, id = "oidc") =>
    visitor.call("POST", `/account/providers/${id}/disconnect`, { form: {} });

  it("is refused for the last way in, and changes nothing", async () => {
    const provider = startOidcProvider();
    const { visitor, id, claims } = await createProviderPerson(provider);
    const response = await disconnect(visitor);
    expect(response.status).toBe(409);
    expect(await response.text()).toContain("the only way into your account");
    expect(await listLinks(id)).toEqual(["oidc"]);
    expect(await listLettersTo(claims.email)).toEqual([]);
    const { results } = await env.DB.prepare("SELECT action FROM audit_log WHERE actor_id = ?1")
      .bind(id)
      .all<{ action: string }>();
    expect(results.map((row) => row.action)).not.toContain("provider.disconnect");
  });

  it.each<[string, (id: string) => D1PreparedStatement]>([
    ["a password", (id) => env.DB.prepare("UPDATE users SET password_hash = 'x' WHERE id = ?1").bind(id)],
    [
      "a passkey",
      (id) =>
        env.DB.prepare(
          "INSERT INTO passkeys (credential_id, user_id, public_key, created_at) VALUES (?1, ?1, 'x', 1)",
        ).bind(id),
    ],
    [
      "a mailbox where a link of ours was used",
      (id) =>
        env.DB.prepare(
          `INSERT INTO sessions (token_hash, id, user_id, method, created_at, last_used_at, expires_at, absolute_expires_at)
           VALUES (?1, ?1, ?1, 'link', 1, 1, 2, 2)`,
        ).bind(id),
    ],
  ])("is possible while there is %s", async (_case, give) => {
    const provider = startOidcProvider();
    const { visitor, id, claims } = await createProviderPerson(provider);
    await give(id).run();
    const response = await disconnect(visitor);
    expect(response.headers.get("Location")).toBe("/account");
    expect(await readNotice(visitor)).toBe("Test ID no longer opens your account.");
    expect(await listLinks(id)).toEqual([]);
    const again = visitorOf(provider);
    const refused = await signInElsewhere(provider, again, claims);
    await expectRefused(refused, again, "OAuthAccountNotLinked", "Sign in to it first");
  });

  it("counts another provider only while this deployment offers it", async () => {
    const provider = startOidcProvider();
    const { visitor, id } = await createProviderPerson(provider);
    await env.DB.prepare(
      "INSERT INTO provider_accounts (provider, provider_account_id, user_id, email, created_at) VALUES ('google', ?1, ?1, 'kim@example.test', 1)",
    )
      .bind(id)
      .run();
    expect((await disconnect(visitor)).status).toBe(409);
    const withGoogle = { GOOGLE_CLIENT_ID: "x", GOOGLE_CLIENT_SECRET: "y" };
    const path = "/account/providers/oidc/disconnect";
    const response = await visitor.call("POST", path, { form: {}, env: withGoogle });
    expect(response.status).toBe(303);
    expect(await listLinks(id)).toEqual(["google"]);
  });

  it("leaves one of two ways in when both are taken away at once", async () => {
    const provider = startOidcProvider();
    provider.env = { ...provider.env, GOOGLE_CLIENT_ID: "x", GOOGLE_CLIENT_SECRET: "y" };
    const { visitor, id } = await createProviderPerson(provider);
    await env.DB.prepare(
      "INSERT INTO provider_accounts (provider, provider_account_id, user_id, email, created_at) VALUES ('google', ?1, ?1, 'kim@example.test', 1)",
    )
      .bind(id)
      .run();
    const responses = await Promise.all([disconnect(visitor, "oidc"), disconnect(visitor, "google")]);
    expect(responses.map((response) => response.status).sort()).toEqual([303, 409]);
    expect(await listLinks(id)).toHaveLength(1);
  });

  it("is 404 for a provider that isn't connected", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider, (await createPerson({ passwordHash })).cookie);
    expect((await disconnect(visitor)).status).toBe(404);
  });
});
