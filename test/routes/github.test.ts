import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fromNewPlace } from "../support/places.ts";
import { expectRefused, FAILED, leave, readMe } from "../support/sign-in-elsewhere.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

interface Email {
  email: string;
  primary: boolean;
  verified: boolean;
}

const GITHUB = { GITHUB_CLIENT_ID: "eventide", GITHUB_CLIENT_SECRET: "a secret" };
let nextId = 1000;

interface Answers {
  user?: unknown;
  emails?: Email[] | Response;
  token?: unknown;
}

/** GitHub as its documentation describes it, in place of the network. */
function startGithub(answers: Answers = {}): Request[] {
  const asked: Request[] = [];
  const user = { id: nextId++, login: "octo", name: "Octo Cat", email: "public@example.test" };
  const known: Record<string, unknown> = {
    "https://github.com/login/oauth/access_token": answers.token ?? {
      access_token: "gho_secret",
      token_type: "bearer",
      scope: "user:email",
    },
    "https://api.github.com/user": answers.user ?? user,
    "https://api.github.com/user/emails?per_page=100": answers.emails ?? [],
  };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    asked.push(request);
    const answer = known[request.url];
    if (answer === undefined) throw new TypeError("fetch failed");
    return answer instanceof Response ? answer : Response.json(answer);
  });
  return asked;
}

const newVisitor = () => createVisitor({ env: GITHUB, headers: fromNewPlace() });

async function signIn(visitor: Visitor): Promise<Response> {
  const location = new URL(await leave(visitor, "/auth/signin/github"));
  const state = location.searchParams.get("state") ?? "";
  const query = new URLSearchParams({ code: "code", state, iss: "https://github.com/login/oauth" });
  return visitor.call("GET", `/auth/callback/github?${query}`);
}

describe("signing in with GitHub", () => {
  it("asks for the addresses only, with state and PKCE", async () => {
    startGithub();
    const location = new URL(await leave(newVisitor(), "/auth/signin/github"));
    expect(location.origin + location.pathname).toBe("https://github.com/login/oauth/authorize");
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      scope: "user:email",
      code_challenge_method: "S256",
      redirect_uri: "http://eventide.test/auth/callback/github",
    });
  });

  it("takes the primary address that GitHub calls verified, and not the public one", async () => {
    const email = `primary-${nextId}@example.test`;
    const asked = startGithub({
      emails: [
        { email: "other@example.test", primary: false, verified: true },
        { email, primary: true, verified: true },
      ],
    });
    const visitor = newVisitor();
    expect((await signIn(visitor)).headers.get("Location")).toBe("/gallery");
    expect((await readMe(visitor))?.user).toMatchObject({ email, name: "Octo Cat", emailVerified: true });
    const calls = asked.filter((request) => request.url.startsWith("https://api.github.com/"));
    expect(calls).toHaveLength(2);
    for (const call of calls) {
      expect(call.headers.get("Authorization")).toBe("Bearer gho_secret");
      expect(call.headers.get("User-Agent")).toBe("eventide");
    }
  });

  it("knows a person by the number, not by the name that can be given to somebody else", async () => {
    const id = nextId++;
    startGithub({
      user: { id, login: "octo", name: null },
      emails: [{ email: `github-${id}@example.test`, primary: true, verified: true }],
    });
    const visitor = newVisitor();
    await signIn(visitor);
    expect((await readMe(visitor))?.user.name).toBe("octo");
    const row = await env.DB.prepare(
      "SELECT provider_account_id AS account FROM provider_accounts WHERE email = ?1",
    )
      .bind(`github-${id}@example.test`)
      .first();
    expect(row).toEqual({ account: String(id) });
  });

  it.each<[string, Email[]]>([
    ["the primary one is not verified", [{ email: "a@example.test", primary: true, verified: false }]],
    ["only another one is verified", [{ email: "b@example.test", primary: false, verified: true }]],
    ["there is none", []],
  ])("48 makes nobody when %s", async (_case, emails) => {
    startGithub({ emails });
    const visitor = newVisitor();
    await expectRefused(await signIn(visitor), visitor, "EmailNotVerified", "GitHub doesn&#39;t say");
  });

  it.each<[string, Answers]>([
    ["the addresses can't be read", { emails: new Response("{}", { status: 403 }) }],
    ["the code is refused", { token: { error: "bad_verification_code", error_description: "expired" } }],
    ["the profile names nobody", { user: { message: "Bad credentials" } }],
  ])("52 signs nobody in when %s", async (_case, answers) => {
    startGithub(answers);
    const visitor = newVisitor();
    await expectRefused(await signIn(visitor), visitor, "OAuthCallbackError", FAILED);
  });
});
