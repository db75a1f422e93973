import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { getLetterTo, getLinkTo, listLettersTo } from "../support/mail.ts";
import { createPerson, openTestSession, readBalance } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

const PASSWORD = "three quiet lanterns by the lake";

function newEmail(): string {
  return `${newId()}@example.test`;
}

function register(email: string, more: Record<string, unknown> = {}) {
  return call("POST", "/api/auth/register", { json: { email, ...more }, headers: fromNewPlace() });
}

function confirm(link: { email: string; token: string; password?: string }, headers = {}) {
  const { email, token, password } = link;
  const json = password === undefined ? { email, token } : { email, token, password };
  return call("POST", "/api/auth/confirm", { json, headers: { ...fromNewPlace(), ...headers } });
}

function logIn(email: string, password: string) {
  return call("POST", "/api/auth/login", { json: { email, password }, headers: fromNewPlace() });
}

function cookieOf(response: Response): string {
  return (response.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
}

function countUsers(email: string): Promise<number | null> {
  return env.DB.prepare("SELECT count(*) AS n FROM users WHERE email = ?1").bind(email).first<number>("n");
}

function readName(email: string): Promise<string | null> {
  return env.DB.prepare("SELECT name FROM users WHERE email = ?1").bind(email).first<string>("name");
}

describe("registering", () => {
  it("opens the account behind the mailed link, with the password and the starting credits", async () => {
    const email = newEmail();
    expect((await register(`  ${email.toUpperCase()} `, { name: "Ines Okafor" })).status).toBe(202);
    const { token } = await getLinkTo(email);
    const response = await confirm({ email, token, password: PASSWORD });
    expect(response.status).toBe(200);
    const { user } = (await response.json()) as { user: { id: string } };
    expect(user).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      email,
      name: "Ines Okafor",
      role: "USER",
      emailVerified: true,
    });
    const me = await call("GET", "/api/me", { headers: { Cookie: cookieOf(response) } });
    expect(await me.json()).toMatchObject({ user, credits: { available: 10, held: 0 } });
    expect((await logIn(email, PASSWORD)).status).toBe(200);
  });

  it("31 leaves no account and no password before the mailbox is proven", async () => {
    const email = newEmail();
    await register(email);
    expect(await countUsers(email)).toBe(0);
    expect((await logIn(email, PASSWORD)).status).toBe(401);
  });

  it("11 takes no name where its link is confirmed by a program", async () => {
    const email = newEmail();
    await register(email, { name: "Ines Okafor" });
    const { token } = await getLinkTo(email);
    const json = { email, token, name: "Somebody Else" };
    const response = await call("POST", "/api/auth/confirm", { json, headers: fromNewPlace() });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field: "name" }] });
  });

  it("11 refuses a role, a password and every other field that it doesn't know, and names it", async () => {
    for (const field of ["role", "password", "emailVerified", "credits"]) {
      const response = await register(newEmail(), { [field]: "HERO" });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ field }] });
    }
  });

  it("26 answers the same in the same words for an address that has an account", async () => {
    const person = await createPerson();
    const known = await register(person.email);
    const unknown = await register(newEmail());
    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect(await known.text()).toBe(await unknown.text());
    expect((await getLetterTo(person.email)).subject).toBe("You have an account already");
    const { token } = await getLinkTo(person.email);
    const signedIn = await confirm({ email: person.email, token });
    expect(await signedIn.json()).toMatchObject({ user: { id: person.id } });
    expect(await readBalance(person.id)).toEqual({ available: 0, held: 0 });
  });

  it("doesn't show a name that a stranger typed in a letter to an address that nobody has proven", async () => {
    const email = newEmail();
    await register(email, { name: "URGENT visit evil dot test" });
    const letter = await getLetterTo(email);
    expect(JSON.stringify(letter)).not.toContain("URGENT");
  });

  it("gives the starting credits once, also when the link's button is pressed ten times at once", async () => {
    const email = newEmail();
    await register(email);
    const { token } = await getLinkTo(email);
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm({ email, token })));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(9);
    expect(await countUsers(email)).toBe(1);
    const id = await env.DB.prepare("SELECT id FROM users WHERE email = ?1").bind(email).first<string>("id");
    expect(await readBalance(id ?? "")).toEqual({ available: 10, held: 0 });
  });

  it("32 clears what a stranger had attached to the address before it was proven", async () => {
    const id = newId();
    const email = newEmail();
    await env.DB.batch([
      env.DB.prepare(
        "INSERT INTO users (id, email, password_hash, created_at, updated_at) VALUES (?1, ?2, 'x', 1, 1)",
      ).bind(id, email),
      env.DB.prepare(
        "INSERT INTO provider_accounts (provider, provider_account_id, user_id, email, created_at) VALUES ('oidc', ?1, ?1, ?2, 1)",
      ).bind(id, email),
      env.DB.prepare(
        "INSERT INTO passkeys (credential_id, user_id, public_key, created_at) VALUES (?1, ?1, 'k', 1)",
      ).bind(id),
      env.DB.prepare(
        "INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, created_at) VALUES (?1, ?1, 'k', 'evk_', ?1, '[\"read\"]', 1)",
      ).bind(id),
    ]);
    const planted = await openTestSession(id);
    await call("POST", "/api/auth/magic-link", { json: { email }, headers: fromNewPlace() });
    const { token } = await getLinkTo(email);
    const response = await confirm({ email, token });
    expect(await response.json()).toMatchObject({ user: { id, emailVerified: true } });
    expect((await call("GET", "/api/me", { headers: { Cookie: planted } })).status).toBe(401);
    const left = await env.DB.prepare(
      `SELECT (SELECT password_hash FROM users WHERE id = ?1) AS password,
         (SELECT count(*) FROM provider_accounts WHERE user_id = ?1) + (SELECT count(*) FROM passkeys WHERE user_id = ?1)
           + (SELECT count(*) FROM api_keys WHERE user_id = ?1) AS attached`,
    )
      .bind(id)
      .first();
    expect(left).toEqual({ password: null, attached: 0 });
  });
});

