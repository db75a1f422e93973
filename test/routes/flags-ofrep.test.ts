import { env } from "cloudflare:workers";
import { OFREPApi } from "@openfeature/ofrep-core";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature, type Provider } from "@openfeature/web-sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";
import { createApiKey } from "../../src/auth/api-key.ts";
import { parsePlace } from "../../src/auth/place.ts";
import type { Scope } from "../../src/auth/scopes.ts";
import { newId } from "../../src/ids.ts";
import { onForRole, onForShare } from "../flags/support.ts";
import { clearFlags, putFlag, putRules } from "../support/flags.ts";
import { call, ORIGIN, testBindings } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";

const BULK = "/ofrep/v1/evaluate/flags";
const CLIENT_FLAGS = ["animations", "charts", "image_processing", "perf_monitoring"];

interface Evaluation {
  key: string;
  value?: unknown;
  reason?: string;
  variant?: string;
  errorCode?: string;
}

/** As a program sends it: no Origin, and whatever headers the test says. */
function ask(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return Promise.resolve(
    app.request(
      `${ORIGIN}${path}`,
      {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      },
      testBindings(),
    ),
  );
}

async function askOne(
  key: string,
  context: object,
  as?: TestPerson,
): Promise<{ status: number; body: Evaluation }> {
  const response = await ask(`${BULK}/${key}`, { context }, as === undefined ? {} : { Cookie: as.cookie });
  return { status: response.status, body: (await response.json()) as Evaluation };
}

async function askAll(
  context: object,
  headers: Record<string, string> = {},
): Promise<{ response: Response; flags: Evaluation[] }> {
  const response = await ask(BULK, { context }, headers);
  const { flags } = (await response.json()) as { flags: Evaluation[] };
  return { response, flags };
}

beforeEach(clearFlags);

describe("one flag over OFREP", () => {
  it("answers value, variant and reason for a flag that clients may see", async () => {
    await putFlag("charts", "off");
    expect(await askOne("charts", { targetingKey: "u1" })).toEqual({
      status: 200,
      body: { key: "charts", value: false, variant: "off", reason: "STATIC", metadata: { source: "switch" } },
    });
  });

  it("answers 404 FLAG_NOT_FOUND for an unknown flag, and the same for one that isn't for clients", async () => {
    const unknown = await askOne("nothing", {});
    const hidden = await askOne("cloud_services", {});
    expect(unknown).toMatchObject({ status: 404, body: { key: "nothing", errorCode: "FLAG_NOT_FOUND" } });
    expect(hidden.status).toBe(404);
    expect({ ...hidden.body, key: "" }).toEqual({ ...unknown.body, key: "" });
  });

  it("decodes the key of the path", async () => {
    const { body } = await askOne(encodeURIComponent("a flag/ä"), {});
    expect(body.key).toBe("a flag/ä");
  });

  it("answers 400 with the key and a code for what it can't read", async () => {
    const deep = `{"context":{"x":${"[".repeat(7_500)}${"]".repeat(7_500)}}}`;
    const bodies = ["{", "", "[]", "7", '{"context":[]}', '{"context":{"targetingKey":7}}', deep];
    const answers = bodies.map(async (body) => {
      const response = await ask(`${BULK}/charts`, body);
      expect(response.headers.get("Content-Type")).toMatch(/^application\/json/);
      return [response.status, ((await response.json()) as Evaluation).errorCode];
    });
    expect(await Promise.all(answers)).toEqual([
      [400, "PARSE_ERROR"],
      [400, "PARSE_ERROR"],
      [400, "INVALID_CONTEXT"],
      [400, "INVALID_CONTEXT"],
      [400, "INVALID_CONTEXT"],
      [400, "INVALID_CONTEXT"],
      [400, "INVALID_CONTEXT"],
    ]);
    expect((await ask(BULK, deep)).status).toBe(400);
  });

  it("leaves out the value for a flag whose rule leaves it to the client, and says DISABLED", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const variants = { hi: "hello" };
    await putRules({
      greeting: { state: "DISABLED", variants, defaultVariant: "hi" },
      open: { state: "ENABLED", variants },
    });
    expect((await askOne("greeting", {}, admin)).body).toEqual({ key: "greeting", reason: "DISABLED" });
    expect((await askOne("open", {}, admin)).body).toEqual({ key: "open", reason: "DEFAULT" });
  });

  it("answers 400 TARGETING_KEY_MISSING when a share can't be chosen without one", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    await putRules({ share: onForShare(100) });
    const { status, body } = await askOne("share", { targetingKey: "" }, admin);
    expect([status, body.errorCode]).toEqual([400, "TARGETING_KEY_MISSING"]);
    expect((await askOne("share", { targetingKey: "u1" }, admin)).body).toMatchObject({ value: true });
  });

  it("gives the product's own default for a flag of ours whose rule is broken, as the product does", async () => {
    await putRules({ charts: { state: "ENABLED", variants: { on: true }, targeting: { nonsense: [] } } });
    expect((await askOne("charts", {})).body).toMatchObject({ value: true, reason: "DEFAULT" });
  });
});

