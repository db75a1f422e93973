import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { keepHouse } from "../../src/auth/housekeeping.ts";
import { hashPassword } from "../../src/auth/password.ts";
import { buildPostOffice } from "../../src/auth/post-office.ts";
import { parseConfig } from "../../src/env.ts";
import {
  answerCreation,
  answerRequest,
  type Bends,
  createPasskey,
  type SoftPasskey,
} from "../support/authenticator.ts";
import { testBindings } from "../support/http.ts";
import { listLettersTo } from "../support/mail.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const SITE = { origin: "http://eventide.test", rpId: "eventide.test" };
const PASSWORD = "correct horse battery staple";
const passwordHash = hashPassword(PASSWORD);

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const visitorOf = (person?: TestPerson) => createVisitor({ headers: fromNewPlace() }, person?.cookie);

interface CreationOptions {
  challenge: string;
  user: { id: string };
  excludeCredentials: { id: string }[];
}

async function askToCreate(visitor: Visitor, current?: string): Promise<CreationOptions> {
  const response = await visitor.call("POST", "/api/me/passkeys/options", {
    json: current === undefined ? {} : { current },
  });
  expect(response.status).toBe(200);
  return response.json<CreationOptions>();
}

function add(
  visitor: Visitor,
  passkey: SoftPasskey,
  challenge: string,
  { name, bends }: { name?: string; bends?: Bends } = {},
): Promise<Response> {
  const answer = answerCreation(passkey, { ...SITE, challenge }, bends);
  return visitor.call("POST", "/api/me/passkeys", {
    json: { ...answer, ...(name === undefined ? {} : { name }) },
  });
}

/** A person who has added a passkey. */
async function createOwner(options: Parameters<typeof createPerson>[0] = {}) {
  const person = await createPerson(options);
  const visitor = visitorOf(person);
  const passkey = createPasskey();
  const current = options.passwordHash === undefined ? undefined : PASSWORD;
  const { challenge, user } = await askToCreate(visitor, current);
  expect((await add(visitor, passkey, challenge)).status).toBe(201);
  return { person, visitor, passkey, userHandle: user.id };
}

async function askToSignIn(visitor: Visitor): Promise<string> {
  const response = await visitor.call("POST", "/api/auth/passkey/options", { json: {} });
  expect(response.status).toBe(200);
  return (await response.json<{ challenge: string }>()).challenge;
}

function signIn(
  visitor: Visitor,
  { passkey, userHandle }: { passkey: SoftPasskey; userHandle: string },
  challenge: string,
  bends: Bends = {},
): Promise<Response> {
  const answer = answerRequest(passkey, userHandle, { ...SITE, challenge }, bends);
  return visitor.call("POST", "/api/auth/passkey", { json: answer });
}

async function listOwn(visitor: Visitor): Promise<{ id: string; name: string; lastUsedAt: string | null }[]> {
  const response = await visitor.call("GET", "/api/me/passkeys");
  const { items } = await response.json<{
    items: { id: string; name: string; lastUsedAt: string | null }[];
  }>();
  return items;
}

function readStoredKey({ credentialId }: SoftPasskey): Promise<string | null> {
  return env.DB.prepare("SELECT public_key FROM passkeys WHERE credential_id = ?1")
    .bind(text(credentialId))
    .first<string>("public_key");
}

async function readLastRefusal(): Promise<unknown> {
  const details = await env.DB.prepare(
    "SELECT details FROM audit_log WHERE action = 'sign_in.refuse' ORDER BY id DESC LIMIT 1",
  ).first<string>("details");
  return details === null ? null : JSON.parse(details);
}