describe("choosing a password", () => {
  async function tryPassword(password: string) {
    const email = newEmail();
    await register(email);
    const { token } = await getLinkTo(email);
    const response = await confirm({ email, token, password });
    return { email, token, response };
  }

  it("27 refuses short, common and address-like ones by name, without using the link up", async () => {
    for (const password of ["eleven char", "password2026", "qwertyuiop123", "iloveyou1234!"]) {
      const { email, token, response } = await tryPassword(password);
      expect(response.status, password).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ field: "password" }] });
      expect((await confirm({ email, token })).status, password).toBe(200);
    }
  });

  it("27 takes 128 characters of any script, and refuses 100 kB at once", async () => {
    const password = "夜の灯り🪔".repeat(26).slice(0, 150);
    const { email, response } = await tryPassword(password);
    expect(response.status).toBe(200);
    expect((await logIn(email, password)).status).toBe(200);
    expect((await tryPassword("x".repeat(100_000))).response.status).toBe(413);
    expect((await tryPassword("ab".repeat(65))).response.status).toBe(422);
  });
});

describe("a mailed link", () => {
  async function ask(email: string, headers: Record<string, string> = fromNewPlace()) {
    return call("POST", "/api/auth/magic-link", { json: { email }, headers });
  }

  it("signs in once, and not again", async () => {
    const person = await createPerson();
    expect((await ask(person.email)).status).toBe(202);
    const { email, token } = await getLinkTo(person.email);
    expect((await confirm({ email, token })).status).toBe(200);
    const again = await confirm({ email, token });
    expect(again.status).toBe(401);
    expect(await again.json()).toMatchObject({ code: "unauthenticated" });
  });

  it("37 isn't used up by opening it, however often, by GET or HEAD", async () => {
    const person = await createPerson();
    await ask(person.email);
    const link = await getLinkTo(person.email);
    for (const method of ["GET", "HEAD", "GET"]) {
      expect((await call(method, link.path)).status).toBe(200);
    }
    expect((await confirm(link)).status).toBe(200);
  });

  it("38 opens one session when ten press its button at once", async () => {
    const person = await createPerson();
    await ask(person.email);
    const link = await getLinkTo(person.email);
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await confirm(link)).status));
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
  });

  it("39 works for fifteen minutes", async () => {
    const person = await createPerson();
    await ask(person.email);
    const link = await getLinkTo(person.email);
    const row = await env.DB.prepare("SELECT created_at, expires_at FROM auth_tokens WHERE email = ?1")
      .bind(person.email)
      .first<{ created_at: number; expires_at: number }>();
    const minutes = ((row?.expires_at ?? 0) - (row?.created_at ?? 0)) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(15);
    expect(minutes).toBeLessThan(15.5);
    await env.DB.prepare("UPDATE auth_tokens SET expires_at = ?2 WHERE email = ?1")
      .bind(person.email, Date.now() - 1)
      .run();
    expect((await confirm(link)).status).toBe(401);
    expect((await call("GET", link.path)).status).toBe(401);
  });

  it("40 is worth nothing with another address, and still works with its own", async () => {
    const person = await createPerson();
    const other = await createPerson();
    await ask(person.email);
    const link = await getLinkTo(person.email);
    expect((await confirm({ ...link, email: other.email })).status).toBe(401);
    expect((await confirm(link)).status).toBe(200);
  });

  it("30 is replaced by a newer one", async () => {
    const person = await createPerson();
    await ask(person.email);
    const older = await getLinkTo(person.email);
    await ask(person.email);
    const newer = await getLinkTo(person.email);
    expect(newer.token).not.toBe(older.token);
    expect((await confirm(older)).status).toBe(401);
    expect((await confirm(newer)).status).toBe(200);
  });

  it("30 sets a new password, which ends every other session and the old password", async () => {
    const person = await createPerson({ passwordHash: "x" });
    await ask(person.email);
    const link = await getLinkTo(person.email);
    expect((await confirm({ ...link, password: PASSWORD })).status).toBe(200);
    expect((await call("GET", "/api/me", { as: person })).status).toBe(401);
    expect((await confirm(link)).status).toBe(401);
    const subjects = (await listLettersTo(person.email)).map((letter) => letter.subject);
    expect(subjects[0]).toBe("Your password was changed");
  });

  it("leaves other sessions alone when no password is set", async () => {
    const person = await createPerson();
    await ask(person.email);
    await confirm(await getLinkTo(person.email));
    expect((await call("GET", "/api/me", { as: person })).status).toBe(200);
  });

  it("18 replaces the cookie that was there before", async () => {
    const planted = await createPerson();
    const person = await createPerson();
    await ask(person.email);
    const response = await confirm(await getLinkTo(person.email), { Cookie: planted.cookie });
    expect(response.status).toBe(200);
    expect(cookieOf(response)).not.toBe(planted.cookie);
    expect((await call("GET", "/api/me", { as: planted })).status).toBe(401);
  });

  it("7 brings a disabled person a letter without a link, and an older link no session", async () => {
    const person = await createPerson();
    await ask(person.email);
    const link = await getLinkTo(person.email);
    await env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE id = ?1").bind(person.id).run();
    expect((await confirm(link)).status).toBe(401);
    expect((await ask(person.email)).status).toBe(202);
    const letter = await getLetterTo(person.email);
    expect(letter.subject).toBe("Your account is switched off");
    expect(letter.text).not.toContain("token=");
  });

  it("makes an account for an address that has none, as registering does", async () => {
    const email = newEmail();
    await ask(email);
    const letter = await getLetterTo(email);
    expect(letter.text).toContain("There is no account with this address yet");
    const response = await confirm(await getLinkTo(email));
    const { user } = (await response.json()) as { user: { id: string } };
    expect(await readBalance(user.id)).toEqual({ available: 10, held: 0 });
  });

  it("41 isn't sent to hostile addresses", async () => {
    const hostile = [
      '"a@evil.test"@example.test',
      "a@evil.test,b@example.test",
      "a＠example.test",
      "a@b@example.test",
      "a@example.test\r\nBcc: b@evil.test",
      "a@example.test\u0000",
      "а@example.test",
      "a b@example.test",
      "a@localhost",
      "<a@example.test>",
      "a@-example.test",
      `${"a".repeat(65)}@example.test`,
    ];
    const before = await env.DB.prepare("SELECT count(*) AS n FROM dev_mail").first<number>("n");
    for (const email of hostile) {
      const response = await ask(email);
      expect(response.status, email).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ field: "email" }] });
      expect((await register(email)).status, email).toBe(422);
    }
    expect(await env.DB.prepare("SELECT count(*) AS n FROM dev_mail").first<number>("n")).toBe(before);
  });

  it("42 leads to the configured origin, whatever Host and X-Forwarded-Host say", async () => {
    const person = await createPerson();
    await ask(person.email, { ...fromNewPlace(), Host: "evil.test", "X-Forwarded-Host": "evil.test" });
    const letter = await getLetterTo(person.email);
    expect(letter.text).toContain("http://eventide.test/auth/confirm?");
    expect(JSON.stringify(letter)).not.toContain("evil.test");
  });

  it("17 is stored as a hash only", async () => {
    const person = await createPerson();
    await ask(person.email);
    const { token } = await getLinkTo(person.email);
    const { results } = await env.DB.prepare("SELECT * FROM auth_tokens WHERE email = ?1")
      .bind(person.email)
      .all();
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain(token);
  });

  it("64 leaves no address and no token in the log", async () => {
    const lines: string[] = [];
    const log = console.log;
    console.log = (line: string) => lines.push(line);
    const person = await createPerson();
    await ask(person.email);
    const link = await getLinkTo(person.email);
    await call("GET", link.path);
    await confirm({ ...link, password: PASSWORD });
    console.log = log;
    const text = lines.join("\n");
    expect(text).toContain("mail_sent");
    for (const secret of [person.email, link.token, PASSWORD]) expect(text).not.toContain(secret);
  });
});

