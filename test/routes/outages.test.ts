import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { newId } from "../../src/ids.ts";
import { ROUTES, type RouteRule } from "../../src/routes/access.ts";
import { isOutage } from "../../src/routes/outages.ts";
import { interceptDatabase } from "../support/fault-line.ts";
import { call } from "../support/http.ts";
import { createPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

const log: string[] = [];
beforeEach(() => {
  log.length = 0;
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => {
      log.push(String(line));
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

function breakDatabase(message: string): D1Database {
  return interceptDatabase(env.DB, () => Promise.reject(new Error(message)));
}

function concrete(route: RouteRule): string {
  return route.path.replaceAll(/:[a-z]+/gi, newId());
}

/** A body that passes the schemas of the public routes, so that they come as far as the database. */
const TYPED = { email: "ines@example.test", password: "three quiet lanterns", token: "A".repeat(43) };

function send(route: RouteRule, options: { cookie?: string; env: Partial<Bindings> }) {
  const body = route.method === "GET" ? {} : route.kind === "page" ? { form: TYPED } : { json: TYPED };
  const headers = { ...fromNewPlace(), ...(options.cookie === undefined ? {} : { Cookie: options.cookie }) };
  return call(route.method, concrete(route), { ...body, headers, env: options.env });
}

const isProtected = ({ access }: RouteRule) => access !== "public" && access !== "anyone";

describe("62 a database that doesn't answer", () => {
  const down = { DB: breakDatabase("D1_ERROR: D1 DB is overloaded. Requests queued for too long.") };

  it.each(ROUTES)("closes $method $path, or leaves it as it is for everybody", async (route) => {
    const hero = await createPerson({ role: "HERO" });
    const response = await send(route, { cookie: hero.cookie, env: down });
    if (isProtected(route)) {
      expect(response.status).toBe(503);
      const text = await response.text();
      expect(text).toContain(route.kind === "page" ? "Not available right now" : '"code":"unavailable"');
    } else {
      expect(response.status === 503 || response.status < 500).toBe(true);
    }
    expect(response.headers.get("Set-Cookie") ?? "").not.toContain("session=");
    expect(log.join("\n")).not.toContain("ines@example.test");
  });

  it.each([
    "D1_ERROR: Network connection lost.",
    "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.",
    "D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset.",
    "D1_ERROR: Failed to parse body as JSON, got: error code: 1031",
    "D1_ERROR: no such table: sessions: SQLITE_ERROR",
    "Network connection lost.",
  ])("is 503 as JSON and as a page when it says %s", async (message) => {
    const { cookie } = await createPerson();
    const broken = { DB: breakDatabase(message) };
    const api = await call("GET", "/api/me", { headers: { Cookie: cookie }, env: broken });
    expect(api.status).toBe(503);
    expect(await api.json()).toMatchObject({ code: "unavailable", status: 503 });
    const page = await call("GET", "/account", {
      headers: { Cookie: cookie, Accept: "text/html" },
      env: broken,
    });
    expect(page.status).toBe(503);
    expect(await page.text()).toContain("Try again in a minute");
    expect(log.join("\n")).toContain("request_failed");
  });

  it("is told from a fault of our own, which is 500", () => {
    for (const message of [
      "D1_ERROR: UNIQUE constraint failed: users.email: SQLITE_CONSTRAINT",
      'D1_ERROR: near "SELEC": syntax error at offset 0: SQLITE_ERROR',
      "D1_TYPE_ERROR: Type 'undefined' not supported for value 'undefined'",
      "Cannot read properties of undefined (reading 'id')",
    ]) {
      expect(isOutage(new Error(message)), message).toBe(false);
      expect(isOutage(new Error("Failed query", { cause: new Error(message) })), message).toBe(false);
    }
    expect(
      isOutage(new Error("Failed query", { cause: new Error("D1_ERROR: Network connection lost.") })),
    ).toBe(true);
  });
});

describe("60 a missing AUTH_SECRET", () => {
  it.each(ROUTES)("closes $method $path and names the field", async (route) => {
    const hero = await createPerson({ role: "HERO" });
    const response = await send(route, { cookie: hero.cookie, env: { AUTH_SECRET: "" } });
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toContain("AUTH_SECRET");
    if (route.kind !== "page" && route.path !== "/api/health")
      expect(text).toContain('"code":"misconfigured"');
    expect(log.join("\n")).toContain('"event":"misconfigured","at"');
    expect(log.join("\n")).toContain('"field":"AUTH_SECRET"');
  });

  it("is a page that a person can read, and the same for every wrong setting of identity", async () => {
    const wrong: Record<string, Partial<Bindings>> = {
      AUTH_SECRET: { AUTH_SECRET: "too short" },
      APP_ORIGIN: { APP_ORIGIN: "http://eventide.test/somewhere" },
      GOOGLE_CLIENT_SECRET: { GOOGLE_CLIENT_ID: "half" },
      OIDC_ISSUER: { OIDC_ISSUER: "not a url", OIDC_CLIENT_ID: "x", OIDC_CLIENT_SECRET: "y" },
      TURNSTILE_SECRET_KEY: { TURNSTILE_SITE_KEY: "half" },
      RESEND_API_KEY: { MAILER: "resend" },
    };
    for (const [field, settings] of Object.entries(wrong)) {
      const { cookie } = await createPerson({ role: "HERO" });
      const headers = { Accept: "text/html", Cookie: cookie };
      const page = await call("GET", "/admin", { headers, env: settings });
      expect(page.status, field).toBe(503);
      const html = await page.text();
      expect(html).toContain("<h1>The service is not set up correctly</h1>");
      expect(html).toContain(field);
      const health = await call("GET", "/api/health", { env: settings });
      expect(health.status, field).toBe(503);
      expect(await health.json()).toMatchObject({ problems: [{ field }] });
    }
  });
});

describe("a counter of bursts that doesn't answer", () => {
  it("closes no door, and is in the log", async () => {
    const broken = { limit: () => Promise.reject(new Error("Network connection lost.")) };
    const down = { AUTH_BURST: broken, GENERATION_BURST: broken, EVALUATION_BURST: broken };
    const asked = await call("POST", "/api/auth/magic-link", {
      json: { email: `${newId()}@example.test` },
      headers: fromNewPlace(),
      env: down,
    });
    expect(asked.status).toBe(202);
    const flags = await call("POST", "/ofrep/v1/evaluate/flags", { json: {}, env: down });
    expect(flags.status).toBe(200);
    expect(log.join("\n")).toContain("burst_limit_failed");
  });
});

describe("a mailer that is broken", () => {
  it("lets people ask for letters, which wait, and health says so", async () => {
    const email = `${newId()}@example.test`;
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("fetch failed"));
    const settings = { MAILER: "resend", RESEND_API_KEY: "re_test" };
    for (const path of ["/api/auth/register", "/api/auth/magic-link"]) {
      const response = await call("POST", path, { json: { email }, headers: fromNewPlace(), env: settings });
      expect(response.status).toBe(202);
    }
    const row = await env.DB.prepare(
      "SELECT count(*) AS n, min(attempts) AS attempts FROM mail_outbox WHERE recipient = ?1",
    )
      .bind(email)
      .first();
    expect(row).toEqual({ n: 2, attempts: 1 });
    const health = await call("GET", "/api/health", { env: settings });
    expect(await health.json()).toMatchObject({ status: "ok", warnings: [{ field: "MAILER" }] });
    expect(log.join("\n")).toContain('"reason":"network","field":"MAILER"');
    expect(log.join("\n")).not.toContain(email);
  });
});
