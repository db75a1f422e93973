/** Letters that are sent a second time, come late, or are overtaken by what their person did meanwhile. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hashPassword } from "../../src/auth/password.ts";
import { buildPostOffice } from "../../src/auth/post-office.ts";
import { createLink } from "../../src/db/auth-tokens.ts";
import { parseConfig } from "../../src/env.ts";
import { newId } from "../../src/ids.ts";
import { deliverDueLetters } from "../../src/mail/outbox.ts";
import { interceptDatabase } from "../support/fault-line.ts";
import { call, testBindings } from "../support/http.ts";
import { startOidcProvider } from "../support/identity-provider.ts";
import { getLinkTo, listLettersTo } from "../support/mail.ts";
import { createPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";
import { newClaims, readMe, signInElsewhere, visitorOf } from "../support/sign-in-elsewhere.ts";

const PASSWORD = "three quiet lanterns by the lake";
const HOUR_MS = 3_600_000;

afterEach(() => {
  vi.restoreAllMocks();
});

/** A database that breaks at every write that `pattern` names. */
function breakAt(pattern: RegExp): { DB: D1Database } {
  const fault = () => Promise.reject(new Error("broken on purpose"));
  return { DB: interceptDatabase(env.DB, (sql, run) => (pattern.test(sql) ? fault() : run())) };
}

/** The letter goes out, and nobody learns that it did: its row stays. */
const LOSES_ANSWER = breakAt(/^DELETE FROM mail_outbox WHERE id/);
/** Nothing goes out for now. */
const SENDS_NOTHING = breakAt(/^UPDATE mail_outbox SET attempts/);

async function sendAgain(): Promise<void> {
  const bindings = testBindings();
  const config = parseConfig(bindings);
  if (!config.ok) throw new Error("sendAgain: the configuration is wrong");
  await deliverDueLetters(buildPostOffice(bindings, config.value), Date.now() + HOUR_MS);
}

function confirm(email: string, token: string, cookie = "") {
  const headers = { ...fromNewPlace(), ...(cookie === "" ? {} : { Cookie: cookie }) };
  return call("POST", "/api/auth/confirm", { json: { email, token }, headers });
}

/** For a link to sign in: the letter goes out, and nobody hears that it did. */
function askWithLostAnswer(email: string) {
  return call("POST", "/api/auth/magic-link", {
    json: { email },
    headers: fromNewPlace(),
    env: LOSES_ANSWER,
  });
}

function countRows(sql: string, value: string): Promise<number | null> {
  return env.DB.prepare(`SELECT count(*) AS n FROM ${sql}`).bind(value).first<number>("n");
}

describe("a letter whose answer got lost", () => {
  it("comes again with the same link while nobody has used it", async () => {
    const { email } = await createPerson();
    await askWithLostAnswer(email);
    const { token } = await getLinkTo(email);
    expect(await countRows("mail_outbox WHERE recipient = ?1", email)).toBe(1);
    await env.DB.prepare("UPDATE mail_outbox SET due_at = 0 WHERE recipient = ?1").bind(email).run();
    await sendAgain();
    expect((await getLinkTo(email)).token).toBe(token);
    expect(await countRows("mail_outbox WHERE recipient = ?1", email)).toBe(0);
    expect((await confirm(email, token)).status).toBe(200);
  });

  it("38 doesn't come again once its link was used, and the link doesn't work again", async () => {
    const { email } = await createPerson();
    await askWithLostAnswer(email);
    const { token } = await getLinkTo(email);
    expect((await confirm(email, token)).status).toBe(200);
    expect(await countRows("mail_outbox WHERE recipient = ?1", email)).toBe(0);
    await sendAgain();
    expect(await listLettersTo(email)).toHaveLength(1);
    expect((await confirm(email, token)).status).toBe(401);
  });

  it("38 makes no link for whoever was about to send it when its link was used", async () => {
    const email = `${newId()}@example.test`;
    const now = Date.now();
    const link = {
      letterId: newId(),
      tokenHash: newId(),
      purpose: "sign_in",
      email,
      userId: null,
      name: "",
      next: "/",
      createdAt: now,
      expiresAt: now + HOUR_MS,
    } as const;
    expect(await createLink(env.DB, link)).toBe(false);
    expect(await countRows("auth_tokens WHERE email = ?1", email)).toBe(0);
  });
});

