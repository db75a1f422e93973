import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { hashPassword } from "../../src/auth/password.ts";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { getLetterTo, getLinkTo, listLettersTo } from "../support/mail.ts";
import { createPerson, openTestSession, readBalance, type TestPerson } from "../support/people.ts";
import { fromNewPlace, fromPlace } from "../support/places.ts";

const PASSWORD = "three quiet lanterns by the lake";
const NEW_PASSWORD = "seven paper boats on the pond";
const passwordHash = hashPassword(PASSWORD);

function newEmail(): string {
  return `${newId()}@example.test`;
}

function post(as: TestPerson, path: string, form: Record<string, string> = {}) {
  return call("POST", path, { as, form, headers: fromNewPlace() });
}

async function isSignedIn(cookie: string): Promise<boolean> {
  return (await call("GET", "/api/me", { headers: { Cookie: cookie } })).status === 200;
}

describe("the profile", () => {
  it("takes a new name, by API and by form", async () => {
    const person = await createPerson();
    const changed = await call("PATCH", "/api/me", { as: person, json: { name: "  Ines Okafor " } });
    expect(await changed.json()).toMatchObject({
      user: { id: person.id, name: "Ines Okafor" },
      credits: { available: 0 },
    });
    expect((await post(person, "/account/name", { name: "Ines O." })).status).toBe(303);
    expect(await (await call("GET", "/api/me", { as: person })).json()).toMatchObject({
      user: { name: "Ines O." },
    });
  });

  it("11 takes nothing else: no role, no address, no credits", async () => {
    const person = await createPerson();
    for (const field of ["role", "email", "disabled", "credits", "emailVerified", "id"]) {
      const response = await call("PATCH", "/api/me", { as: person, json: { name: "x", [field]: "HERO" } });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ field }] });
    }
  });

  it("refuses names with line breaks and invisible characters, and long ones", async () => {
    const person = await createPerson();
    for (const name of ["a\nb", "a\u0000", "a\u202eb", "a\u2028b", "x".repeat(81)]) {
      expect((await call("PATCH", "/api/me", { as: person, json: { name } })).status).toBe(422);
    }
    const page = await post(person, "/account/name", { name: "x".repeat(81) });
    expect(page.status).toBe(422);
    expect(await page.text()).toContain("Use at most 80 characters.");
  });
});

describe("sessions", () => {
  it("are listed with device, place and last use, and the one that asks is marked", async () => {
    const person = await createPerson({ passwordHash });
    const headers = {
      "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
    };
    await call("POST", "/api/auth/login", {
      json: { email: person.email, password: PASSWORD },
      headers: { ...headers, ...fromPlace("203.0.113.77") },
    });
    const response = await call("GET", "/api/me/sessions", { as: person });
    const { items } = (await response.json()) as { items: Record<string, unknown>[] };
    expect(items).toHaveLength(2);
    expect(items.find((item) => item["current"] === true)).toMatchObject({
      method: "test",
      device: "An unknown device",
    });
    expect(items.find((item) => item["current"] === false)).toMatchObject({
      device: "Firefox on Linux",
      method: "password",
      place: "203.0.113.0/24",
    });
    const page = await (await call("GET", "/account", { as: person })).text();
    expect(page).toContain("Firefox on Linux");
    expect(page).toContain("203.0.113.0/24");
  });

  it("can be ended one by one, and only by their person", async () => {
    const person = await createPerson();
    const stranger = await createPerson();
    const other = await openTestSession(person.id);
    const { items } = (await (await call("GET", "/api/me/sessions", { as: person })).json()) as {
      items: { id: string; current: boolean }[];
    };
    const id = items.find((item) => !item.current)?.id ?? "";
    expect((await call("DELETE", `/api/me/sessions/${id}`, { as: stranger })).status).toBe(404);
    expect(await isSignedIn(other)).toBe(true);
    expect((await call("DELETE", `/api/me/sessions/${id}`, { as: person })).status).toBe(204);
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(person.cookie)).toBe(true);
    expect((await call("DELETE", `/api/me/sessions/${id}`, { as: person })).status).toBe(404);
  });

  it("can be ended on the page; ending the own one signs out", async () => {
    const person = await createPerson();
    const id = await env.DB.prepare("SELECT id FROM sessions WHERE user_id = ?1")
      .bind(person.id)
      .first<string>("id");
    const response = await post(person, `/account/sessions/${id}/end`);
    expect(response.headers.get("Location")).toBe("/");
    expect(response.headers.get("Set-Cookie")).toContain("Max-Age=0");
    expect(await isSignedIn(person.cookie)).toBe(false);
  });

  it("are not listed once they have expired", async () => {
    const person = await createPerson();
    const old = await openTestSession(person.id, Date.now() - 15 * 24 * 3_600_000);
    expect(await isSignedIn(old)).toBe(false);
    const { items } = (await (await call("GET", "/api/me/sessions", { as: person })).json()) as {
      items: unknown[];
    };
    expect(items).toHaveLength(1);
  });
});

