import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startGoogle, startOidcProvider } from "../support/identity-provider.ts";
import { createPerson, readBalance } from "../support/people.ts";
import {
  expectRefused,
  FAILED,
  LOST,
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

async function findUserId(email: string): Promise<string | null> {
  return env.DB.prepare("SELECT id FROM users WHERE email = ?1").bind(email).first<string>("id");
}

describe("43 signing in with a provider", () => {
  it("opens an account, gives the starting credits, and goes on to the page that was asked for", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const claims = newClaims();
    const response = await signInElsewhere(provider, visitor, claims);
    expect(response.status).toBe(303);
    expect(response.headers.get("Location")).toBe("/gallery");
    const me = await readMe(visitor);
    expect(me?.user).toMatchObject({ email: claims.email, name: "Kim Elsewhere", role: "USER" });
    expect(me?.user.emailVerified).toBe(true);
    expect(me?.credits).toEqual({ available: 10, held: 0 });
  });

  it("asks for the code flow with PKCE, state and nonce, and for nothing more than who it is", async () => {
    const provider = startOidcProvider();
    const url = new URL(await leave(visitorOf(provider)));
    expect(url.origin + url.pathname).toBe("https://id.test/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: "code",
      client_id: "eventide",
      redirect_uri: "http://eventide.test/auth/callback/oidc",
      scope: "openid profile email",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
      state: expect.stringMatching(/.{40}/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it("recognises the person the next time by the subject, also when their address there has changed", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    const first = visitorOf(provider);
    await signInElsewhere(provider, first, claims);
    const again = visitorOf(provider);
    const response = await signInElsewhere(provider, again, { ...claims, email: "renamed@example.test" });
    expect(response.headers.get("Location")).toBe("/gallery");
    const me = await readMe(again);
    expect(me).toEqual(await readMe(first));
    expect(me).toMatchObject({ user: { email: claims.email }, credits: { available: 10, held: 0 } });
  });

  it("makes one person and gives the credits once when two first sign-ins arrive at once", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    const visitors = [visitorOf(provider), visitorOf(provider)];
    const responses = await Promise.all(
      visitors.map((visitor) => signInElsewhere(provider, visitor, claims)),
    );
    expect(responses.map((response) => response.status)).toEqual([303, 303]);
    const people = await Promise.all(visitors.map(readMe));
    const ids = people.filter((me) => me !== null).map((me) => me.user.id);
    expect(new Set(ids).size).toBe(1);
    expect(await readBalance(ids[0] ?? "")).toEqual({ available: 10, held: 0 });
  });

  it("stores no token, and no session in the clear", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    await signInElsewhere(provider, visitor, newClaims());
    const id = (await readMe(visitor))?.user.id;
    const { results: accounts } = await env.DB.prepare("SELECT * FROM provider_accounts WHERE user_id = ?1")
      .bind(id)
      .all();
    expect(Object.keys(accounts[0] ?? {}).sort()).toEqual([
      "created_at",
      "email",
      "last_used_at",
      "provider",
      "provider_account_id",
      "user_id",
    ]);
    const { results: sessions } = await env.DB.prepare("SELECT * FROM sessions WHERE user_id = ?1")
      .bind(id)
      .all();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ method: "oidc" });
    expect(JSON.stringify(sessions)).not.toContain(visitor.cookies.get("session"));
  });

  it("leaves no cookie of the sign-in behind, and replaces a session that was planted before", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const location = await leave(visitor);
    expect(Array.from(visitor.cookies.keys()).sort()).toEqual([
      "oauth-flow",
      "oauth-nonce",
      "oauth-pkce",
      "oauth-state",
    ]);
    visitor.cookies.set("session", "planted");
    await visitor.call("GET", provider.signIn(location, newClaims()));
    expect(visitor.cookies.get("session")).toMatch(/^[\w-]{43}$/);
    expect(Array.from(visitor.cookies.keys()).filter((name) => name.startsWith("oauth"))).toEqual([]);
  });

  it("uses __Host- cookies with Secure when the origin is https", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const origin = "https://eventide.example";
    const response = await visitor.call("POST", "/auth/signin/oidc", {
      form: { next: "/" },
      headers: { Origin: origin },
      env: { APP_ORIGIN: origin },
    });
    const cookies = response.headers.getSetCookie();
    expect(cookies).toHaveLength(4);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Host-oauth-(?:state|nonce|pkce|flow)=/);
      expect(cookie).toMatch(/; Secure/);
      expect(cookie).toMatch(/; HttpOnly/);
      expect(cookie).toMatch(/; SameSite=Lax/);
      expect(cookie).toMatch(/; Path=\//);
    }
  });

  it("takes a browser there by a page, because form-action would stop a redirect", async () => {
    const provider = startOidcProvider();
    const response = await visitorOf(provider).call("POST", "/auth/signin/oidc", {
      form: { next: "/" },
      headers: { "Sec-Fetch-Dest": "document" },
    });
    expect(response.status).toBe(200);
    const refresh = response.headers.get("Refresh") ?? "";
    expect(refresh).toMatch(/^0; url=https:\/\/id\.test\/authorize\?/);
    const page = await response.text();
    expect(page).toContain(`href="${refresh.slice("0; url=".length).replaceAll("&", "&amp;")}"`);
    expect(response.headers.get("Content-Security-Policy")).toContain("form-action 'self'");
  });

  it("works with Google, whose ID token states the address", async () => {
    const provider = startGoogle();
    const visitor = visitorOf(provider);
    const claims = newClaims();
    await signInElsewhere(provider, visitor, claims, "google");
    expect((await readMe(visitor))?.user.email).toBe(claims.email);
    const account = await env.DB.prepare(
      "SELECT provider_account_id FROM provider_accounts WHERE provider = 'google' AND email = ?1",
    )
      .bind(claims.email)
      .first<string>("provider_account_id");
    expect(account).toBe(claims.sub);
    expect(provider.asked).not.toContain("https://accounts.google.com/userinfo");
  });

  it("takes the address from the ID token when the userinfo endpoint has none", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const claims = newClaims();
    provider.bends.idToken = (token) => ({ ...token, email: claims.email, email_verified: true });
    await signInElsewhere(provider, visitor, { sub: claims.sub });
    expect((await readMe(visitor))?.user.email).toBe(claims.email);
  });

  it("takes no role from a provider, and cleans the name", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const claims = { ...newClaims({ name: `  A\u0000d\u202Ea\n ${"x".repeat(100)}` }), role: "HERO" };
    await signInElsewhere(provider, visitor, claims);
    const me = await readMe(visitor);
    expect(me?.user.role).toBe("USER");
    expect(me?.user.name).toBe(`Ada ${"x".repeat(76)}`);
  });

  it("keeps two issuers' people apart although their subjects are the same", async () => {
    const first = startOidcProvider("https://one.test");
    const visitor = visitorOf(first);
    const claims = newClaims({ sub: "1" });
    await signInElsewhere(first, visitor, claims);
    vi.restoreAllMocks();
    const second = startOidcProvider("https://two.test");
    const other = visitorOf(second);
    await signInElsewhere(second, other, newClaims({ sub: "1" }));
    expect((await readMe(other))?.user.id).not.toBe((await readMe(visitor))?.user.id);
  });

  it("writes down how somebody signed in", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    await signInElsewhere(provider, visitor, newClaims());
    const { results } = await env.DB.prepare("SELECT action FROM audit_log WHERE actor_id = ?1 ORDER BY id")
      .bind((await readMe(visitor))?.user.id)
      .all();
    expect(results.map((row) => row["action"])).toEqual([
      "account.create",
      "provider.connect",
      "sign_in.accept",
    ]);
  });
});

