/** Generated requests against every route: nothing falls over, and nobody gets in. The seed is fixed. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";
import { ROUTES, type RouteRule } from "../../src/routes/access.ts";
import { drawHostileRequests, type HostileRequest } from "../support/hostile.ts";
import { ORIGIN, testBindings } from "../support/http.ts";
import { createPerson } from "../support/people.ts";
import { newIpv4 } from "../support/places.ts";

const SEED = 20_261_122;
const REQUESTS_PER_ROUTE_AND_CALLER = 16;
const TIMEOUT_MS = 120_000;

/** What an answer must never tell: where the code is, what the database said, what a header held. */
const INTERNALS =
  /node_modules|\/work\/|\bat \w+ \(|D1_ERROR|SQLITE_|no such (?:table|column)|TypeError|undefined is not/;

async function send(request: HostileRequest, cookie: string | null): Promise<Response> {
  const headers = new Headers({ Origin: ORIGIN, "CF-Connecting-IP": newIpv4() });
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, value);
  if (cookie !== null) headers.set("Cookie", cookie);
  const context = createExecutionContext();
  const init = { method: request.method, headers, body: request.body, redirect: "manual" as const };
  const response = await app.fetch(new Request(ORIGIN + request.path, init), testBindings(), context);
  await waitOnExecutionContext(context);
  return response;
}

function describeRequest(request: HostileRequest): string {
  return JSON.stringify(request).slice(0, 600);
}

/** A redirect to the sign-in page lets nobody in; neither does the answer of an address that isn't this route. */
function isLetIn(response: Response): boolean {
  if (response.status >= 400) return false;
  return !(response.headers.get("Location") ?? "").startsWith("/signin");
}

/** Whether the request, as it was bent, still is for this route. */
function isFor(route: RouteRule, request: HostileRequest): boolean {
  const method = request.method.toUpperCase() === "HEAD" ? "GET" : request.method.toUpperCase();
  const pattern = new RegExp(`^${route.path.replaceAll(/:[a-z]+/gi, "[^/]+")}$`);
  return method === route.method && pattern.test(new URL(ORIGIN + request.path).pathname);
}

async function countPrivileges() {
  return env.DB.prepare(
    `SELECT sum(role = 'HERO') AS heroes, sum(role = 'ADMIN') AS admins,
       (SELECT count(*) FROM credit_entries WHERE kind = 'grant') AS grants FROM users`,
  ).first();
}

async function attack(
  route: RouteRule,
  index: number,
  cookie: string | null,
  mayEnter: boolean,
): Promise<void> {
  const requests = drawHostileRequests(route, REQUESTS_PER_ROUTE_AND_CALLER, SEED + index);
  for (const request of requests) {
    const response = await send(request, cookie);
    const text = await response.text();
    expect(response.status, describeRequest(request)).toBeLessThan(500);
    expect(text, describeRequest(request)).not.toMatch(INTERNALS);
    expect(response.headers.get("X-Content-Type-Options"), describeRequest(request)).toBe("nosniff");
    if (!mayEnter && isFor(route, request)) expect(isLetIn(response), describeRequest(request)).toBe(false);
  }
}

describe("hostile requests", () => {
  it.each(ROUTES.map((route, index) => ({ name: `${route.method} ${route.path}`, route, index })))(
    "of nobody break nothing and open nothing at $name",
    async ({ route, index }) => {
      const before = await countPrivileges();
      await attack(route, index, null, route.access === "public" || route.access === "anyone");
      expect(await countPrivileges()).toEqual(before);
    },
    TIMEOUT_MS,
  );

  it.each(ROUTES.map((route, index) => ({ name: `${route.method} ${route.path}`, route, index })))(
    "of a USER break nothing and open no administration at $name",
    async ({ route, index }) => {
      const person = await createPerson();
      const before = await countPrivileges();
      const mayEnter = route.access !== "ADMIN" && route.access !== "HERO";
      await attack(route, index + ROUTES.length, person.cookie, mayEnter);
      expect(await countPrivileges()).toEqual(before);
    },
    TIMEOUT_MS,
  );
});

describe("requests from other sites", () => {
  const writes = ROUTES.filter((route) => route.method !== "GET" && !route.path.startsWith("/ofrep/"));

  it.each(writes.map((route) => ({ name: `${route.method} ${route.path}`, route })))(
    "55 are refused as form, as text and as JSON at $name, with a good cookie",
    async ({ route }) => {
      const hero = await createPerson({ role: "HERO" });
      const path = route.path.replaceAll(/:[a-z]+/gi, hero.id);
      const origins: Record<string, string>[] = [
        { Origin: "https://evil.test" },
        { Origin: "null" },
        { Origin: "http://eventide.test.evil.test" },
        { Origin: "http://eventide.test", "X-Drop": "1" },
      ];
      for (const [index, origin] of origins.entries()) {
        for (const contentType of ["application/x-www-form-urlencoded", "text/plain", "application/json"]) {
          const headers = new Headers({ ...origin, Cookie: hero.cookie, "Content-Type": contentType });
          // The last one comes without an Origin and says itself that it is from elsewhere.
          if (index === 3) {
            headers.delete("Origin");
            headers.set("Sec-Fetch-Site", "cross-site");
          }
          headers.set("CF-Connecting-IP", newIpv4());
          const init = { method: route.method, headers, body: "{}" };
          const response = await app.fetch(
            new Request(ORIGIN + path, init),
            testBindings(),
            createExecutionContext(),
          );
          expect(response.status, JSON.stringify([...headers])).toBe(403);
          if (route.kind === "api") expect(await response.json()).toMatchObject({ code: "cross_origin" });
        }
      }
    },
  );

  it("57 never get leave to read an answer", async () => {
    const person = await createPerson();
    for (const path of ["/api/me", "/api/health", "/", "/api/generations"]) {
      for (const method of ["GET", "OPTIONS"]) {
        const headers = {
          Origin: "https://evil.test",
          Cookie: person.cookie,
          "Access-Control-Request-Method": "GET",
        };
        const response = await app.fetch(
          new Request(ORIGIN + path, { method, headers }),
          testBindings(),
          createExecutionContext(),
        );
        expect(response.headers.get("Access-Control-Allow-Origin"), `${method} ${path}`).toBeNull();
        expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
      }
    }
  });
});
