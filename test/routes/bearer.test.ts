import { createHmac } from "node:crypto";
import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/routes/access.ts";
import { call, ORIGIN, testBindings } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

const AUDIENCE = "eventide-api";
const HOUR_SECONDS = 3_600;

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function claimsOf(person: TestPerson, changes: Record<string, unknown> = {}) {
  const now = Math.floor(Date.now() / 1_000);
  const times = { iat: now, nbf: now, exp: now + HOUR_SECONDS };
  return {
    iss: ORIGIN,
    aud: AUDIENCE,
    sub: person.id,
    role: "HERO",
    scope: "admin read",
    ...times,
    ...changes,
  };
}

/** Made by hand, for no library signs what these say. */
function forge(header: Record<string, unknown>, claims: unknown, secret?: string): string {
  const text = `${encode(header)}.${encode(claims)}`;
  if (secret === undefined) return `${text}.`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

/** Whatever somebody might take for a token of this product, each signed as well as it can be. */
async function listTokens(person: TestPerson): Promise<Record<string, string>> {
  const secret = String(testBindings().AUTH_SECRET);
  const rsa = await generateKeyPair("RS256", { extractable: true });
  const publicKey = await exportSPKI(rsa.publicKey);
  const access = { alg: "HS256", typ: "at+jwt" };
  const past = Math.floor(Date.now() / 1_000) - HOUR_SECONDS;
  return {
    "alg none": forge({ alg: "none", typ: "at+jwt" }, claimsOf(person)),
    "alg NoNe": forge({ alg: "NoNe" }, claimsOf(person)),
    "the right secret": forge(access, claimsOf(person), secret),
    "an empty secret": forge(access, claimsOf(person), ""),
    "another audience": forge(access, claimsOf(person, { aud: "somebody-else" }), secret),
    "another issuer": forge(access, claimsOf(person, { iss: "https://evil.test" }), secret),
    "another type": forge({ alg: "HS256", typ: "oauth-flow+jwt" }, claimsOf(person), secret),
    expired: forge(access, claimsOf(person, { exp: past }), secret),
    "not valid yet": forge(access, claimsOf(person, { nbf: past + 2 * HOUR_SECONDS }), secret),
    "RS256 of an own key": await new SignJWT(claimsOf(person))
      .setProtectedHeader({ alg: "RS256", typ: "at+jwt", jku: "https://evil.test/jwks" })
      .sign(rsa.privateKey),
    "HS256 with a public key as its secret": forge(access, claimsOf(person), publicKey),
    "a key id that is a path": forge({ ...access, kid: "../../dev/null" }, claimsOf(person), ""),
  };
}

describe("66 a JSON Web Token", () => {
  it("is no key, whatever it claims and however it is signed", async () => {
    const hero = await createPerson({ role: "HERO" });
    for (const [name, token] of Object.entries(await listTokens(hero))) {
      for (const path of ["/api/me", "/api/admin/users", "/api/generations", "/"]) {
        const headers = { Authorization: `Bearer ${token}`, ...fromNewPlace() };
        const response = await call("GET", path, { headers });
        expect(response.status, `${name} at ${path}`).toBe(401);
        expect(response.headers.get("WWW-Authenticate")).toContain('error="invalid_token"');
      }
    }
  });

  it("is no session, and no key of OFREP", async () => {
    const hero = await createPerson({ role: "HERO" });
    for (const [name, token] of Object.entries(await listTokens(hero))) {
      const asCookie = await call("GET", "/api/me", { headers: { Cookie: `session=${token}` } });
      expect(asCookie.status, name).toBe(401);
      for (const header of ["X-API-Key", "Authorization"]) {
        const value = header === "Authorization" ? `Bearer ${token}` : token;
        const headers = { [header]: value, ...fromNewPlace() };
        const response = await call("POST", "/ofrep/v1/evaluate/flags", { json: {}, headers });
        expect(response.status, `${name} in ${header}`).toBe(401);
      }
    }
  });
});

describe("3 a garbage Authorization header", () => {
  const garbage = [
    "Bearer",
    "Bearer ",
    "Bearer null",
    "Bearer undefined",
    "Bearer evk_",
    `Bearer evk_${"A".repeat(43)}`,
    `Bearer ${"x".repeat(8_000)}`,
    "Bearer a b",
    "Bearer ' OR '1'='1",
    "bearer %00",
    "Basic dXNlcjpwYXNz",
    "Digest username=x",
    "null",
    "",
  ];

  it.each(ROUTES.filter(({ access, kind }) => access !== "public" && access !== "anyone" && kind === "api"))(
    "lets nobody in at $method $path",
    async ({ method, path }) => {
      for (const value of garbage) {
        const concrete = path.replaceAll(/:[a-z]+/gi, "x");
        const headers = { Authorization: value, ...fromNewPlace() };
        const response = await call(method, concrete, { headers });
        expect(response.status, value.slice(0, 40)).toBe(401);
        expect(response.headers.get("Content-Type")).toBe("application/problem+json");
      }
    },
  );

  it("doesn't take the place of the own Origin, unless it is a key that works", async () => {
    const hero = await createPerson({ role: "HERO" });
    const other = { Origin: "https://evil.test", ...fromNewPlace() };
    const form = { email: hero.email, password: "not this one at all", next: "/" };
    // A browser adds these by itself to another site's form: https://user:pass@host/.
    for (const value of ["Basic dXNlcjpwYXNz", "Negotiate x", "Digest x", "x", ""]) {
      for (const path of ["/signin", "/signin/link", "/register", "/auth/confirm", "/signout"]) {
        const response = await call("POST", path, { form, headers: { ...other, Authorization: value } });
        expect(response.status, `${value} at ${path}`).toBe(403);
      }
    }
  });
});