describe("44 a way back that doesn't fit the way there", () => {
  it.each([
    ["the state cookie is missing", (visitor: Visitor) => visitor.cookies.delete("oauth-state")],
    ["the nonce cookie is missing", (visitor: Visitor) => visitor.cookies.delete("oauth-nonce")],
    ["the PKCE cookie is missing", (visitor: Visitor) => visitor.cookies.delete("oauth-pkce")],
    ["the flow cookie is missing", (visitor: Visitor) => visitor.cookies.delete("oauth-flow")],
    ["the state cookie is garbage", (visitor: Visitor) => visitor.cookies.set("oauth-state", "x.y.z")],
    ["the flow cookie is garbage", (visitor: Visitor) => visitor.cookies.set("oauth-flow", "x.y.z.a.b")],
  ])("signs nobody in when %s", async (_case, spoil) => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const claims = newClaims();
    const back = provider.signIn(await leave(visitor), claims);
    spoil(visitor);
    await expectRefused(await visitor.call("GET", back), visitor, "SignInLost", LOST);
    expect(await findUserId(claims.email)).toBeNull();
  });

  it.each([
    ["another state", (query: URLSearchParams) => query.set("state", "another")],
    ["no state", (query: URLSearchParams) => query.delete("state")],
  ])("signs nobody in when it comes with %s", async (_case, spoil) => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const back = new URL(provider.signIn(await leave(visitor), newClaims()), "http://eventide.test");
    spoil(back.searchParams);
    const response = await visitor.call("GET", back.pathname + back.search);
    await expectRefused(response, visitor, "SignInLost", LOST);
  });

  it("signs nobody in when the ID token has another nonce", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    provider.bends.idToken = (token) => ({ ...token, nonce: "another" });
    const response = await signInElsewhere(provider, visitor, newClaims());
    await expectRefused(response, visitor, "OAuthCallbackError", FAILED);
  });

  it("signs nobody in when the PKCE verifier is another sign-in's", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const other = visitorOf(provider);
    await leave(other);
    const back = provider.signIn(await leave(visitor), newClaims());
    visitor.cookies.set("oauth-pkce", other.cookies.get("oauth-pkce") ?? "");
    await expectRefused(await visitor.call("GET", back), visitor, "OAuthCallbackError", FAILED);
  });

  it("is too late after a quarter of an hour", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const back = provider.signIn(await leave(visitor), newClaims());
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now + 16 * 60_000);
    await expectRefused(await visitor.call("GET", back), visitor, "SignInLost", LOST);
  });
});

