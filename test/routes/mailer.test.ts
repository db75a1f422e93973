/** Letters when their transport is misconfigured or down: nobody gets a 500, and an operator learns which setting. */
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { type Bindings, parseConfig } from "../../src/env.ts";
import { newId } from "../../src/ids.ts";
import worker from "../../src/index.ts";
import { call, testBindings } from "../support/http.ts";
import { getLinkTo, listLettersTo } from "../support/mail.ts";
import { createPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

function fieldsOf(overrides: Partial<Bindings>): string[] {
  const parsed = parseConfig(testBindings(overrides));
  return parsed.ok ? [] : parsed.error.map((issue) => issue.field);
}

const PRODUCTION = {
  ENVIRONMENT: "production",
  APP_ORIGIN: "https://eventide.example",
  IDEOGRAM_BASE_URL: "https://api.ideogram.ai",
};

describe("the configuration of letters", () => {
  it("63 refuses the development mailbox in production", () => {
    expect(fieldsOf({ ...PRODUCTION, MAILER: "dev" })).toEqual(["MAILER"]);
    expect(fieldsOf({ MAILER: "dev" })).toEqual([]);
  });

  it("names the setting that is missing or wrong", () => {
    expect(fieldsOf({ MAILER: "pigeon" })).toEqual(["MAILER"]);
    expect(fieldsOf({ MAILER: "resend" })).toEqual(["RESEND_API_KEY"]);
    expect(fieldsOf({ MAIL_FROM: "nobody" })).toEqual(["MAIL_FROM"]);
    expect(fieldsOf({ MAILER: "cloudflare", EMAIL: undefined as never })).toEqual(["EMAIL"]);
    expect(fieldsOf({ TURNSTILE_SITE_KEY: "x" })).toEqual(["TURNSTILE_SECRET_KEY"]);
    expect(fieldsOf({ TURNSTILE_SECRET_KEY: "x" })).toEqual(["TURNSTILE_SITE_KEY"]);
  });

  it("sends through Cloudflare in production unless something else is said", () => {
    const parsed = parseConfig(testBindings(PRODUCTION));
    expect(parsed.ok && parsed.value.mail).toEqual({
      kind: "cloudflare",
      from: { email: "eventide@eventide.example", name: "Eventide" },
    });
  });

  it("closes every route with a page that names the field, when it is wrong", async () => {
    const person = await createPerson({ role: "HERO" });
    for (const path of ["/account", "/admin/users", "/signin"]) {
      const response = await call("GET", path, { as: person, env: { MAILER: "resend" } });
      expect(response.status, path).toBe(503);
      expect(await response.text()).toContain("RESEND_API_KEY");
    }
    const post = await call("POST", "/api/auth/login", { json: {}, env: { MAILER: "resend" } });
    expect(post.status).toBe(503);
  });
});

describe("a mailer that is down", () => {
  const down = {
    EMAIL: { send: () => Promise.reject(new Error("down")) } as unknown as SendEmail,
    MAILER: "cloudflare",
  };

  it("doesn't change the answer; the letter goes out by the cron when it is back", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const email = `${newId()}@example.test`;
    const asked = await call("POST", "/api/auth/register", {
      json: { email },
      headers: fromNewPlace(),
      env: down,
    });
    expect(asked.status).toBe(202);
    expect(warn.mock.calls.flat().join("\n")).toContain('"field":"MAILER"');
    expect(warn.mock.calls.flat().join("\n")).not.toContain(email);
    warn.mockRestore();
    expect(
      await env.DB.prepare("SELECT attempts FROM mail_outbox WHERE recipient = ?1").bind(email).first(),
    ).toEqual({ attempts: 1 });
    await env.DB.prepare("UPDATE mail_outbox SET due_at = 0 WHERE recipient = ?1").bind(email).run();
    await worker.scheduled({} as ScheduledController, testBindings());
    expect(await listLettersTo(email)).toHaveLength(1);
    const { token } = await getLinkTo(email);
    const confirmed = await call("POST", "/api/auth/confirm", {
      json: { email, token },
      headers: fromNewPlace(),
    });
    expect(confirmed.status).toBe(200);
  });

  it("is named by health while letters wait for it, and the product goes on serving", async () => {
    const id = newId();
    await env.DB.prepare(
      "INSERT INTO mail_outbox (id, kind, recipient, attempts, due_at, created_at) VALUES (?1, 'sign_in', 'x@example.test', 3, ?2, 0)",
    )
      .bind(id, Date.now() + 60_000)
      .run();
    const health = await call("GET", "/api/health");
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: "ok", warnings: [{ field: "MAILER" }] });
    await env.DB.prepare("DELETE FROM mail_outbox WHERE id = ?1").bind(id).run();
    expect(await (await call("GET", "/api/health")).json()).not.toHaveProperty("warnings");
  });
});
