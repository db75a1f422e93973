/** Everything that a browser receives, read for what it must never receive. */
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { hashPassword } from "../../src/auth/password.ts";
import { newId } from "../../src/ids.ts";
import { ROUTES, type RouteRule } from "../../src/routes/access.ts";
import { type CallOptions, call } from "../support/http.ts";
import { createPerson, giveCredits, type TestPerson } from "../support/people.ts";
import { createPicture, type TestPicture } from "../support/pictures.ts";
import { fromNewPlace } from "../support/places.ts";

/** Values that stand nowhere else, so that finding one is proof. */
const SECRETS = {
  AUTH_SECRET: "canary-auth-secret-0123456789-0123456789",
  AUTH_SECRET_PREVIOUS: "canary-old-secret-0123456789-0123456789",
  IDEOGRAM_API_KEY: "canary-ideogram-key",
  RESEND_API_KEY: "canary-resend-key",
  TURNSTILE_SITE_KEY: "public-site-key",
  TURNSTILE_SECRET_KEY: "canary-turnstile-secret",
  GOOGLE_CLIENT_ID: "public-google-id",
  GOOGLE_CLIENT_SECRET: "canary-google-secret",
  GITHUB_CLIENT_ID: "public-github-id",
  GITHUB_CLIENT_SECRET: "canary-github-secret",
  OIDC_ISSUER: "https://id.example.test",
  OIDC_CLIENT_ID: "public-oidc-id",
  OIDC_CLIENT_SECRET: "canary-oidc-secret",
} as const;
const CANARIES = Object.values(SECRETS).filter((value) => value.startsWith("canary-"));

// Google and Turnstile are configured here, and asked by some of these routes.
beforeEach(() => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("fetch failed"));
});

let hero: TestPerson;
let admin: TestPerson;
let person: TestPerson;
let picture: TestPicture;
let apiKey: string;
let passwordHash: string;

beforeAll(async () => {
  passwordHash = hashPassword("three quiet lanterns by the lake");
  hero = await createPerson({ role: "HERO", passwordHash });
  admin = await createPerson({ role: "ADMIN", passwordHash });
  person = await createPerson({ passwordHash, credits: 5 });
  await giveCredits(hero.id, 5);
  picture = await createPicture(person);
  await call("PATCH", `/api/images/${picture.imageId}`, { as: person, json: { visibility: "public" } });
  const json = { name: "Backup", scopes: ["read"] };
  const made = await call("POST", "/api/me/keys", { as: person, json, headers: fromNewPlace() });
  apiKey = ((await made.json()) as { key: string }).key;
});

/** What stands in the database and must not leave it. */
async function listStoredSecrets(): Promise<string[]> {
  const results = await env.DB.batch<{ secret: string | null }>(
    [
      "SELECT token_hash AS secret FROM sessions",
      "SELECT token_hash AS secret FROM auth_tokens",
      "SELECT key_hash AS secret FROM api_keys",
      "SELECT password_hash AS secret FROM users",
      "SELECT key AS secret FROM images",
      "SELECT thumbnail_key AS secret FROM images",
    ].map((sql) => env.DB.prepare(sql)),
  );
  return results.flatMap((result) => result.results.flatMap((row) => row.secret ?? []));
}

function fillPath(route: RouteRule): string {
  return route.path
    .replace("generations/:id", `generations/${picture.generationId}`)
    .replace("images/:id", `images/${picture.imageId}`)
    .replace("briefs/:id", `briefs/${picture.briefId}`)
    .replace("users/:id", `users/${person.id}`)
    .replace(":provider", "google")
    .replace("flags/:key", "flags/charts")
    .replace(":id", newId());
}

/** Body and headers as one text. */
async function receive(path: string, options: CallOptions, method = "GET"): Promise<string> {
  const headersSent = { ...fromNewPlace(), ...options.headers };
  const response = await call(method, path, {
    ...options,
    headers: headersSent,
    env: { ...SECRETS, ...options.env },
  });
  const headers = [...response.headers];
  const text = /image|zip/.test(response.headers.get("Content-Type") ?? "")
    ? new TextDecoder("latin1").decode(await response.arrayBuffer())
    : await response.text();
  return JSON.stringify(headers) + text;
}

async function expectNoSecret(text: string, more: readonly string[] = []): Promise<void> {
  const secrets = [
    ...CANARIES,
    ...(await listStoredSecrets()),
    apiKey,
    apiKey.slice(12),
    passwordHash,
    ...more,
  ];
  for (const secret of secrets)
    expect(text.includes(secret), `"${secret.slice(0, 24)}…" was sent`).toBe(false);
  expect(text).not.toMatch(/\$scrypt\$/);
}

