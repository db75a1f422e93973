import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { ROUTES, type RouteRule } from "../../src/routes/access.ts";
import { call } from "../support/http.ts";
import { createPerson, openTestSession, type TestPerson } from "../support/people.ts";
import { createPicture, type TestPicture } from "../support/pictures.ts";
import { fromNewPlace } from "../support/places.ts";

let owner: TestPerson;
let picture: TestPicture;
let sessionId: string;
let keyId: string;
const PASSKEY_ID = "AAAAAAAAAAAAAAAAAAAAAA";

beforeAll(async () => {
  owner = await createPerson({ credits: 9 });
  picture = await createPicture(owner);
  await openTestSession(owner.id);
  sessionId = String(
    await env.DB.prepare("SELECT id FROM sessions WHERE user_id = ?1").bind(owner.id).first("id"),
  );
  const json = { name: "Backup", scopes: ["read"] };
  const made = await call("POST", "/api/me/keys", { as: owner, json, headers: fromNewPlace() });
  keyId = ((await made.json()) as { id: string }).id;
  await env.DB.prepare(
    "INSERT INTO passkeys (credential_id, user_id, public_key, created_at) VALUES (?1, ?2, 'k', 1)",
  )
    .bind(PASSKEY_ID, owner.id)
    .run();
});

/** The route with an id of the owner's that is really there. */
function fillPath({ path }: RouteRule): string {
  return path
    .replace("generations/:id", `generations/${picture.generationId}`)
    .replace("images/:id", `images/${picture.imageId}`)
    .replace("briefs/:id", `briefs/${picture.briefId}`)
    .replace("sessions/:id", `sessions/${sessionId}`)
    .replace("passkeys/:id", `passkeys/${PASSKEY_ID}`)
    .replace("keys/:id", `keys/${keyId}`);
}

const TABLES = [
  "users",
  "sessions",
  "api_keys",
  "passkeys",
  "images",
  "generations",
  "briefs",
  "credit_entries",
];

/** Everything of the owner's that somebody could have changed. */
async function readBelongings(): Promise<string> {
  const results = await env.DB.batch(
    TABLES.map((table) =>
      env.DB.prepare(`SELECT * FROM ${table} WHERE ${table === "users" ? "id" : "user_id"} = ?1`).bind(
        owner.id,
      ),
    ),
  );
  return JSON.stringify(results.map((result) => result.results));
}

const owned = ROUTES.filter(
  ({ path, access }) => path.includes("/:id") && access !== "ADMIN" && access !== "HERO",
).filter(({ path }) => !path.startsWith("/dev/"));

describe("12 somebody else's id", () => {
  it.each(owned)("is as good as none for a stranger and for a HERO at $method $path", async (route) => {
    const before = await readBelongings();
    const isForm = route.kind === "page";
    const body =
      route.method === "GET" || route.method === "DELETE"
        ? {}
        : isForm
          ? {
              form: {
                generationId: picture.generationId,
                visibility: "public",
                title: "mine",
                intent: "save",
              },
            }
          : { json: route.method === "PATCH" ? { visibility: "public", title: "mine" } : {} };
    for (const as of [await createPerson(), await createPerson({ role: "HERO" })]) {
      const headers = { "Idempotency-Key": newId(), ...fromNewPlace() };
      const response = await call(route.method, fillPath(route), { as, headers, ...body });
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain(owner.email);
    }
    expect(await readBelongings()).toBe(before);
  });

  it("opens nothing of theirs by a query or a body either", async () => {
    const stranger = await createPerson();
    for (const query of [
      `user=${owner.id}`,
      `userId=${owner.id}`,
      `q=${owner.email}`,
      `cursor=${picture.imageId}`,
    ]) {
      for (const path of [
        "/api/generations",
        "/api/images",
        "/api/me/sessions",
        "/api/me/keys",
        "/api/me/export",
      ]) {
        const text = await (await call("GET", `${path}?${query}`, { as: stranger })).text();
        for (const secret of [owner.email, picture.generationId, sessionId, keyId]) {
          expect(text.replaceAll(query, ""), `${path}?${query}`).not.toContain(secret);
        }
      }
    }
  });
});