describe("adding a passkey", () => {
  it("makes one that opens the account, with a name, and tells its person by mail", async () => {
    const person = await createPerson();
    const visitor = visitorOf(person);
    const passkey = createPasskey();
    const options = await askToCreate(visitor);
    expect(options).toMatchObject({
      rp: { id: "eventide.test", name: "Eventide" },
      user: { id: text(Buffer.from(person.id)), name: person.email, displayName: "Test Person" },
      pubKeyCredParams: [
        { type: "public-key", alg: -7 },
        { type: "public-key", alg: -8 },
        { type: "public-key", alg: -257 },
      ],
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      excludeCredentials: [],
    });
    const response = await add(visitor, passkey, options.challenge, { name: "Blue phone" });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ id: text(passkey.credentialId) });
    expect(await listOwn(visitor)).toEqual([
      {
        id: text(passkey.credentialId),
        name: "Blue phone",
        createdAt: expect.stringMatching(/Z$/),
        lastUsedAt: null,
      },
    ]);
    expect((await askToCreate(visitor)).excludeCredentials).toEqual([
      { type: "public-key", id: text(passkey.credentialId) },
    ]);
    expect(await readStoredKey(passkey)).toBe(text(passkey.cose));
    const [letter] = await listLettersTo(person.email);
    expect(letter?.text).toContain("A passkey was added to your account");
  });

  it("names one after the device when nobody gave a name", async () => {
    const person = await createPerson();
    const agent = { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };
    const visitor = createVisitor({ headers: { ...fromNewPlace(), ...agent } }, person.cookie);
    const { challenge } = await askToCreate(visitor);
    await add(visitor, createPasskey(), challenge);
    expect((await listOwn(visitor))[0]?.name).toBe("Firefox on Linux");
  });

  it("needs the password where there is one, and a session in any case", async () => {
    const person = await createPerson({ passwordHash });
    const visitor = visitorOf(person);
    for (const json of [{}, { current: "another password" }]) {
      const response = await visitor.call("POST", "/api/me/passkeys/options", { json });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ field: "current" }] });
    }
    expect((await askToCreate(visitor, PASSWORD)).challenge).toMatch(/^[\w-]{43}$/);
    expect((await visitorOf().call("POST", "/api/me/passkeys/options", { json: {} })).status).toBe(401);
  });

  it.each<[string, Bends]>([
    ["another site", { origin: "https://evil.test" }],
    ["another relying party", { rpId: "evil.test" }],
    ["a sign-in", { type: "webauthn.get" }],
    ["somebody who didn't prove to be its owner", { flags: 0x41 }],
    ["a frame of another site", { crossOrigin: true }],
    ["a challenge of nobody's", { challenge: "x".repeat(43) }],
    ["a challenge that can't be one", { challenge: "' OR 1=1 --" }],
  ])("refuses an answer for %s", async (_case, bends) => {
    const visitor = visitorOf(await createPerson());
    const { challenge } = await askToCreate(visitor);
    const response = await add(visitor, createPasskey(), challenge, { bends });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "invalid_request" });
    expect(await listOwn(visitor)).toEqual([]);
  });

  it("takes each challenge once, from the person whom it was given to, and for five minutes", async () => {
    const visitor = visitorOf(await createPerson());
    const other = visitorOf(await createPerson());
    const { challenge } = await askToCreate(visitor);
    expect((await add(other, createPasskey(), challenge)).status).toBe(422);
    expect((await add(visitor, createPasskey(), challenge)).status).toBe(201);
    expect((await add(visitor, createPasskey(), challenge)).status).toBe(422);
    expect((await add(visitor, createPasskey(), await askToSignIn(visitor))).status).toBe(422);
    const late = await askToCreate(visitor);
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now + 6 * 60_000);
    expect((await add(visitor, createPasskey(), late.challenge)).status).toBe(422);
  });

  it("lets one of many answers to one challenge through", async () => {
    const visitor = visitorOf(await createPerson());
    const { challenge } = await askToCreate(visitor);
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => add(visitor, createPasskey(), challenge)),
    );
    expect(responses.filter((response) => response.status === 201)).toHaveLength(1);
    expect(await listOwn(visitor)).toHaveLength(1);
  });

  it("doesn't take over a passkey that is somebody else's, and tells nobody", async () => {
    const { passkey, visitor: owner } = await createOwner();
    const thief = await createPerson();
    const visitor = visitorOf(thief);
    const { challenge } = await askToCreate(visitor);
    expect((await add(visitor, passkey, challenge)).status).toBe(409);
    expect(await listOwn(owner)).toHaveLength(1);
    expect(await listOwn(visitor)).toEqual([]);
    expect(await listLettersTo(thief.email)).toEqual([]);
  });

  it("ends at ten", async () => {
    const visitor = visitorOf(await createPerson());
    for (let count = 0; count < 10; count++) {
      const { challenge } = await askToCreate(visitor);
      expect((await add(visitor, createPasskey(), challenge)).status).toBe(201);
    }
    const { challenge } = await askToCreate(visitor);
    expect((await add(visitor, createPasskey(), challenge)).status).toBe(409);
    expect(await listOwn(visitor)).toHaveLength(10);
  });

  it("names the fields that don't fit", async () => {
    const visitor = visitorOf(await createPerson());
    const json = {
      ...answerCreation(createPasskey(), { ...SITE, challenge: "" }),
      id: "no base64!",
      extra: 1,
    };
    const response = await visitor.call("POST", "/api/me/passkeys", { json: { ...json, response: {} } });
    expect(response.status).toBe(422);
    const { errors } = await response.json<{ errors: { field: string }[] }>();
    expect(new Set(errors.map(({ field }) => field))).toEqual(
      new Set(["extra", "id", "response.clientDataJSON", "response.attestationObject"]),
    );
  });

  it("takes an answer without the standard's optional members, and with null for those that a browser lacks", async () => {
    const visitor = visitorOf(await createPerson());
    for (const optional of [{}, { publicKey: null, publicKeyAlgorithm: null }]) {
      const { challenge } = await askToCreate(visitor);
      const { id, rawId, type, response } = answerCreation(createPasskey(), { ...SITE, challenge });
      const { clientDataJSON, attestationObject } = response;
      const json = { id, rawId, type, response: { clientDataJSON, attestationObject, ...optional } };
      expect((await visitor.call("POST", "/api/me/passkeys", { json })).status).toBe(201);
    }
  });

  it("refuses one that comes with its maker's certificates, and says why", async () => {
    const visitor = visitorOf(await createPerson());
    for (const attestation of ["packed", "tpm", "apple", "android-key", "fido-u2f", "made-up"]) {
      const { challenge } = await askToCreate(visitor);
      const bends = { attestation, certificate: Buffer.alloc(1_500, 0x30) };
      const response = await add(visitor, createPasskey(), challenge, { bends });
      expect(response.status).toBe(422);
      const { code, detail } = await response.json<{ code: string; detail: string }>();
      expect(code).toBe("invalid_request");
      expect(detail).toContain("attestation");
    }
    expect(await listOwn(visitor)).toEqual([]);
  });

  it.each([
    ["is garbage", Buffer.from("garbage")],
    ["is empty in CBOR", Buffer.from([0xa0])],
    ["is nested without end", Buffer.alloc(8_000, 0x81)],
    ["promises more than there is", Buffer.from("bbffffffffffffffff", "hex")],
    ["lacks its data", Buffer.from("a163666d74646e6f6e65", "hex")],
  ])("refuses an attestation object that %s without a word of the library's", async (_case, bytes) => {
    const visitor = visitorOf(await createPerson());
    const { challenge } = await askToCreate(visitor);
    const answer = answerCreation(createPasskey(), { ...SITE, challenge });
    const json = { ...answer, response: { ...answer.response, attestationObject: text(bytes) } };
    const response = await visitor.call("POST", "/api/me/passkeys", { json });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: "invalid_request",
      detail: "The passkey could not be checked, or it took too long. Start again. Nothing was added.",
    });
    expect(await listOwn(visitor)).toEqual([]);
  });

  it("refuses parts that are longer than any authenticator's, by name", async () => {
    const visitor = visitorOf(await createPerson());
    const answer = answerCreation(createPasskey(), { ...SITE, challenge: "c".repeat(43) });
    const json = { ...answer, response: { ...answer.response, attestationObject: "A".repeat(20_000) } };
    const response = await visitor.call("POST", "/api/me/passkeys", { json });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field: "response.attestationObject" }] });
  });

  it("has a page that asks for the password where there is one", async () => {
    const withPassword = visitorOf(await createPerson({ passwordHash }));
    expect(await (await withPassword.call("GET", "/account/passkeys/new")).text()).toContain(
      'name="current"',
    );
    const without = visitorOf(await createPerson());
    expect(await (await without.call("GET", "/account/passkeys/new")).text()).not.toContain('name="current"');
  });
});

