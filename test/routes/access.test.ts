import { describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";
import { newId } from "../../src/ids.ts";
import { ROUTES, type RouteRule } from "../../src/routes/access.ts";
import { call, testBindings as testEnv } from "../support/http.ts";
import { createPerson } from "../support/people.ts";

const routed = app.routes
  .filter((route) => route.method !== "ALL")
  .map((route) => `${route.method} ${route.path}`);
const listed = ROUTES.map((route) => `${route.method} ${route.path}`);

function concrete(path: string): string {
  return path.replaceAll(/:[a-z]+/gi, newId());
}

const isProtected = (route: RouteRule) => route.access !== "public" && route.access !== "anyone";

describe("the table of routes", () => {
  it("lists every route that the app has, and no other", () => {
    expect([...new Set(routed)].sort()).toEqual([...listed].sort());
    expect(new Set(listed).size).toBe(listed.length);
  });

  it("answers 404 for a path that it doesn't list, and 405 with Allow for another method", async () => {
    expect((await call("GET", "/api/nothing")).status).toBe(404);
    const response = await call("PUT", "/api/me");
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe("GET, PATCH, DELETE");
  });

  it("treats HEAD as GET", async () => {
    const response = await call("HEAD", "/api/health");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });
});

describe("every protected route", () => {
  for (const route of ROUTES.filter(isProtected)) {
    it(`1 refuses an anonymous caller of ${route.method} ${route.path}`, async () => {
      const response = await call(route.method, concrete(route.path), {
        ...(route.method === "GET" ? {} : { json: {} }),
      });
      if (route.kind === "page" && route.method === "GET") {
        expect(response.status).toBe(303);
        expect(response.headers.get("Location")).toMatch(/^\/signin\?next=/);
        return;
      }
      expect(response.status).toBe(401);
      expect(response.headers.get("Location")).toBeNull();
      if (route.kind === "api") {
        expect(response.headers.get("Content-Type")).toBe("application/problem+json");
        expect(await response.json()).toMatchObject({ code: "unauthenticated", status: 401 });
      }
    });
  }
});

/** Methods that the table has for a path, also by another line's parameter. */
function listMethods(path: string): string[] {
  return ROUTES.filter((route) =>
    new RegExp(`^${route.path.replaceAll(/:[a-z]+/gi, "[^/]+")}$`).test(path),
  ).map((route) => route.method);
}

describe("every path", () => {
  const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY", "LOCK"];

  it.each([...new Set(ROUTES.map((route) => route.path))])(
    "14 answers 405 with Allow to a method that %s doesn't have, and 404 below it",
    async (path) => {
      const hero = await createPerson({ role: "HERO" });
      const own = listMethods(concrete(path));
      for (const method of methods) {
        const below = await call(method, `${concrete(path)}/no/thing/here`, { as: hero });
        // Another origin's right to ask OFREP is asked for with OPTIONS.
        const isPreflight = method === "OPTIONS" && path.startsWith("/ofrep/");
        expect(below.status, method).toBe(isPreflight ? 204 : 404);
        if (own.includes(method) || isPreflight) continue;
        const response = await call(method, concrete(path), { as: hero });
        expect(response.status, method).toBe(405);
        const allowed = (response.headers.get("Allow") ?? "").split(", ");
        expect(allowed.sort()).toEqual([...new Set(own)].sort());
      }
    },
  );
});

describe("every admin route", () => {
  for (const route of ROUTES.filter((rule) => rule.access === "ADMIN" || rule.access === "HERO")) {
    it(`8 answers 403 to a USER on ${route.method} ${route.path}, before it looks at anything`, async () => {
      const person = await createPerson();
      const response = await call(route.method, concrete(route.path), {
        as: person,
        ...(route.method === "GET" ? {} : { json: { unknown: true } }),
      });
      expect(response.status).toBe(403);
      if (route.kind === "api") expect(await response.json()).toMatchObject({ code: "forbidden" });
    });
  }
});

describe("every route with an id", () => {
  const ids = [newId(), "1", "%00", "..%2f..%2fetc", "' OR 1=1 --", "x".repeat(300)];
  for (const route of ROUTES.filter((rule) => rule.path.includes(":id"))) {
    it(`answers 404 for an unknown id on ${route.method} ${route.path}`, async () => {
      const admin = await createPerson({ role: "HERO" });
      for (const id of ids) {
        const path = route.path.replace(":id", encodeURIComponent(id));
        const isForm = route.kind === "page";
        const response = await call(route.method, path, {
          as: admin,
          headers: { "Idempotency-Key": newId() },
          ...(route.method === "GET" || route.method === "DELETE"
            ? {}
            : isForm
              ? { form: { generationId: newId(), intent: "favourite", favourite: "true" } }
              : { json: route.path.includes("users") ? { addCredits: 1, reason: "a reason" } : {} }),
        });
        expect(response.status, id).toBe(404);
      }
    });
  }
});

describe("every route with a JSON body", () => {
  const writes = ROUTES.filter(
    (rule) =>
      rule.kind === "api" && rule.method !== "GET" && !/logout|cancel|DELETE/.test(rule.path + rule.method),
  );
  for (const route of writes) {
    it(`59 names what is wrong with a malformed body on ${route.method} ${route.path}`, async () => {
      const admin = await createPerson({ role: "HERO" });
      const other = await createPerson();
      const path = route.path.replace(":id", other.id);
      const headers = { "Idempotency-Key": newId(), "Content-Type": "application/json" };
      const send = (body: string, contentType = "application/json") =>
        app.request(
          `http://eventide.test${path}`,
          {
            method: route.method,
            headers: {
              ...headers,
              "Content-Type": contentType,
              Cookie: admin.cookie,
              Origin: "http://eventide.test",
            },
            body,
          },
          testEnv(),
        );
      expect((await send("{")).status).toBe(400);
      expect((await send("")).status).toBe(400);
      expect((await send("a=b", "application/x-www-form-urlencoded")).status).toBe(415);
      expect((await send("[]")).status).toBe(422);
      expect((await send("null")).status).toBe(422);
      expect((await send('{"__proto__":{"a":1}}')).status).toBe(422);
      expect((await send(`"${"x".repeat(70_000)}"`)).status).toBe(413);
      const unknown = await send('{"surprise":1}');
      expect(unknown.status).toBe(422);
      const problem = (await unknown.json()) as { errors: { field: string }[] };
      expect(problem.errors.length).toBeGreaterThan(0);
    });
  }
});