describe("all flags over OFREP", () => {
  it("answers an anonymous caller with the client flags only", async () => {
    await putRules({
      hidden: onForRole("USER"),
      shown: { ...onForRole("USER"), metadata: { client: true } },
    });
    const { response, flags } = await askAll({});
    expect(response.status).toBe(200);
    expect(flags.map((flag) => flag.key).sort()).toEqual([...CLIENT_FLAGS, "shown"].sort());
  });

  it("answers an ADMIN's session with every flag, broken ones as failures among them", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    await putRules({ extra: onForRole("ADMIN"), broken: { state: "enabled", variants: {} } });
    const { flags } = await askAll({}, { Cookie: admin.cookie });
    expect(flags.map((flag) => flag.key).sort()).toEqual(
      [...CLIENT_FLAGS, "cloud_services", "extra", "broken"].sort(),
    );
    expect(flags.find((flag) => flag.key === "broken")).toMatchObject({ errorCode: "PARSE_ERROR" });
    expect(flags.find((flag) => flag.key === "extra")).toMatchObject({ value: true });
  });

  it("answers 400 without a key for what it can't read", async () => {
    const response = await ask(BULK, "{");
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errorCode: "PARSE_ERROR",
      errorDetails: "The body is not valid JSON.",
    });
  });

  it("answers 304 with an empty body while neither flags nor context have changed", async () => {
    const first = await ask(BULK, { context: { targetingKey: "u1", plan: "a" } });
    const etag = first.headers.get("ETag") ?? "";
    const same = await ask(BULK, { context: { plan: "a", targetingKey: "u1" } }, { "If-None-Match": etag });
    expect(same.status).toBe(304);
    expect(await same.text()).toBe("");
    expect(same.headers.get("ETag")).toBe(etag);
    const other = await ask(BULK, { context: { targetingKey: "u1", plan: "b" } }, { "If-None-Match": etag });
    expect(other.status).toBe(200);
    await putFlag("charts", "off");
    const toggled = await ask(
      BULK,
      { context: { targetingKey: "u1", plan: "a" } },
      { "If-None-Match": etag },
    );
    expect(toggled.status).toBe(200);
    expect(toggled.headers.get("ETag")).not.toBe(etag);
  });

  it("never answers 304 for a moment that has passed, when a rule looks at the time", async () => {
    await putRules({
      late: { ...onForRole("USER"), targeting: { if: [{ ">": [{ var: "$flagd.timestamp" }, 1] }, "on"] } },
    });
    const first = await ask(BULK, {});
    await scheduler.wait(1_100);
    const later = await ask(BULK, {}, { "If-None-Match": first.headers.get("ETag") ?? "" });
    expect(later.status).toBe(200);
  });
});

