import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { testBindings } from "../support/http.ts";
import { type ScriptedProvider, startOidcProvider } from "../support/identity-provider.ts";
import {
  expectRefused,
  FAILED,
  LOST,
  leave,
  newClaims,
  signInElsewhere,
  visitorOf,
} from "../support/sign-in-elsewhere.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

async function findUserId(email: string): Promise<string | null> {
  return env.DB.prepare("SELECT id FROM users WHERE email = ?1").bind(email).first<string>("id");
}

function wayBackWithError(location: string, error: string): string {
  const state = new URL(location).searchParams.get("state") ?? "";
  return `/auth/callback/oidc?${new URLSearchParams({ error, state, iss: "https://id.test" })}`;
}

describe("47 a person who changes their mind", () => {
  it("is told so, and can start again on the way to the same page", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const response = await visitor.call("GET", wayBackWithError(await leave(visitor), "access_denied"));
    expect(response.headers.get("Location")).toContain("next=%2Fgallery");
    await expectRefused(response, visitor, "AccessDenied", "You cancelled at Test ID, so nothing happened.");
  });

  it("is not told so by a link that somebody made up", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const response = await visitor.call("GET", "/auth/callback/oidc?error=access_denied&state=x");
    await expectRefused(response, visitor, "SignInLost", LOST);
  });
});

describe("a sign-in that was under way when AUTH_SECRET changed", () => {
  it("is lost, also while the secret that sealed it is still known: that one is only recognised", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const back = provider.signIn(await leave(visitor), newClaims());
    const rotated = {
      AUTH_SECRET: "the-secret-after-the-rotation-0123456789",
      AUTH_SECRET_PREVIOUS: String(testBindings().AUTH_SECRET),
    };
    const response = await visitor.call("GET", back, { env: { ...provider.env, ...rotated } });
    await expectRefused(response, visitor, "SignInLost", LOST);
  });
});

describe("48 an address that the provider doesn't call verified", () => {
  it.each([
    ["false", { email_verified: false }],
    ["missing", { email_verified: undefined }],
    ["a text", { email_verified: "true" }],
    ["a number", { email_verified: 1 }],
  ])("is refused and makes nobody when email_verified is %s", async (_case, changes) => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const claims = newClaims(changes);
    const response = await signInElsewhere(provider, visitor, claims);
    await expectRefused(response, visitor, "EmailNotVerified", "doesn&#39;t say that your e-mail address");
    expect(await findUserId(claims.email)).toBeNull();
  });

  it.each([
    "",
    "no address",
    "a@b@example.test",
    '"a@evil.test"@example.test',
    "a＠example.test",
    "a@example.test,b@example.test",
    "a@example.test\r\nBcc: b@example.test",
  ])("is refused and makes nobody when it is %j", async (email) => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const response = await signInElsewhere(provider, visitor, newClaims({ email }));
    await expectRefused(response, visitor, "EmailNotVerified", "doesn&#39;t say that your e-mail address");
  });

  it("is refused when there is none", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const response = await signInElsewhere(provider, visitor, { sub: crypto.randomUUID() });
    await expectRefused(response, visitor, "EmailNotVerified", "doesn&#39;t say that your e-mail address");
  });
});

describe("52 a provider that fails", () => {
  async function expectUnavailable(provider: ScriptedProvider) {
    const visitor = visitorOf(provider);
    const response = await visitor.call("POST", "/auth/signin/oidc", { form: { next: "/gallery" } });
    await expectRefused(response, visitor, "ProviderUnavailable", "doesn&#39;t answer right now");
  }

  it("sends people back with a sentence when it can't be reached", async () => {
    const provider = startOidcProvider();
    provider.bends.discovery = () => {
      throw new TypeError("fetch failed");
    };
    await expectUnavailable(provider);
  });

  it.each([
    ["answers 500", () => new Response("boom", { status: 500 })],
    ["answers in HTML", () => new Response("<h1>Hello</h1>", { headers: { "Content-Type": "text/html" } })],
    ["answers without end", () => new Response("x".repeat(300_000))],
    ["is another issuer", (document: object) => ({ ...document, issuer: "https://evil.test" })],
    [
      "names no place to sign in at",
      (document: object) => ({ ...document, authorization_endpoint: undefined }),
    ],
    ["redirects", () => Response.redirect("https://evil.test/", 302)],
  ])("sends people back with a sentence when it %s", async (_case, discovery) => {
    const provider = startOidcProvider();
    provider.bends.discovery = discovery;
    await expectUnavailable(provider);
  });

  const token = (changes: object) => (provider: ScriptedProvider) => {
    provider.bends.idToken = (claims) => ({ ...claims, ...changes });
  };
  it.each<[string, (provider: ScriptedProvider) => void]>([
    ["the ID token is another issuer's", token({ iss: "https://evil.test" })],
    ["the ID token is for another client", token({ aud: "somebody-else" })],
    ["the ID token has expired", token({ exp: 1 })],
    ["the ID token has no subject", token({ sub: undefined })],
    [
      "there is no ID token",
      (provider) => {
        provider.bends.token = (answer) => ({ ...answer, id_token: undefined });
      },
    ],
    [
      "the token endpoint answers 500",
      (provider) => {
        provider.bends.token = () => new Response("boom", { status: 500 });
      },
    ],
    [
      "the userinfo endpoint speaks of somebody else",
      (provider) => {
        provider.bends.userinfo = (claims) => ({ ...claims, sub: "somebody-else" });
      },
    ],
    [
      "the userinfo endpoint answers 500",
      (provider) => {
        provider.bends.userinfo = () => new Response("boom", { status: 500 });
      },
    ],
    [
      "the token endpoint is not https",
      (provider) => {
        provider.bends.discovery = (document) => ({ ...document, token_endpoint: "http://id.test/token" });
      },
    ],
  ])("signs nobody in when %s", async (_case, bend) => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const location = await leave(visitor);
    bend(provider);
    const response = await visitor.call("GET", provider.signIn(location, newClaims()));
    await expectRefused(response, visitor, "OAuthCallbackError", FAILED);
  });

  it("signs nobody in when the answer names another issuer", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const back = provider.signIn(await leave(visitor), newClaims());
    const response = await visitor.call("GET", back.replace(/iss=[^&]*/, "iss=https%3A%2F%2Fevil.test"));
    await expectRefused(response, visitor, "OAuthCallbackError", FAILED);
  });

  it("tells the log what happened, and no secret", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    provider.bends.idToken = (claims) => ({ ...claims, iss: "https://evil.test" });
    const claims = newClaims();
    await signInElsewhere(provider, visitor, claims);
    const lines = warn.mock.calls.flat().join("\n");
    expect(lines).toContain('"event":"provider_failed"');
    expect(lines).toContain("unexpected JWT");
    for (const secret of [provider.traded[0] ?? "?", claims.email, claims.sub, "a secret between two"]) {
      expect(lines).not.toContain(secret);
    }
  });
});

