import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type Bindings, parseConfig } from "../src/env.ts";
import { priceOf } from "../src/generations/price.ts";
import { sweepJobs } from "../src/generations/sweeper.ts";
import { findCapabilities, listModels } from "../src/ideogram/capabilities.ts";
import worker from "../src/index.ts";
import { call, testBindings } from "./support/http.ts";
import { createWorkshop, letTimePass, orderOne } from "./support/jobs.ts";
import { createPerson, readBalance } from "./support/people.ts";

function fieldsOf(overrides: Partial<Record<keyof Bindings, unknown>>): string[] {
  const parsed = parseConfig(testBindings(overrides as Partial<Bindings>));
  return parsed.ok ? [] : parsed.error.map((issue) => issue.field);
}

const SECRET = "short-but-secret";

describe("the configuration", () => {
  it("is accepted as the tests have it", () => {
    expect(fieldsOf({})).toEqual([]);
  });

  it.each([
    ["AUTH_SECRET", SECRET],
    ["AUTH_SECRET", undefined],
    ["AUTH_SECRET_PREVIOUS", SECRET],
    ["AUTH_SECRET_PREVIOUS", `${"x".repeat(32)},`],
    ["APP_ORIGIN", ""],
    ["APP_ORIGIN", "http://eventide.test/path"],
    ["IDEOGRAM_API_KEY", ""],
    ["IDEOGRAM_API_KEY", "stored-with-its-line-break\n"],
    ["IDEOGRAM_API_KEY", "schlüssel"],
    ["IDEOGRAM_BASE_URL", "http://ideogram.test"],
    ["IDEOGRAM_BASE_URL", "https://api.ideogram.ai/"],
    ["IDEOGRAM_BASE_URL", "https://api.ideogram.ai?key=1"],
    ["IDEOGRAM_BASE_URL", "https://somebody@api.ideogram.ai"],
    ["IDEOGRAM_IMAGE_HOSTS", "https://ideogram.ai/"],
    ["IDEOGRAM_MODEL", "ideogram-99"],
    ["STARTING_CREDITS", "-1"],
    ["STARTING_CREDITS", "ten"],
    ["STARTING_CREDITS", ""],
    ["STARTING_CREDITS", "1e3"],
    ["STARTING_CREDITS", null],
    ["FLAGS_TTL_SECONDS", ""],
    ["GENERATION_MAX_AGE_SECONDS", "0x100"],
    ["MAX_OPEN_GENERATIONS", "0.5"],
    ["DB", undefined],
  ] as const)("names %s when it is %s", (field, value) => {
    expect(fieldsOf({ [field]: value })).toEqual([field]);
  });

  it.each([
    ["IDEOGRAM_API_KEY", "", "is empty"],
    ["IDEOGRAM_API_KEY", "a key", "must be printable characters without blanks or line breaks"],
    ["STARTING_CREDITS", "ten", "must be a whole number from 0 to 1000000"],
    ["STARTING_CREDITS", null, "must be a whole number from 0 to 1000000"],
    ["STARTING_CREDITS", 1_000_001, "must be a whole number from 0 to 1000000"],
    ["MAX_OPEN_GENERATIONS", 0.5, "must be a whole number from 1 to 100000"],
  ])("says of %s, when it is %j, that it %s", (field, value, message) => {
    const parsed = parseConfig(testBindings({ [field]: value } as Partial<Bindings>));
    expect(parsed).toEqual({ ok: false, error: [{ field, message }] });
  });

  it("takes a number as wrangler.toml has it, with quotes or without", () => {
    for (const value of [25, "25"]) {
      const parsed = parseConfig(testBindings({ STARTING_CREDITS: value } as Partial<Bindings>));
      expect(parsed).toMatchObject({ ok: true, value: { startingCredits: 25 } });
    }
  });

  it("demands https in production, also for the provider", () => {
    expect(fieldsOf({ ENVIRONMENT: "production" })).toEqual(["APP_ORIGIN", "IDEOGRAM_BASE_URL"]);
    const production = {
      ENVIRONMENT: "production",
      APP_ORIGIN: "https://eventide.example",
      IDEOGRAM_BASE_URL: "https://api.ideogram.ai",
    };
    expect(fieldsOf(production)).toEqual([]);
  });

  it.each([
    [
      "half a provider beside a missing secret",
      { AUTH_SECRET: undefined, GOOGLE_CLIENT_ID: "client" },
      ["AUTH_SECRET", "GOOGLE_CLIENT_SECRET"],
    ],
    [
      "everything that production refuses beside a number that isn't one",
      { ENVIRONMENT: "production", STARTING_CREDITS: "ten", MAILER: "dev", OIDC_ISSUER: "http://localhost" },
      [
        "STARTING_CREDITS",
        "APP_ORIGIN",
        "IDEOGRAM_BASE_URL",
        "MAILER",
        "OIDC_CLIENT_ID",
        "OIDC_CLIENT_SECRET",
        "OIDC_ISSUER",
      ],
    ],
    [
      "halves beside a binding that is missing",
      { DB: undefined, MAILER: "resend", TURNSTILE_SITE_KEY: "site" },
      ["DB", "RESEND_API_KEY", "TURNSTILE_SECRET_KEY"],
    ],
    [
      "a wrong half once, and not as a missing one",
      { TURNSTILE_SITE_KEY: 7 },
      ["TURNSTILE_SITE_KEY", "TURNSTILE_SECRET_KEY"],
    ],
    [
      "a wrong mailer once",
      { ENVIRONMENT: "production", MAILER: "pigeon" },
      ["MAILER", "APP_ORIGIN", "IDEOGRAM_BASE_URL"],
    ],
    [
      "what is wrong in every environment, when the environment is",
      { ENVIRONMENT: "staging", GITHUB_CLIENT_ID: "client" },
      ["ENVIRONMENT", "GITHUB_CLIENT_SECRET"],
    ],
  ])("names in one go %s", (_what, overrides, fields) => {
    expect(fieldsOf(overrides)).toEqual(fields);
  });

  it("offers exactly the models whose sizes and fields are known, with prices for all shapes", () => {
    for (const model of listModels()) {
      expect(fieldsOf({ IDEOGRAM_MODEL: model })).toEqual([]);
      const brief = { shapes: ["5:7", "16:9", "1:1"], count: 1, quality: "high" } as const;
      for (const picture of priceOf(brief, model).pictures) {
        expect(findCapabilities(model)?.sizes.has(picture.providerSize)).toBe(true);
      }
    }
  });
});