describe("who is asking over OFREP", () => {
  it("doesn't let an anonymous caller claim a role, by name or through the prototype", async () => {
    await putRules({ charts: onForRole("ADMIN") });
    expect((await askOne("charts", { role: "ADMIN" })).body.value).toBe(false);
    const response = await ask(`${BULK}/charts`, '{"context":{"__proto__":{"role":"ADMIN"}}}');
    expect(((await response.json()) as Evaluation).value).toBe(false);
  });

  it("doesn't let an anonymous caller be taken for a person by their id", async () => {
    const person = await createPerson();
    await putRules({
      charts: {
        ...onForRole("x"),
        targeting: { if: [{ "==": [{ var: "targetingKey" }, person.id] }, "on"] },
      },
    });
    expect((await askOne("charts", { targetingKey: person.id })).body.value).toBe(false);
    expect((await askOne("charts", {}, person)).body.value).toBe(true);
  });

  it("takes a signed-in person's id and role from the session, whatever the body says", async () => {
    const person = await createPerson();
    await putRules({ charts: onForRole("USER"), animations: onForRole("ADMIN") });
    const claim = { targetingKey: "somebody-else", role: "ADMIN" };
    expect((await askOne("charts", claim, person)).body.value).toBe(true);
    expect((await askOne("animations", claim, person)).body.value).toBe(false);
  });

  it("uses what else a caller says of himself", async () => {
    await putRules({
      charts: {
        ...onForRole("x"),
        targeting: { if: [{ sem_ver: [{ var: "version" }, ">=", "2.0.0"] }, "on"] },
      },
    });
    expect((await askOne("charts", { version: "2.1.0" })).body.value).toBe(true);
    expect((await askOne("charts", { version: "1.9.0" })).body.value).toBe(false);
  });

  it("lets an ADMIN ask what somebody else would get", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    await putRules({ cloud_services: onForRole("USER") });
    expect((await askOne("cloud_services", {}, admin)).body.value).toBe(false);
    const other = { targetingKey: "u1", role: "USER" };
    expect((await askOne("cloud_services", other, admin)).body.value).toBe(true);
  });

  it("chooses an anonymous caller's share by the key that they send, and sticks to it", async () => {
    await putFlag("charts", "50%");
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => askOne("charts", { targetingKey: `client-${index % 20}` })),
    );
    const values = answers.map((answer) => answer.body.value);
    expect(values.slice(0, 20)).toEqual(values.slice(20, 40));
    expect(new Set(values).size).toBe(2);
  });

  it.each(["24%", "0.01%", "99.99%"])("gives no caller without a key a share of %s", async (share) => {
    await putFlag("charts", share);
    for (const context of [{}, { targetingKey: "" }, { country: "DE" }]) {
      const { status, body } = await askOne("charts", context);
      expect([status, body.key, body.errorCode]).toEqual([400, "charts", "TARGETING_KEY_MISSING"]);
      expect(body).not.toHaveProperty("value");
    }
    const { response, flags } = await askAll({});
    expect(response.status).toBe(200);
    expect(flags.find((flag) => flag.key === "charts")).toMatchObject({ errorCode: "TARGETING_KEY_MISSING" });
    expect(flags.find((flag) => flag.key === "animations")).toMatchObject({ value: true });
  });

  it.each(["0%", "100%"])(
    "answers %s for a caller without a key: there is nobody to choose",
    async (share) => {
      await putFlag("charts", share);
      expect(await askOne("charts", {})).toMatchObject({ status: 200, body: { value: share === "100%" } });
    },
  );

  it("gives no caller without a key a flag that requires one with a share", async () => {
    await putFlag("animations", "50%");
    await putRules({
      charts: {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: "on",
        metadata: { requires: "animations" },
      },
    });
    expect((await askOne("charts", {})).body).toMatchObject({ errorCode: "TARGETING_KEY_MISSING" });
    expect((await askOne("charts", { targetingKey: "u1" })).status).toBe(200);
  });

  it("chooses a visitor's share by their cookie, and a person's by who they are", async () => {
    await putFlag("charts", "50%");
    const cookie = { Cookie: `visitor=${newId()}`, "Sec-Fetch-Site": "same-origin" };
    expect((await ask(`${BULK}/charts`, {}, cookie)).status).toBe(200);
    expect((await askOne("charts", {}, await createPerson())).status).toBe(200);
  });

  it("takes a key with the scope flags in either header, and shows it every flag in any context", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const secret = await createKey(admin, ["flags"]);
    await putRules({ cloud_services: onForRole("USER") });
    for (const headers of [{ Authorization: `Bearer ${secret}` }, { "X-API-Key": secret }]) {
      const { flags } = await askAll({ targetingKey: "u1", role: "USER" }, headers as Record<string, string>);
      expect(flags.find((flag) => flag.key === "cloud_services")).toMatchObject({ value: true });
    }
  });

  it("refuses a key without that scope", async () => {
    const secret = await createKey(await createPerson({ role: "ADMIN" }), ["read"]);
    expect((await ask(BULK, {}, { Authorization: `Bearer ${secret}` })).status).toBe(403);
    expect((await ask(BULK, {}, { "X-API-Key": secret })).status).toBe(401);
  });

  async function createKey(person: TestPerson, scopes: Scope[]): Promise<string> {
    const created = await createApiKey(
      env.DB,
      person,
      { name: "test", scopes },
      {
        requestId: "test",
        place: parsePlace(undefined),
        userAgent: "",
        sessionToken: undefined,
        now: Date.now(),
      },
    );
    if (!created.ok) throw new Error(`createKey: ${created.error}`);
    return created.value.secret;
  }

  it("answers 401 to a key that isn't known, even beside a session", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    for (const headers of [{ Authorization: "Bearer wrong" }, { "X-API-Key": "wrong" }]) {
      expect((await ask(BULK, {}, headers as Record<string, string>)).status).toBe(401);
      expect((await ask(BULK, {}, { ...headers, Cookie: admin.cookie })).status).toBe(401);
    }
  });
});