describe("the pages", () => {
  it("lead from the form over the letter into the account, without scripts", async () => {
    const email = newEmail();
    const headers = fromNewPlace();
    const asked = await call("POST", "/register", { form: { email, name: "" }, headers });
    expect(asked.status).toBe(202);
    expect(await asked.text()).toContain(email);
    const link = await getLinkTo(email);
    const page = await (await call("GET", link.path)).text();
    expect(page).toContain('action="/auth/confirm"');
    expect(page).toContain('autocomplete="new-password"');
    const form = { email, token: link.token, password: PASSWORD };
    const response = await call("POST", "/auth/confirm", { form, headers });
    expect(response.status).toBe(303);
    expect(response.headers.get("Location")).toBe("/create");
    const session = response.headers.getSetCookie().find((cookie) => cookie.startsWith("session="));
    const me = await call("GET", "/api/me", { headers: { Cookie: session?.split(";")[0] ?? "" } });
    expect(me.status).toBe(200);
  });

  it("call a new account what its owner sees and sends, not what a stranger typed with their address", async () => {
    const email = newEmail();
    const headers = fromNewPlace();
    await register(email, { name: "Ines Okafor" });
    await register(email, { name: "Fool <of> the town" });
    const { path, token } = await getLinkTo(email);
    expect(await (await call("GET", path)).text()).toContain('value="Fool &lt;of&gt; the town"');
    const refused = await call("POST", "/auth/confirm", {
      form: { email, token, name: "Ines\u202eOkafor", password: "short" },
      headers,
    });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("Leave out line breaks and invisible characters.");
    const weak = await call("POST", "/auth/confirm", {
      form: { email, token, name: "Ines O.", password: "short" },
      headers,
    });
    expect(weak.status).toBe(422);
    expect(await weak.text()).toContain('value="Ines O."');
    expect(
      (await call("POST", "/auth/confirm", { form: { email, token, name: " Ines O. " }, headers })).status,
    ).toBe(303);
    expect(await readName(email)).toBe("Ines O.");
  });

  it("take an emptied name as none, and leave the name of an account that there was", async () => {
    const email = newEmail();
    const headers = fromNewPlace();
    await register(email, { name: "Fool of the town" });
    const form = { ...(await getLinkTo(email)), name: "" };
    expect((await call("POST", "/auth/confirm", { form, headers })).status).toBe(303);
    expect(await readName(email)).toBe("");
    const person = await createPerson();
    await register(person.email, { name: "Fool of the town" });
    const link = await getLinkTo(person.email);
    expect(await (await call("GET", link.path)).text()).not.toContain('name="name"');
    await call("POST", "/auth/confirm", { form: { ...link, name: "Fool of the town" }, headers });
    expect(await readName(person.email)).toBe("Test Person");
  });

  it("keep what was typed and name what is wrong", async () => {
    const form = { email: "nobody", name: "Ines" };
    const response = await call("POST", "/register", { form, headers: fromNewPlace() });
    expect(response.status).toBe(422);
    const page = await response.text();
    expect(page).toContain('value="nobody"');
    expect(page).toContain('value="Ines"');
    expect((await call("POST", "/forgot", { form: { email: "x" }, headers: fromNewPlace() })).status).toBe(
      422,
    );
    expect(
      (await call("POST", "/signin/link", { form: { email: "x" }, headers: fromNewPlace() })).status,
    ).toBe(422);
  });

  it("ask for a new password behind the link of a forgotten one, and take nothing less", async () => {
    const person = await createPerson({ passwordHash: "x" });
    const headers = fromNewPlace();
    expect((await call("POST", "/forgot", { form: { email: person.email }, headers })).status).toBe(202);
    const link = await getLinkTo(person.email);
    const form = { email: link.email, token: link.token };
    const empty = await call("POST", "/auth/confirm", { form, headers });
    expect(empty.status).toBe(422);
    const weak = await call("POST", "/auth/confirm", {
      form: { ...form, password: "password1234" },
      headers,
    });
    expect(weak.status).toBe(422);
    expect(await weak.text()).not.toContain("password1234");
    const chosen = await call("POST", "/auth/confirm", { form: { ...form, password: PASSWORD }, headers });
    expect(chosen.status).toBe(303);
    expect(chosen.headers.get("Location")).toBe("/");
    expect((await logIn(person.email, PASSWORD)).status).toBe(200);
  });

  it("18 answer a cookie that nobody knows with one cookie, the new session's", async () => {
    const email = newEmail();
    const headers = fromNewPlace();
    await call("POST", "/api/auth/register", { json: { email }, headers });
    const { token } = await getLinkTo(email);
    const response = await call("POST", "/api/auth/confirm", {
      json: { email, token, password: PASSWORD },
      headers: { ...headers, Cookie: "session=planted" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^session=[\w-]{43};/)]);
  });

  it("say the same about every link that doesn't work", async () => {
    const pages = await Promise.all(
      ["", "?email=a@example.test&token=x", `?email=a@example.test&token=${"A".repeat(43)}`].map(
        async (query) => {
          const response = await call("GET", `/auth/confirm${query}`);
          expect(response.status).toBe(401);
          expect(response.headers.get("Referrer-Policy")).toBe("strict-origin");
          return response.text();
        },
      ),
    );
    expect(new Set(pages).size).toBe(1);
    const posted = await call("POST", "/auth/confirm", {
      form: { email: "a", token: "b" },
      headers: fromNewPlace(),
    });
    expect(posted.status).toBe(401);
  });

  it("mail a link from the sign-in page, which signs in with one press", async () => {
    const person = await createPerson();
    const headers = fromNewPlace();
    const asked = await call("POST", "/signin/link", {
      form: { email: person.email, password: "", next: "/" },
      headers,
    });
    expect(asked.status).toBe(202);
    const link = await getLinkTo(person.email);
    const page = await (await call("GET", link.path)).text();
    expect(page).not.toContain('type="password"');
    const form = { email: link.email, token: link.token };
    expect((await call("POST", "/auth/confirm", { form, headers })).status).toBe(303);
  });
});