describe("a new password", () => {
  it("21 needs the present one, ends the other sessions, and is told by letter", async () => {
    const person = await createPerson({ passwordHash });
    const other = await openTestSession(person.id);
    const wrong = await post(person, "/account/password", {
      current: "not this one at all",
      password: NEW_PASSWORD,
    });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain("This is not your password.");
    const changed = await post(person, "/account/password", { current: PASSWORD, password: NEW_PASSWORD });
    expect(changed.status).toBe(303);
    expect(await isSignedIn(person.cookie)).toBe(true);
    expect(await isSignedIn(other)).toBe(false);
    expect((await getLetterTo(person.email)).subject).toBe("Your password was changed");
    const json = { email: person.email, password: NEW_PASSWORD };
    expect((await call("POST", "/api/auth/login", { json, headers: fromNewPlace() })).status).toBe(200);
  });

  it("30 ends the links that were mailed before", async () => {
    const person = await createPerson({ passwordHash });
    await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers: fromNewPlace() });
    const { token } = await getLinkTo(person.email);
    await post(person, "/account/password", { current: PASSWORD, password: NEW_PASSWORD });
    const json = { email: person.email, token };
    expect((await call("POST", "/api/auth/confirm", { json, headers: fromNewPlace() })).status).toBe(401);
  });

  it("is held to the same rules, and never given back by the page", async () => {
    const person = await createPerson({ passwordHash });
    const response = await post(person, "/account/password", { current: PASSWORD, password: "password1234" });
    expect(response.status).toBe(422);
    const page = await response.text();
    expect(page).not.toContain("password1234");
    expect(page).not.toContain(PASSWORD);
  });

  it("can't be guessed faster with a session than without", async () => {
    const person = await createPerson({ passwordHash });
    const headers = fromNewPlace();
    const form = { current: "not this one at all", password: NEW_PASSWORD };
    for (let i = 0; i < 5; i++) await call("POST", "/account/password", { as: person, form, headers });
    const sixth = await call("POST", "/account/password", {
      as: person,
      form: { ...form, current: PASSWORD },
      headers,
    });
    expect(sixth.status).toBe(429);
    expect(sixth.headers.get("Retry-After")).not.toBeNull();
  });

  it("is chosen behind a mailed link by those who have none", async () => {
    const person = await createPerson();
    expect((await post(person, "/account/password", { current: "", password: NEW_PASSWORD })).status).toBe(
      409,
    );
    expect((await post(person, "/account/password/link")).status).toBe(303);
    expect((await getLetterTo(person.email)).subject).toBe("Choose a new password");
  });
});

