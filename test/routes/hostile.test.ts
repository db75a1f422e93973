/**
 * Ten thousand generated requests against every route: nothing falls over, nobody gets in, and nothing of somebody
 * else's is read or changed. They are drawn from one seed; a failure names it, the caller and the request.
 */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";
import { hashPassword } from "../../src/auth/password.ts";
import { ROUTES, type RouteRule } from "../../src/routes/access.ts";
import { drawHostileRequests, type HostileRequest } from "../support/hostile.ts";
import { ORIGIN, testBindings } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { createPicture } from "../support/pictures.ts";
import { newIpv4 } from "../support/places.ts";
import { keepLogQuiet } from "../support/quiet.ts";

const SEED = 20_261_122;
const REQUESTS_MIN = 10_000;

type Caller = "nobody" | "USER" | "ADMIN" | "key";
/** For each route. */
const REQUESTS: Readonly<Record<Caller, number>> = { nobody: 40, USER: 40, ADMIN: 10, key: 10 };
const CALLERS = Object.keys(REQUESTS) as Caller[];

/** What an answer must never tell: where the code is, what the database said, what a header held. */
const INTERNALS =
  /node_modules|\/work\/|\bat \w+ \(|D1_ERROR|SQLITE_|no such (?:table|column)|TypeError|undefined is not/;

/** Somebody with a private picture, whom none of the callers may read or touch. */
let victim: TestPerson & { ids: string[]; canaries: string[] };

keepLogQuiet();

beforeAll(async () => {
  const person = await createPerson({
    role: "HERO",
    credits: 5,
    passwordHash: hashPassword("five grey geese"),
  });
  const { briefId, generationId, imageId } = await createPicture(person);
  const session = await env.DB.prepare("SELECT id FROM sessions WHERE user_id = ?1")
    .bind(person.id)
    .first("id");
  await env.DB.batch([
    env.DB.prepare("UPDATE images SET title = 'canary-title' WHERE id = ?1").bind(imageId),
    env.DB.prepare("UPDATE users SET name = 'canary-name' WHERE id = ?1").bind(person.id),
  ]);
  const ids = [person.id, briefId, generationId, imageId, String(session)];
  victim = { ...person, ids, canaries: [person.email, "canary-title", "canary-name", String(session)] };
});

interface Identity {
  headers: Record<string, string>;
}

async function createCaller(caller: Caller): Promise<Identity> {
  if (caller === "nobody") return { headers: {} };
  const person = await createPerson(caller === "ADMIN" ? { role: "ADMIN" } : {});
  if (caller !== "key") return { headers: { Cookie: person.cookie } };
  const headers = new Headers({ Cookie: person.cookie, Origin: ORIGIN, "Content-Type": "application/json" });
  headers.set("CF-Connecting-IP", newIpv4());
  const body = JSON.stringify({ name: "Backup", scopes: ["read"] });
  const request = new Request(`${ORIGIN}/api/me/keys`, { method: "POST", headers, body });
  const response = await app.fetch(request, testBindings(), createExecutionContext());
  const { key } = await response.json<{ key: string }>();
  return { headers: { Authorization: `Bearer ${key}` } };
}

async function send(request: HostileRequest, identity: Identity): Promise<Response> {
  const headers = new Headers({ Origin: ORIGIN, "CF-Connecting-IP": newIpv4() });
  for (const [name, value] of Object.entries({ ...request.headers, ...identity.headers })) {
    headers.set(name, value);
  }
  const context = createExecutionContext();
  const init = { method: request.method, headers, body: request.body, redirect: "manual" as const };
  // Reading the switches anew for each request is another test's business.
  const bindings = testBindings({ FLAGS_TTL_SECONDS: "60" });
  const response = await app.fetch(new Request(ORIGIN + request.path, init), bindings, context);
  await waitOnExecutionContext(context);
  return response;
}

/** Whether the request, as it was bent, still is for this route. */
function isFor(route: RouteRule, request: HostileRequest): boolean {
  const method = request.method.toUpperCase() === "HEAD" ? "GET" : request.method.toUpperCase();
  const pattern = new RegExp(`^${route.path.replaceAll(/:[a-z]+/gi, "[^/]+")}$`);
  return method === route.method && pattern.test(new URL(ORIGIN + request.path).pathname);
}

/** A redirect to the sign-in page lets nobody in; neither does the answer of an address that isn't this route. */
function isLetIn(response: Response): boolean {
  if (response.status >= 400) return false;
  return !(response.headers.get("Location") ?? "").startsWith("/signin");
}

function mayEnter({ access, scope }: RouteRule, caller: Caller): boolean {
  if (caller === "key") return access === "public" || scope === "read";
  if (access === "public" || access === "anyone") return true;
  if (caller === "ADMIN") return access !== "HERO";
  return caller === "USER" && access === "USER";
}

const TABLES = {
  users: "id",
  credit_accounts: "user_id",
  credit_entries: "user_id",
  sessions: "user_id",
  api_keys: "user_id",
  passkeys: "user_id",
  provider_accounts: "user_id",
  images: "user_id",
  generations: "user_id",
  briefs: "user_id",
};

/** All rows of the victim's, and how many people there are of each role and how many grants. */
async function readState(): Promise<string> {
  const results = await env.DB.batch([
    ...Object.entries(TABLES).map(([table, owner]) =>
      env.DB.prepare(`SELECT * FROM ${table} WHERE ${owner} = ?1`).bind(victim.id),
    ),
    env.DB.prepare(
      `SELECT sum(role = 'HERO') AS heroes, (SELECT count(*) FROM credit_entries WHERE kind = 'grant') AS grants,
         (SELECT count(*) FROM images) AS images FROM users`,
    ),
  ]);
  return JSON.stringify(results.map((result) => result.results));
}

/** What must not be in an answer, unless the caller said it. Administrators may see who there is. */
function listSecrets(caller: Caller, request: HostileRequest): string[] {
  const secrets = caller === "ADMIN" ? victim.canaries.slice(-1) : victim.canaries;
  return secrets.filter((secret) => !request.path.includes(secret));
}

async function attack(route: RouteRule, caller: Caller, seed: number): Promise<void> {
  const identity = await createCaller(caller);
  const requests = drawHostileRequests(route, { ids: victim.ids, count: REQUESTS[caller], seed });
  for (const [index, request] of requests.entries()) {
    const told = `seed ${SEED}, ${caller}, request ${index}: ${JSON.stringify(request).slice(0, 600)}`;
    const response = await send(request, identity);
    const text = new TextDecoder().decode(await response.arrayBuffer());
    expect(response.status, told).toBeLessThan(500);
    expect(text, told).not.toMatch(INTERNALS);
    expect(response.headers.get("X-Content-Type-Options"), told).toBe("nosniff");
    if (!mayEnter(route, caller) && isFor(route, request)) expect(isLetIn(response), told).toBe(false);
    for (const secret of listSecrets(caller, request)) {
      expect(text.includes(secret), `${secret}, ${told}`).toBe(false);
    }
  }
}

describe("hostile requests", () => {
  it.each(ROUTES.map((route, index) => ({ name: `${route.method} ${route.path}`, route, index })))(
    "of nobody, a USER, an ADMIN and a key break nothing and open nothing at $name",
    async ({ route, index }) => {
      for (const [number, caller] of CALLERS.entries()) {
        const before = await readState();
        await attack(route, caller, SEED + index * CALLERS.length + number);
        expect(await readState(), `seed ${SEED}, ${caller}`).toBe(before);
      }
    },
  );

  it("are ten thousand or more", () => {
    const perRoute = CALLERS.reduce((sum, caller) => sum + REQUESTS[caller], 0);
    expect(ROUTES.length * perRoute).toBeGreaterThanOrEqual(REQUESTS_MIN);
  });
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