describe("a link that is opened by somebody who is signed in", () => {
  const SWITCHES = "switches to the account of";

  it("says that its button switches accounts, and does, when they are somebody else", async () => {
    const viewer = await createPerson();
    const known = await createPerson();
    const unknown = newEmail();
    await call("POST", "/api/auth/magic-link", { json: { email: known.email }, headers: fromNewPlace() });
    await register(unknown);
    for (const email of [known.email, unknown]) {
      const page = await (await call("GET", (await getLinkTo(email)).path, { as: viewer })).text();
      expect(page).toContain(SWITCHES);
      expect(page).toContain(viewer.email);
    }
    const { token } = await getLinkTo(known.email);
    const form = { email: known.email, token };
    const headers = fromNewPlace();
    const switched = await call("POST", "/auth/confirm", { as: viewer, form, headers });
    const session = switched.headers.getSetCookie().find((cookie) => cookie.startsWith("session="));
    const me = await call("GET", "/api/me", { headers: { Cookie: session?.split(";")[0] ?? "" } });
    expect(await me.json()).toMatchObject({ user: { id: known.id } });
    expect((await call("GET", "/api/me", { as: viewer })).status).toBe(401);
  });

  it("says nothing of it to its own person", async () => {
    const person = await createPerson();
    const headers = fromNewPlace();
    await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers });
    const page = await (await call("GET", (await getLinkTo(person.email)).path, { as: person })).text();
    expect(page).toContain("One press");
    expect(page).not.toContain(SWITCHES);
  });
});