const READS = ROUTES.filter((route) => route.method === "GET");
const WRITES = ROUTES.filter((route) => route.method !== "GET");

describe("what a browser receives", () => {
  it.each(READS.map((route) => ({ path: route.path, route })))(
    "holds no secret at $path, for nobody, a USER, an ADMIN and a HERO",
    async ({ route }) => {
      for (const as of [undefined, person, admin, hero]) {
        const text = await receive(fillPath(route), as === undefined ? {} : { as });
        await expectNoSecret(text, as === undefined ? [] : [as.cookie.replace("session=", "")]);
      }
    },
  );

  it.each(WRITES)("holds no secret in the answer to $method $path, for any of them", async (route) => {
    const email = `${newId()}@example.test`;
    const password = "nine brown bears in the wood";
    const values = { email, password, name: "Ines", keyName: "Ines", scopes: "read", token: "A".repeat(43) };
    for (const role of [undefined, "USER", "ADMIN", "HERO"] as const) {
      // Somebody new each time, for some of these end their session.
      const as = role === undefined ? undefined : await createPerson({ role, passwordHash });
      const body = route.kind === "page" ? { form: values } : { json: values };
      const text = await receive(fillPath(route), { as, ...body }, route.method);
      const own = as === undefined ? [] : [as.cookie.replace("session=", "")];
      await expectNoSecret(text, [password, ...own]);
    }
  });

  it("holds the session that somebody has just opened once: in its own cookie, which scripts can't read", async () => {
    const somebody = await createPerson({ passwordHash });
    const json = { email: somebody.email, password: "three quiet lanterns by the lake" };
    const response = await call("POST", "/api/auth/login", { json, headers: fromNewPlace(), env: SECRETS });
    const [cookie, ...others] = response.headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^session=[\w-]{43};.*HttpOnly/);
    const token = /^session=([\w-]+)/.exec(cookie ?? "")?.[1] ?? "?";
    const rest = [...response.headers].filter(([name]) => name !== "set-cookie");
    expect(JSON.stringify(rest) + (await response.text())).not.toContain(token);
  });

  it.each(
    READS.filter(
      (route) => route.access !== "ADMIN" && route.access !== "HERO" && !route.developmentOnly,
    ).map((route) => ({ path: route.path, route })),
  )("holds nothing of somebody else at $path", async ({ route }) => {
    const stranger = await createPerson();
    const text = await receive(fillPath(route), { as: stranger });
    const prompt = await env.DB.prepare("SELECT prompt FROM briefs WHERE id = ?1")
      .bind(picture.briefId)
      .first<string>("prompt");
    for (const other of [person.email, hero.email, person.id, prompt ?? ""]) {
      expect(text.includes(other), `${other} was sent`).toBe(false);
    }
  });

  it("is read from real pages, with every secret set", async () => {
    for (const [path, as] of [
      ["/signin", undefined],
      ["/account", person],
      ["/admin/users", hero],
    ] as const) {
      const response = await call("GET", path, { as, env: SECRETS });
      expect(response.status, path).toBe(200);
    }
    expect(await receive("/register", {})).toContain("public-site-key");
  });

  it("holds no secret on error pages, whoever sees them", async () => {
    for (const path of [
      "/nothing",
      "/images/x",
      "/admin/users/x",
      "/account?cursor=x",
      "/api/nothing",
      "/auth/confirm?token=x",
    ]) {
      for (const accept of ["text/html", "application/json"]) {
        await expectNoSecret(await receive(path, { as: hero, headers: { Accept: accept } }));
      }
    }
  });

  it("60 names wrong settings and never their values", async () => {
    const wrong = { AUTH_SECRET: "canary-short", MAILER: "canary-mailer", IDEOGRAM_BASE_URL: "canary-url" };
    for (const path of ["/", "/api/me", "/api/health"]) {
      const text = await receive(path, { as: hero, env: wrong as never });
      for (const field of ["AUTH_SECRET", "MAILER", "IDEOGRAM_BASE_URL"]) expect(text).toContain(field);
      for (const value of Object.values(wrong)) expect(text).not.toContain(value);
    }
  });
});

describe("the public files", () => {
  const files = import.meta.glob("../../public/**/*.{js,css,txt,svg}", {
    query: "?raw",
    import: "default",
    eager: true,
  });

  it("hold no key, no address of the provider and no token", () => {
    expect(Object.keys(files).length).toBeGreaterThan(10);
    for (const [path, text] of Object.entries(files)) {
      expect(String(text), path).not.toMatch(
        /api\.ideogram\.ai|Api-Key|AUTH_SECRET|evk_[A-Za-z0-9_-]{20}|Bearer [A-Za-z0-9]{8}/i,
      );
    }
  });
});