describe("a misconfigured deployment", () => {
  it("says in health which field is wrong, and never its value", async () => {
    const response = await call("GET", "/api/health", { env: { AUTH_SECRET: SECRET } });
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: "unavailable", problems: [{ field: "AUTH_SECRET" }] });
    expect(text).not.toContain(SECRET);
  });

  it("keeps every other route closed with 503, for people with a page", async () => {
    const person = await createPerson({ role: "HERO" });
    for (const path of ["/api/me", "/api/admin/users", "/images/x/original"]) {
      const response = await call("GET", path, { as: person, env: { AUTH_SECRET: SECRET } });
      expect(response.status, path).toBe(503);
      expect(await response.json()).toMatchObject({ code: "misconfigured" });
    }
    const page = await call("GET", "/gallery", { as: person, env: { AUTH_SECRET: SECRET } });
    expect(page.status).toBe(503);
    expect(page.headers.get("Content-Type")).toContain("text/html");
  });

  it("leaves jobs to the cron of the mended one, and counts no delivery against them", async () => {
    const { userId, id } = await orderOne();
    const bindings = testBindings({ AUTH_SECRET: SECRET });
    const message = { id: "m", timestamp: new Date(), attempts: 100, body: { v: 1, id } };
    for (const queue of ["generations", "generations-dlq"]) {
      const batch = createMessageBatch(queue, [message]);
      await worker.queue(batch, bindings);
      const context = createExecutionContext();
      expect(await getQueueResult(batch, context)).toMatchObject({ ackAll: true, retryMessages: [] });
    }
    expect(await readBalance(userId)).toEqual({ available: 1, held: 1 });
    await letTimePass(61_000, id);
    const workshop = createWorkshop();
    expect(await sweepJobs(workshop.context)).toMatchObject({ resent: 1 });
    expect(workshop.sent).toEqual([{ v: 1, id }]);
    await expect(worker.scheduled({} as ScheduledController, bindings)).resolves.toBeUndefined();
  });
});

describe("health", () => {
  it("is 200 with version, commit, schema and time when everything is in place", async () => {
    const response = await call("GET", "/api/health", { env: { COMMIT: "abc1234" } });
    expect(response.status).toBe(200);
    const body = (await response.json()) as { schema: { expected: string; applied: string }; time: string };
    expect(body).toMatchObject({
      status: "ok",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      commit: "abc1234",
    });
    expect(body.schema.applied).toBe(body.schema.expected);
    expect(new Date(body.time).getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it("is 503 when the schema is behind", async () => {
    const last = await env.DB.prepare("SELECT id, name FROM d1_migrations ORDER BY id DESC LIMIT 1").first<{
      id: number;
      name: string;
    }>();
    const rename = (name: string | undefined) =>
      env.DB.prepare("UPDATE d1_migrations SET name = ?2 WHERE id = ?1").bind(last?.id, name).run();
    await rename("0000_older.sql");
    const behind = await call("GET", "/api/health");
    await rename(last?.name);
    expect(behind.status).toBe(503);
    expect(await behind.json()).toMatchObject({ schema: { applied: "0000_older.sql" } });
  });

  it("is 503 when a trigger that guards the ledger is gone", async () => {
    const name = "credit_accounts_guard";
    const sql = await env.DB.prepare("SELECT sql FROM sqlite_master WHERE name = ?1")
      .bind(name)
      .first<string>("sql");
    await env.DB.prepare(`DROP TRIGGER ${name}`).run();
    const response = await call("GET", "/api/health");
    await env.DB.prepare(sql ?? "").run();
    expect(response.status).toBe(503);
    expect((await call("GET", "/api/health")).status).toBe(200);
  });

  it("is 503 and names the database when the database does not answer", async () => {
    const broken = {
      prepare: () => {
        throw new Error("D1_ERROR: Network connection lost.");
      },
    };
    const response = await call("GET", "/api/health", { env: { DB: broken as unknown as D1Database } });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ problems: [{ field: "schema" }] });
  });
});

describe("a database that does not answer", () => {
  it("is 503 for a signed-in caller, not 401 and not 500", async () => {
    const person = await createPerson();
    const broken = {
      prepare: () => {
        throw new Error("D1_ERROR: Network connection lost.");
      },
    };
    const response = await call("GET", "/api/me", {
      as: person,
      env: { DB: broken as unknown as D1Database },
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });
});