describe("the development mailbox", () => {
  it("63 doesn't exist outside development, for any method", async () => {
    const production = {
      ENVIRONMENT: "production",
      APP_ORIGIN: "https://eventide.example",
      IDEOGRAM_BASE_URL: "https://api.ideogram.ai",
    };
    for (const method of ["GET", "HEAD", "POST", "DELETE"]) {
      for (const path of ["/dev/mail", `/dev/mail/${newId()}`]) {
        const response = await call(method, path, {
          env: production,
          headers: { Accept: "application/json", Origin: production.APP_ORIGIN },
        });
        expect(response.status, `${method} ${path}`).toBe(404);
      }
    }
  });

  it("shows letters as a page and each as HTML that can't run anything", async () => {
    const person = await createPerson();
    await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers: fromNewPlace() });
    const page = await call("GET", "/dev/mail");
    expect(page.headers.get("Content-Type")).toContain("text/html");
    const html = await page.text();
    expect(html).toContain(person.email);
    const path = /\/dev\/mail\/[0-9a-z]{26}/.exec(html)?.[0] ?? "";
    const letter = await call("GET", path);
    expect(letter.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(await letter.text()).toContain("<h1");
    expect((await call("GET", `/dev/mail/${newId()}`)).status).toBe(404);
  });
});