describe("53 the canonical origin", () => {
  it("is where the provider sends people back to, whatever the Host header says", async () => {
    const provider = startOidcProvider();
    const response = await visitorOf(provider).call("POST", "/auth/signin/oidc", {
      form: { next: "/" },
      headers: { Host: "evil.test", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https" },
    });
    const location = new URL(response.headers.get("Location") ?? "");
    expect(location.searchParams.get("redirect_uri")).toBe("http://eventide.test/auth/callback/oidc");
  });

  it("doesn't let a query add to the authorization request", async () => {
    const provider = startOidcProvider();
    const path = "/auth/signin/oidc?redirect_uri=https://evil.test&scope=everything&prompt=none";
    const location = new URL(await leave(visitorOf(provider), path));
    expect(location.searchParams.get("redirect_uri")).toBe("http://eventide.test/auth/callback/oidc");
    expect(location.searchParams.get("scope")).toBe("openid profile email");
    expect(location.searchParams.has("prompt")).toBe(false);
  });

  it.each([
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "/\t/evil.test",
    "/.//evil.test",
    "/x/..//evil.test",
    "javascript:alert(1)",
    "http://eventide.test.evil.test",
    "http://user@evil.test",
    "",
  ])("56 is where people end up when the next page is %j", async (next) => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    const location = await leave(visitor, "/auth/signin/oidc", { next });
    const response = await visitor.call("GET", provider.signIn(location, newClaims()));
    expect(response.headers.get("Location")).toBe("/create");
  });

  it.each(["https://evil.test", "null", ""])("refuses to start for a form from %j", async (origin) => {
    const provider = startOidcProvider();
    const response = await visitorOf(provider).call("POST", "/auth/signin/oidc", {
      form: { next: "/" },
      headers: { Origin: origin },
    });
    expect(response.status).toBe(403);
    expect(provider.asked).toEqual([]);
  });
});

describe("54 cookies of one provider", () => {
  it("are not accepted at another one", async () => {
    const provider = startOidcProvider();
    provider.env = { ...provider.env, GOOGLE_CLIENT_ID: "eventide", GOOGLE_CLIENT_SECRET: "secret" };
    const visitor = visitorOf(provider);
    const back = provider.signIn(await leave(visitor), newClaims()).replace("/oidc?", "/google?");
    await expectRefused(await visitor.call("GET", back), visitor, "SignInLost", LOST);
    expect(provider.traded).toEqual([]);
  });
});

describe("the sign-in page", () => {
  it("offers the providers that are configured, and no other", async () => {
    const provider = startOidcProvider();
    const page = await (await visitorOf(provider).call("GET", "/signin?next=/gallery")).text();
    expect(page).toContain('action="/auth/signin/oidc"');
    expect(page).toContain("Continue with Test ID");
    expect(page).not.toContain("/auth/signin/google");
    expect(page).not.toContain("/auth/signin/github");
  });

  it("says nothing for a problem that somebody made up", async () => {
    const provider = startOidcProvider();
    const page = await (
      await visitorOf(provider).call("GET", "/signin?error=Pay%20here&provider=evil")
    ).text();
    expect(page).not.toContain("Pay here");
    expect(page).not.toContain("error-summary");
  });

  it("has no way to a provider that isn't configured", async () => {
    const provider = startOidcProvider();
    const visitor = visitorOf(provider);
    for (const id of ["google", "github", "email", "credentials", "__proto__"]) {
      expect((await visitor.call("POST", `/auth/signin/${id}`, { form: {} })).status, id).toBe(404);
      expect((await visitor.call("GET", `/auth/callback/${id}?code=x&state=y`)).status, id).toBe(404);
    }
    expect((await visitor.call("GET", "/auth/signin/oidc")).status).toBe(405);
  });
});