describe("signing in with a passkey", () => {
  it("opens the account of whoever owns it, without an address", async () => {
    const owner = await createOwner({ credits: 3 });
    const visitor = visitorOf();
    const response = await signIn(visitor, owner, await askToSignIn(visitor), { counter: 1 });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user: { id: owner.person.id, email: owner.person.email } });
    expect(response.headers.get("Set-Cookie")).toMatch(/^session=[\w-]{43};.*HttpOnly/);
    const me = await visitor.call("GET", "/api/me");
    expect(await me.json()).toMatchObject({ user: { id: owner.person.id }, credits: { available: 3 } });
    expect((await listOwn(visitor))[0]?.lastUsedAt).not.toBeNull();
    const session = await env.DB.prepare(
      "SELECT count(*) AS found FROM sessions WHERE user_id = ?1 AND method = 'passkey'",
    )
      .bind(owner.person.id)
      .first<number>("found");
    expect(session).toBe(1);
  });

  it("replaces a session that was planted before", async () => {
    const owner = await createOwner();
    const planted = await createPerson();
    const visitor = visitorOf(planted);
    await signIn(visitor, owner, await askToSignIn(visitor));
    expect(visitor.cookieHeader()).not.toContain(planted.cookie);
    expect((await visitorOf(planted).call("GET", "/api/me")).status).toBe(401);
  });

  it.each<[string, Bends, string]>([
    ["another site", { origin: "https://evil.test" }, "not_verified"],
    ["another relying party", { rpId: "evil.test" }, "not_verified"],
    ["a new passkey", { type: "webauthn.create" }, "not_verified"],
    ["a frame of another site", { crossOrigin: true }, "not_verified"],
    ["somebody who didn't prove to be its owner", { flags: 0x01 }, "not_verified"],
    ["a challenge of nobody's", { challenge: "x".repeat(43) }, "old_challenge"],
  ])("is refused for %s", async (_case, bends, cause) => {
    const owner = await createOwner();
    const visitor = visitorOf();
    const response = await signIn(visitor, owner, await askToSignIn(visitor), bends);
    expect(response.status).toBe(401);
    expect(visitor.cookies.has("session")).toBe(false);
    expect(await readLastRefusal()).toEqual({ method: "passkey", cause });
  });

  it("is refused with the same words whether the passkey is unknown, another person's, badly signed or switched off", async () => {
    const owner = await createOwner();
    const other = await createOwner();
    const disabled = await createOwner();
    await env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE id = ?1").bind(disabled.person.id).run();
    const forged = { ...createPasskey(), credentialId: owner.passkey.credentialId };
    const attempts = [
      { attempt: { passkey: createPasskey(), userHandle: owner.userHandle }, cause: "unknown_passkey" },
      { attempt: { passkey: owner.passkey, userHandle: other.userHandle }, cause: "other_person" },
      { attempt: { passkey: forged, userHandle: owner.userHandle }, cause: "not_verified" },
      { attempt: disabled, cause: "disabled" },
    ];
    const answers = new Set<string>();
    for (const { attempt, cause } of attempts) {
      const visitor = visitorOf();
      const response = await signIn(visitor, attempt, await askToSignIn(visitor));
      expect(response.status).toBe(401);
      const { detail, code } = await response.json<{ detail: string; code: string }>();
      answers.add(`${code} ${detail}`);
      expect(await readLastRefusal()).toEqual({ method: "passkey", cause });
    }
    expect(answers.size).toBe(1);
  });

  it("takes each challenge once: an answer that was overheard is worth nothing", async () => {
    const owner = await createOwner();
    const challenge = await askToSignIn(visitorOf());
    const responses = await Promise.all(
      Array.from({ length: 5 }, () => signIn(visitorOf(), owner, challenge)),
    );
    expect(responses.map((response) => response.status).sort()).toEqual([200, 401, 401, 401, 401]);
  });

  it("uses a challenge up also when the answer is wrong", async () => {
    const owner = await createOwner();
    const challenge = await askToSignIn(visitorOf());
    const forged = { ...createPasskey(), credentialId: owner.passkey.credentialId };
    await signIn(visitorOf(), { ...owner, passkey: forged }, challenge);
    expect((await signIn(visitorOf(), owner, challenge)).status).toBe(401);
  });

  it("needs to be told whose passkey it is, and refuses what isn't even an answer", async () => {
    const owner = await createOwner();
    const visitor = visitorOf();
    const challenge = await askToSignIn(visitor);
    const answer = answerRequest(owner.passkey, owner.userHandle, { ...SITE, challenge });
    const { userHandle: _left, ...unnamed } = answer.response;
    const nameless = await visitor.call("POST", "/api/auth/passkey", {
      json: { ...answer, response: unnamed },
    });
    expect(nameless.status).toBe(422);
    expect(await nameless.json()).toMatchObject({ errors: [{ field: "response.userHandle" }] });
    for (const spoiled of [
      { authenticatorData: "AA" },
      { authenticatorData: text(Buffer.alloc(8_000, 0x81)) },
      { signature: "AA" },
      { clientDataJSON: text(Buffer.from("null")) },
    ]) {
      const fresh = answerRequest(owner.passkey, owner.userHandle, {
        ...SITE,
        challenge: await askToSignIn(visitor),
      });
      const json = { ...fresh, response: { ...fresh.response, ...spoiled } };
      const response = await visitor.call("POST", "/api/auth/passkey", { json });
      expect(response.status).toBe(401);
      expect(await readLastRefusal()).toEqual({ method: "passkey", cause: "not_verified" });
    }
  });

  it("takes no challenge that was given for adding one", async () => {
    const owner = await createOwner();
    const { challenge } = await askToCreate(owner.visitor);
    expect((await signIn(visitorOf(), owner, challenge)).status).toBe(401);
  });

  it("refuses a passkey whose counter goes back, as a copy's would, and remembers the highest", async () => {
    const owner = await createOwner();
    const attempt = async (counter: number) => {
      const visitor = visitorOf();
      return (await signIn(visitor, owner, await askToSignIn(visitor), { counter })).status;
    };
    expect(await attempt(7)).toBe(200);
    expect(await attempt(7)).toBe(401);
    expect(await readLastRefusal()).toEqual({ method: "passkey", cause: "copied_passkey" });
    expect(await attempt(0)).toBe(401);
    expect(await attempt(8)).toBe(200);
  });

  it("refuses other origins, and is counted among the attempts from one place", async () => {
    const foreign = await visitorOf().call("POST", "/api/auth/passkey/options", {
      json: {},
      headers: { Origin: "https://evil.test" },
    });
    expect(foreign.status).toBe(403);
    const visitor = visitorOf();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 125; attempt++) {
      statuses.push((await visitor.call("POST", "/api/auth/passkey", { json: {} })).status);
    }
    expect(statuses[0]).toBe(422);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("removing a passkey", () => {
  it("ends it at once, and tells its person by mail", async () => {
    const owner = await createOwner({ passwordHash });
    const id = text(owner.passkey.credentialId);
    expect((await owner.visitor.call("DELETE", `/api/me/passkeys/${id}`)).status).toBe(204);
    expect(await listOwn(owner.visitor)).toEqual([]);
    const visitor = visitorOf();
    expect((await signIn(visitor, owner, await askToSignIn(visitor))).status).toBe(401);
    const [letter] = await listLettersTo(owner.person.email);
    expect(letter?.text).toContain("A passkey was removed from your account");
  });

  it("works from the account page without a script", async () => {
    const owner = await createOwner({ passwordHash });
    const id = text(owner.passkey.credentialId);
    expect(await (await owner.visitor.call("GET", "/account")).text()).toContain(`value="${id}"`);
    const response = await owner.visitor.call("POST", "/account/passkeys/remove", { form: { id } });
    expect(response.headers.get("Location")).toBe("/account#ways-in");
    expect(await listOwn(owner.visitor)).toEqual([]);
  });

  it("51 is refused for the last way in, and possible again with another one", async () => {
    const owner = await createOwner();
    const id = text(owner.passkey.credentialId);
    const path = `/api/me/passkeys/${id}`;
    const refused = await owner.visitor.call("DELETE", path);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "conflict" });
    expect(await listOwn(owner.visitor)).toHaveLength(1);
    const { challenge } = await askToCreate(owner.visitor);
    await add(owner.visitor, createPasskey(), challenge);
    expect((await owner.visitor.call("DELETE", path)).status).toBe(204);
  });

  it("is possible for somebody who has used a mailed link, as for a device that was lost", async () => {
    const owner = await createOwner();
    await env.DB.prepare("UPDATE users SET mailbox_used_at = 1 WHERE id = ?1").bind(owner.person.id).run();
    const id = text(owner.passkey.credentialId);
    expect((await owner.visitor.call("DELETE", `/api/me/passkeys/${id}`)).status).toBe(204);
  });

  it("12 is 404 for somebody else's, which stays", async () => {
    const owner = await createOwner();
    const visitor = visitorOf(await createPerson({ passwordHash }));
    const id = text(owner.passkey.credentialId);
    expect((await visitor.call("DELETE", `/api/me/passkeys/${id}`)).status).toBe(404);
    expect((await visitor.call("POST", "/account/passkeys/remove", { form: { id } })).status).toBe(404);
    expect(await listOwn(owner.visitor)).toHaveLength(1);
  });
});

describe("challenges that nobody answered", () => {
  it("are removed by the cron when they have expired", async () => {
    const visitor = visitorOf();
    await askToSignIn(visitor);
    const count = () =>
      env.DB.prepare("SELECT count(*) AS found FROM passkey_challenges").first<number>("found");
    const before = (await count()) ?? 0;
    expect(before).toBeGreaterThan(0);
    const bindings = testBindings();
    const config = parseConfig(bindings);
    if (!config.ok) throw new Error("the configuration is wrong");
    const office = buildPostOffice(bindings, config.value);
    await keepHouse(office, Date.now());
    expect(await count()).toBe(before);
    await keepHouse(office, Date.now() + 6 * 60_000);
    expect(await count()).toBe(0);
  });
});