describe("OFREP from other sites", () => {
  it("answers a preflight and lets scripts read ETag and Retry-After", async () => {
    const preflight = await app.request(
      `${ORIGIN}${BULK}`,
      {
        method: "OPTIONS",
        headers: { Origin: "https://other.test", "Access-Control-Request-Method": "POST" },
      },
      testBindings(),
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe("*");
    for (const name of ["Authorization", "X-API-Key", "Content-Type", "If-None-Match"]) {
      expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain(name);
    }
    const answer = await ask(BULK, {}, { Origin: "https://other.test" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(answer.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("ETag");
  });

  it("takes no cookie from another origin", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const foreign = [
      { Origin: "https://other.test" },
      { Origin: "null" },
      { "Sec-Fetch-Site": "cross-site" },
    ];
    for (const headers of foreign as Record<string, string>[]) {
      const { flags } = await askAll({}, { ...headers, Cookie: admin.cookie });
      expect(flags.map((flag) => flag.key)).not.toContain("cloud_services");
    }
    const own = await askAll({}, { Origin: ORIGIN, Cookie: admin.cookie });
    expect(own.flags.map((flag) => flag.key)).toContain("cloud_services");
  });

  it("lets scripts of other sites read a refusal too", async () => {
    for (const kilobytes of [17, 70]) {
      const body = { context: { words: "x".repeat(kilobytes * 1024) } };
      const tooLarge = await ask(BULK, body, { Origin: "https://a.test" });
      expect(tooLarge.status).toBe(413);
      expect(tooLarge.headers.get("Access-Control-Allow-Origin")).toBe("*");
    }
  });

  it("answers 405 to another method", async () => {
    expect((await call("GET", BULK)).status).toBe(405);
  });
});

describe("the real OFREP clients", () => {
  const options = (as: TestPerson) => ({
    baseUrl: ORIGIN,
    headers: [["Cookie", as.cookie]] as [string, string][],
    fetchImplementation: async (input: RequestInfo | URL, init?: RequestInit) =>
      app.fetch(new Request(input, init), testBindings()),
  });

  afterEach(async () => {
    await OpenFeature.clearProviders();
  });

  it("evaluates one flag with @openfeature/ofrep-core", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    await putRules({ greeting: { state: "ENABLED", variants: { hi: "hello" }, defaultVariant: "hi" } });
    const { fetchImplementation, ...base } = options(admin);
    const client = new OFREPApi(base, fetchImplementation);
    expect((await client.postEvaluateFlag("greeting", {})).value).toMatchObject({ value: "hello" });
    expect((await client.postEvaluateFlag("nothing", {})).value).toMatchObject({
      errorCode: "FLAG_NOT_FOUND",
    });
  });

  it("evaluates, changes context and notices a toggle with @openfeature/ofrep-web-provider", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    await putRules({ beta: onForRole("TESTER") });
    const provider = new OFREPWebProvider({ ...options(admin), pollInterval: 0, cacheMode: "disabled" });
    await OpenFeature.setContext({ targetingKey: "u1", role: "GUEST" });
    await OpenFeature.setProviderAndWait(provider as Provider);
    const client = OpenFeature.getClient();
    expect(client.getBooleanDetails("beta", true)).toMatchObject({ value: false, variant: "off" });
    expect(client.getBooleanValue("charts", false)).toBe(true);
    await putFlag("charts", "off");
    await OpenFeature.setContext({ targetingKey: "u1", role: "TESTER" });
    expect(client.getBooleanDetails("beta", false)).toMatchObject({
      value: true,
      reason: "TARGETING_MATCH",
    });
    expect(client.getBooleanValue("charts", true)).toBe(false);
  });
});
