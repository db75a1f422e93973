/** Somebody who had to sign in gets where they wanted to go, also when they sign in behind a letter. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { getLinkTo } from "../support/mail.ts";
import { createPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

type Asking = "/signin/link" | "/register" | "/forgot";

function newEmail(): string {
  return `${newId()}@example.test`;
}

async function ask(path: Asking, email: string, next?: string): Promise<void> {
  const form = next === undefined ? { email } : { email, next };
  expect((await call("POST", path, { form, headers: fromNewPlace() })).status).toBe(202);
}

/** Where the button behind the newest letter leads. */
async function press(email: string, password?: string): Promise<string | null> {
  const { token } = await getLinkTo(email);
  const form = password === undefined ? { email, token } : { email, token, password };
  const pressed = await call("POST", "/auth/confirm", { form, headers: fromNewPlace() });
  expect(pressed.status).toBe(303);
  return pressed.headers.get("Location");
}

describe("the page behind a mailed link", () => {
  it("leads on to where the person wanted to go, from every form that mails one", async () => {
    const person = await createPerson();
    await ask("/signin/link", person.email, "/gallery?q=cake");
    expect(await press(person.email)).toBe("/gallery?q=cake");
    await ask("/forgot", person.email, "/images/abc");
    expect(await press(person.email, "three quiet lanterns by the lake")).toBe("/images/abc");
    const email = newEmail();
    await ask("/register", email, "/create?type=wedding");
    expect(await press(email)).toBe("/create?type=wedding");
  });

  it("leads to the start page, and new people to their first picture, when they wanted nothing else", async () => {
    const person = await createPerson();
    await ask("/signin/link", person.email);
    expect(await press(person.email)).toBe("/");
    const email = newEmail();
    await ask("/register", email, "/");
    expect(await press(email)).toBe("/create");
  });

  it.each([
    "https://evil.test/",
    "//evil.test",
    "/\\evil.test",
    "/\t/evil.test",
    "javascript:alert(1)",
    "/.//evil.test",
    "/x/..//evil.test",
    "http://eventide.test@evil.test/",
    "/\r\nSet-Cookie: session=planted",
    `/${"x".repeat(600)}`,
  ])("56 leads nowhere else, whatever was asked for: %j", async (next) => {
    const person = await createPerson();
    await ask("/signin/link", person.email, next);
    expect(await press(person.email)).toBe("/");
  });

  it("56 leads nowhere else when its row says so", async () => {
    const person = await createPerson();
    for (const next of ["//evil.test", "/\\evil.test", "https://evil.test", ""]) {
      await ask("/signin/link", person.email);
      const change = env.DB.prepare("UPDATE auth_tokens SET next = ?2 WHERE email = ?1").bind(
        person.email,
        next,
      );
      await expect(change.run(), next).rejects.toThrow("CHECK constraint failed");
    }
    await env.DB.prepare("UPDATE auth_tokens SET next = '/.//evil.test' WHERE email = ?1")
      .bind(person.email)
      .run();
    expect(await press(person.email)).toBe("/");
  });

  it("56 can't be bent by whoever opens it: nothing of it stands in the letter", async () => {
    const person = await createPerson();
    await ask("/signin/link", person.email, "/gallery");
    const { path, email, token } = await getLinkTo(person.email);
    expect(path).not.toContain("gallery");
    const bent = await call("GET", `${path}&next=https://evil.test/`);
    expect(await bent.text()).not.toContain("evil.test");
    const form = { email, token, next: "https://evil.test/" };
    const pressed = await call("POST", "/auth/confirm", { form, headers: fromNewPlace() });
    expect(pressed.headers.get("Location")).toBe("/gallery");
  });

  it("17 leaves no token of another link in the database, when that is where the person came from", async () => {
    const person = await createPerson();
    const token = "a".repeat(43);
    await ask("/signin/link", person.email, `/auth/confirm?email=x%40example.test&token=${token}`);
    for (const table of ["auth_tokens", "mail_outbox", "dev_mail", "audit_log"]) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
      expect(JSON.stringify(results), table).not.toContain(token);
    }
    expect(await press(person.email)).toBe("/");
  });
});

describe("the pages that lead to signing in", () => {
  it("keep where the person wanted to go from one to the other, and beside what was refused", async () => {
    const next = encodeURIComponent("/gallery?q=cake");
    const read = async (path: string) => (await call("GET", path)).text();
    const signIn = await read(`/signin?next=${next}`);
    for (const path of ["/register", "/forgot"]) {
      expect(signIn).toContain(`href="${path}?next=${next}"`);
      const page = await read(`${path}?next=${next}`);
      expect(page).toContain('name="next" value="/gallery?q=cake"');
      expect(page).toContain(`href="/signin?next=${next}"`);
      const form = { email: "no address", next: "/gallery?q=cake" };
      const refused = await call("POST", path, { form, headers: fromNewPlace() });
      expect(refused.status).toBe(422);
      expect(await refused.text()).toContain('name="next" value="/gallery?q=cake"');
      expect(await read(`${path}?next=${encodeURIComponent("//evil.test")}`)).not.toContain("evil.test");
    }
  });

  it("send whoever is signed in straight on", async () => {
    const person = await createPerson();
    const to = async (path: string) => (await call("GET", path, { as: person })).headers.get("Location");
    expect(await to("/register")).toBe("/account");
    expect(await to("/register?next=%2Fgallery")).toBe("/gallery");
    expect(await to("/register?next=%2F%2Fevil.test")).toBe("/account");
  });
});