describe("a letter that is still on its way", () => {
  it("30 is taken back by a new password, like those that came", async () => {
    const person = await createPerson({ passwordHash: hashPassword(PASSWORD) });
    const headers = fromNewPlace();
    const json = { email: person.email };
    await call("POST", "/api/auth/magic-link", { json, headers, env: SENDS_NOTHING });
    expect(await countRows("mail_outbox WHERE recipient = ?1", person.email)).toBe(1);
    const form = { current: PASSWORD, password: "seven loud drums on the mountain" };
    expect((await call("POST", "/account/password", { as: person, form, headers })).status).toBe(303);
    await sendAgain();
    expect((await listLettersTo(person.email)).map(({ subject }) => subject)).toEqual([
      "Your password was changed",
    ]);
  });

  it("goes with its person when it is to a new address", async () => {
    const person = await createPerson();
    const email = `${newId()}@example.test`;
    const json = { email, current: "" };
    await call("POST", "/api/me/email", { as: person, json, headers: fromNewPlace(), env: SENDS_NOTHING });
    expect(await countRows("mail_outbox WHERE recipient = ?1", email)).toBe(1);
    expect((await call("DELETE", "/api/me", { as: person })).status).toBe(204);
    expect(await countRows("mail_outbox WHERE recipient = ?1", email)).toBe(0);
  });

  it("is dropped, and not tried for hours, when its person left in the moment of asking", async () => {
    const email = `${newId()}@example.test`;
    await env.DB.prepare(
      `INSERT INTO mail_outbox (id, kind, recipient, user_id, due_at, created_at)
       VALUES (?1, 'change_email', ?2, ?1, 0, ?3)`,
    )
      .bind(newId(), email, Date.now())
      .run();
    await sendAgain();
    expect(await countRows("mail_outbox WHERE recipient = ?1", email)).toBe(0);
    expect(await listLettersTo(email)).toEqual([]);
  });
});

describe("an account", () => {
  it("isn't opened once more by a link that was being used while its person erased it", async () => {
    const person = await createPerson();
    await call("POST", "/api/auth/magic-link", { json: { email: person.email }, headers: fromNewPlace() });
    const { email, token } = await getLinkTo(person.email);
    const DB = interceptDatabase(env.DB, async (sql, run) => {
      if (sql.includes("INSERT INTO users")) {
        expect((await call("DELETE", "/api/me", { as: person })).status).toBe(204);
      }
      return run();
    });
    const json = { email, token };
    const late = await call("POST", "/api/auth/confirm", { json, headers: fromNewPlace(), env: { DB } });
    expect(late.status).toBe(401);
    expect(await countRows("users WHERE email = ?1", email)).toBe(0);
  });

  it("is opened and connected in one write by a provider: what breaks off there leaves nothing half", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    const broken = visitorOf({ ...provider, env: { ...provider.env, ...breakAt(/INSERT INTO sessions/) } });
    expect((await signInElsewhere(provider, broken, claims)).status).toBe(500);
    expect(await countRows("users WHERE email = ?1", claims.email)).toBe(0);
    const again = visitorOf(provider);
    expect((await signInElsewhere(provider, again, claims)).status).toBe(303);
    expect(await readMe(again)).toMatchObject({
      user: { email: claims.email },
      credits: { available: 10 },
    });
  });

  it("49 that a letter opens in the middle of a provider's sign-in isn't handed to the provider", async () => {
    const provider = startOidcProvider();
    const claims = newClaims();
    const { email } = claims;
    await call("POST", "/api/auth/register", { json: { email }, headers: fromNewPlace() });
    const { token } = await getLinkTo(email);
    let isOvertaken = false;
    const DB = interceptDatabase(env.DB, async (sql, run) => {
      if (!isOvertaken && sql.includes("INSERT INTO users")) {
        isOvertaken = true;
        expect((await confirm(email, token)).status).toBe(200);
      }
      return run();
    });
    const visitor = visitorOf({ ...provider, env: { ...provider.env, DB } });
    const refused = await signInElsewhere(provider, visitor, claims);
    expect(refused.headers.get("Location")).toContain("error=OAuthAccountNotLinked");
    expect(await countRows("provider_accounts WHERE email = ?1", email)).toBe(0);
  });
});
