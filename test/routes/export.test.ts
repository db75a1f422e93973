import { env } from "cloudflare:workers";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { packPictures } from "../../src/account/picture-archive.ts";
import { EXPORT_LISTS } from "../../src/db/export.ts";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { createPerson, giveCredits, openTestSession } from "../support/people.ts";
import { createPicture } from "../support/pictures.ts";
import { fromNewPlace } from "../support/places.ts";

interface Exported {
  user: { id: string; email: string; createdAt: string };
  pictures: string[];
  [list: string]: unknown;
}

describe("the export of everything", () => {
  it("holds every list with what is in it, times as text and stored JSON as JSON", async () => {
    const person = await createPerson({ credits: 5 });
    const { imageId, briefId } = await createPicture(person);
    await call("POST", "/api/me/keys", {
      as: person,
      json: { name: "Backup", scopes: ["read"] },
      headers: fromNewPlace(),
    });
    await env.DB.prepare(
      "INSERT INTO provider_accounts (provider, provider_account_id, user_id, email, created_at) VALUES ('oidc', ?1, ?1, 'x@example.test', 1)",
    )
      .bind(person.id)
      .run();
    await env.DB.prepare(
      "INSERT INTO profile_pictures (user_id, bytes, sha256, updated_at) VALUES (?1, zeroblob(33), ?2, 1)",
    )
      .bind(person.id, "0".repeat(64))
      .run();
    const response = await call("GET", "/api/me/export", { as: person });
    expect(response.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("Content-Disposition")).toContain("attachment");
    const exported = (await response.json()) as Exported;
    expect(exported.user).toMatchObject({
      id: person.id,
      email: person.email,
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(Object.keys(exported)).toEqual([
      "exportedAt",
      "user",
      "pictures",
      ...EXPORT_LISTS.map((list) => list.name),
    ]);
    expect(exported["entries"]).toHaveLength(3);
    expect(exported["briefs"]).toMatchObject([
      { id: briefId, body: { eventType: "birthday-party", answers: { age: 7 } } },
    ]);
    expect(exported["images"]).toMatchObject([{ id: imageId, tags: [], favourite: false }]);
    expect(exported["keys"]).toMatchObject([{ name: "Backup", scopes: ["read"] }]);
    expect(exported["providerAccounts"]).toMatchObject([{ provider: "oidc" }]);
    expect(exported["profilePicture"]).toMatchObject([{ webp: Buffer.alloc(33).toString("base64") }]);
    expect(exported["audit"]).not.toEqual([]);
    expect(exported.pictures).toEqual(["http://eventide.test/api/me/export/pictures?part=1"]);
  });

  it("holds no secret and nothing of anybody else", async () => {
    const person = await createPerson({ passwordHash: "$scrypt$secret" });
    const other = await createPerson({ credits: 4 });
    await createPicture(other);
    const text = await (await call("GET", "/api/me/export", { as: person })).text();
    for (const secret of ["$scrypt", person.cookie.replace("session=", ""), other.id, other.email]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/hash/i);
  });

  it("goes on behind the first page of a long list", async () => {
    const person = await createPerson();
    const rows = Array.from({ length: 1_201 }, (_, index) => `('x', 'n${index}')`).length;
    for (let i = 0; i < rows; i += 100) {
      await env.DB.batch(
        Array.from({ length: Math.min(100, rows - i) }, () =>
          env.DB.prepare(
            "INSERT INTO audit_log (at, action, subject_type, subject_id) VALUES (1, 'key.create', 'user', ?1)",
          ).bind(person.id),
        ),
      );
    }
    const exported = (await (await call("GET", "/api/me/export", { as: person })).json()) as Exported;
    const ids = (exported["audit"] as { id: number }[]).map((row) => row.id);
    expect(ids).toHaveLength(1_201);
    expect(new Set(ids).size).toBe(1_201);
  });
});

describe("the archive of pictures", () => {
  it("holds every picture, byte for byte", async () => {
    const person = await createPerson();
    await giveCredits(person.id, 3);
    const pictures = [await createPicture(person), await createPicture(person), await createPicture(person)];
    const response = await call("GET", "/api/me/export/pictures", { as: person });
    expect(response.headers.get("Content-Type")).toBe("application/zip");
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const { results } = await env.DB.prepare(
      "SELECT id, created_at FROM images WHERE user_id = ?1 ORDER BY id",
    )
      .bind(person.id)
      .all<{ id: string; created_at: number }>();
    expect(results.map(({ id }) => id)).toEqual(pictures.map(({ imageId }) => imageId).sort());
    const names = results.map(
      (row) => `${new Date(row.created_at).toISOString().slice(0, 10)}-${row.id}.png`,
    );
    expect(Object.keys(files)).toEqual(names);
    for (const [index, { id }] of results.entries()) {
      const original = await call("GET", `/images/${id}/original`, { as: person });
      expect(files[names[index] ?? ""]).toEqual(new Uint8Array(await original.arrayBuffer()));
    }
  });

  it("is empty for somebody without pictures, and ends with the last part", async () => {
    const person = await createPerson();
    const first = await call("GET", "/api/me/export/pictures?part=1", { as: person });
    expect(unzipSync(new Uint8Array(await first.arrayBuffer()))).toEqual({});
    expect((await call("GET", "/api/me/export/pictures?part=2", { as: person })).status).toBe(404);
    expect((await call("GET", "/api/me/export/pictures?part=x", { as: person })).status).toBe(422);
  });

  it("names a picture whose object is missing instead of leaving it out", async () => {
    const id = newId();
    const picture = {
      id,
      key: `u/${newId()}/${newId()}/1-0.png`,
      format: "png" as const,
      title: "Gone",
      createdAt: 0,
    };
    const bytes = await new Response(packPictures(env.BUCKET, [picture])).arrayBuffer();
    const files = unzipSync(new Uint8Array(bytes));
    expect(new TextDecoder().decode(files["MISSING.txt"])).toContain(`${id} Gone`);
  });

  it("belongs to its person: a stranger gets their own, and nobody gets it without a session", async () => {
    const person = await createPerson({ credits: 1 });
    await createPicture(person);
    const stranger = await createPerson();
    const response = await call("GET", "/api/me/export/pictures", { as: stranger });
    expect(unzipSync(new Uint8Array(await response.arrayBuffer()))).toEqual({});
    expect((await call("GET", "/api/me/export/pictures")).status).toBe(401);
    expect(
      (await call("GET", "/api/me/export", { headers: { Cookie: await openTestSession(stranger.id) } }))
        .status,
    ).toBe(200);
  });
});