describe("a new address", () => {
  async function ask(person: TestPerson, email: string, current = "") {
    return call("POST", "/api/me/email", { as: person, json: { email, current }, headers: fromNewPlace() });
  }

  function confirm(link: { email: string; token: string }, cookie?: string) {
    const { email, token } = link;
    const headers = cookie === undefined ? fromNewPlace() : { ...fromNewPlace(), Cookie: cookie };
    return call("POST", "/api/auth/confirm", { json: { email, token }, headers });
  }

  it("is confirmed at the new one and told to the old one, and ends the other sessions", async () => {
    const person = await createPerson({ credits: 3 });
    const other = await openTestSession(person.id);
    const email = newEmail();
    expect((await ask(person, email)).status).toBe(202);
    expect(await (await call("GET", "/api/me", { as: person })).json()).toMatchObject({
      user: { email: person.email },
    });
    const confirmed = await confirm(await getLinkTo(email), person.cookie);
    expect(await confirmed.json()).toMatchObject({ user: { id: person.id, email } });
    expect(await isSignedIn(person.cookie)).toBe(true);
    expect(await isSignedIn(other)).toBe(false);
    const notice = await getLetterTo(person.email);
    expect(notice.subject).toBe("Your e-mail address was changed");
    expect(notice.text).not.toContain(email);
    expect(await readBalance(person.id)).toEqual({ available: 3, held: 0 });
  });

  it("needs the password of those who have one", async () => {
    const person = await createPerson({ passwordHash });
    const email = newEmail();
    for (const current of ["", "not this one at all"])
      expect((await ask(person, email, current)).status).toBe(422);
    expect(await listLettersTo(email)).toEqual([]);
    expect((await ask(person, email, PASSWORD)).status).toBe(202);
    const form = { email: newEmail(), emailCurrent: "not this one at all" };
    const page = await post(person, "/account/email", form);
    expect(page.status).toBe(422);
    expect(await page.text()).toContain("This is not your password.");
  });

  it("isn't taken over by whoever reads the mailbox of a mistyped one", async () => {
    const person = await createPerson();
    const stranger = await createPerson();
    const email = newEmail();
    await ask(person, email);
    const link = await getLinkTo(email);
    expect((await confirm(link)).status).toBe(401);
    expect((await confirm(link, stranger.cookie)).status).toBe(401);
    const page = await call("GET", link.path);
    expect(page.status).toBe(303);
    expect(page.headers.get("Location")).toMatch(/^\/signin\?next=/);
    expect((await confirm(link, person.cookie)).status).toBe(200);
  });

  it("leads whoever is signed in as somebody else out and back to its link, not round in a circle", async () => {
    const person = await createPerson();
    const other = await createPerson();
    const email = newEmail();
    await ask(person, email);
    const link = await getLinkTo(email);
    const page = await call("GET", link.path, { as: other });
    expect(page.status).toBe(403);
    const html = await page.text();
    expect(html).toContain("This link belongs to another account");
    expect(html).toContain(other.email);
    expect(html).not.toContain(person.email);
    const action = /action="(\/signout\?next=[^"]+)"/.exec(html)?.[1] ?? "";
    const left = await post(other, action.replaceAll("&amp;", "&"));
    expect(left.status).toBe(303);
    expect(left.headers.get("Location")).toBe(link.path);
    expect(await isSignedIn(other.cookie)).toBe(false);
    const anonymous = await call("GET", left.headers.get("Location") ?? "");
    const signIn = new URL(anonymous.headers.get("Location") ?? "", "http://eventide.test");
    expect([signIn.pathname, signIn.searchParams.get("next")]).toEqual(["/signin", link.path]);
    expect(await (await call("GET", link.path, { as: person })).text()).toContain("Use this address");
  });

  it("is confirmed on its page as well", async () => {
    const person = await createPerson();
    const email = newEmail();
    expect((await post(person, "/account/email", { email })).status).toBe(303);
    const link = await getLinkTo(email);
    expect(await (await call("GET", link.path, { as: person })).text()).toContain("Use this address");
    const response = await post(person, "/auth/confirm", { email: link.email, token: link.token });
    expect(response.headers.get("Location")).toBe("/account");
  });

  it("gets a letter that says so when it has an account, and nothing changes", async () => {
    const person = await createPerson();
    const other = await createPerson();
    expect((await ask(person, other.email)).status).toBe(202);
    const letter = await getLetterTo(other.email);
    expect(letter.subject).toBe("This address has an account already");
    expect(letter.text).not.toContain("token=");
    expect((await ask(person, person.email)).status).toBe(422);
  });

  it("is refused when somebody else took it meanwhile", async () => {
    const person = await createPerson();
    const email = newEmail();
    await ask(person, email);
    const link = await getLinkTo(email);
    await env.DB.prepare("UPDATE users SET email = ?2 WHERE id = ?1")
      .bind((await createPerson()).id, email)
      .run();
    expect((await confirm(link, person.cookie)).status).toBe(409);
  });

  it("frees the old one, and brings no second starting credits", async () => {
    const first = newEmail();
    const register = async (email: string) => {
      await call("POST", "/api/auth/register", { json: { email }, headers: fromNewPlace() });
      return confirm(await getLinkTo(email));
    };
    const opened = await register(first);
    const { user } = (await opened.json()) as { user: { id: string } };
    const cookie = (opened.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
    const person = { id: user.id, email: first, cookie };
    const second = newEmail();
    await ask(person, second);
    await confirm(await getLinkTo(second), cookie);
    await call("POST", "/api/auth/magic-link", { json: { email: second }, headers: fromNewPlace() });
    await confirm(await getLinkTo(second));
    expect(await readBalance(user.id)).toEqual({ available: 10, held: 0 });
  });
});