describe("45–46 a code in the wrong hands", () => {
  it("45 signs nobody in when the way back is opened in another browser", async () => {
    const provider = startOidcProvider();
    const back = provider.signIn(await leave(visitorOf(provider)), newClaims());
    const other = visitorOf(provider);
    await expectRefused(await other.call("GET", back), other, "SignInLost", LOST);
    expect(provider.traded).toEqual([]);
  });

  it("45 keeps who is signed in when somebody else's way back is slipped in", async () => {
    const provider = startOidcProvider();
    const back = provider.signIn(await leave(visitorOf(provider)), newClaims());
    const person = await createPerson();
    const victim = visitorOf(provider, person.cookie);
    const response = await victim.call("GET", back);
    expect(response.headers.get("Location")).toBe("/account");
    expect((await readMe(victim))?.user.id).toBe(person.id);
  });

  it("46 signs nobody in a second time with the same code, not even with the cookies of the first time", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const back = provider.signIn(await leave(visitor), newClaims());
    const copied = visitorOf(provider, visitor.cookieHeader());
    await visitor.call("GET", back);
    expect(await readMe(visitor)).not.toBeNull();
    const sessions = visitor.cookies.get("session");
    const again = await visitor.call("GET", back);
    expect(again.headers.get("Location")).toBe("/account");
    expect(visitor.cookies.get("session")).toBe(sessions);
    await expectRefused(await copied.call("GET", back), copied, "OAuthCallbackError", FAILED);
  });
});
