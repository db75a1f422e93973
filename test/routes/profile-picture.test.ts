import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { ascii, buildPng, encodeWith } from "../r2/fixtures.ts";
import { clearFlags, putFlag } from "../support/flags.ts";
import { call } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";

afterEach(clearFlags);

const FLAGS_AT_ONCE = { FLAGS_TTL_SECONDS: "0" };
const HEADER_BYTES = 24;

function put(person: TestPerson | undefined, bytes: Uint8Array, { type = "image/png" } = {}) {
  return call("PUT", "/api/me/picture", {
    as: person,
    bytes,
    headers: { "Content-Type": type },
    env: FLAGS_AT_ONCE,
  });
}

function postForm(person: TestPerson, file: Blob | null) {
  const form = new FormData();
  if (file !== null) form.append("picture", file, "me.png");
  return call("POST", "/account/picture", { as: person, form, env: FLAGS_AT_ONCE });
}

const show = (person: TestPerson, headers: Record<string, string> = {}) =>
  call("GET", "/account/picture", { as: person, headers });

async function readRow(person: TestPerson): Promise<{ sha256: string } | null> {
  return env.DB.prepare("SELECT sha256 FROM profile_pictures WHERE user_id = ?1")
    .bind(person.id)
    .first<{ sha256: string }>();
}

describe("a person's own picture", () => {
  it("becomes a square of 256 pixels, whatever format and shape it came in", async () => {
    const person = await createPerson();
    const uploads: [string, Uint8Array][] = [
      ["image/png", buildPng({ width: 640, height: 360 })],
      ["image/jpeg", await encodeWith("jpeg", { width: 100, height: 900 })],
      ["image/webp", await encodeWith("webp", { width: 64, height: 64 })],
    ];
    for (const [type, bytes] of uploads) {
      expect((await put(person, bytes, { type })).status).toBe(204);
      const shown = await show(person);
      expect(shown.headers.get("Content-Type")).toBe("image/webp");
      expect(await env.IMAGES.info((await shown.blob()).stream())).toMatchObject({ width: 256, height: 256 });
    }
    const { results } = await env.DB.prepare("SELECT sha256 FROM profile_pictures WHERE user_id = ?1")
      .bind(person.id)
      .all();
    expect(results).toHaveLength(1);
  });

  it("is shown with its version as ETag, and not sent twice to who has it", async () => {
    const person = await createPerson();
    expect((await put(person, buildPng())).status).toBe(204);
    const shown = await show(person);
    const etag = shown.headers.get("ETag") ?? "";
    expect(etag).toBe(`"${(await readRow(person))?.sha256}"`);
    expect(shown.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(shown.headers.get("Content-Security-Policy")).toContain("sandbox");
    expect((await show(person, { "If-None-Match": etag })).status).toBe(304);
  });

  it("stands on its person's page and on the page that administrators see, and nowhere for others", async () => {
    const person = await createPerson();
    const admin = await createPerson({ role: "ADMIN" });
    const other = await createPerson();
    await put(person, buildPng());
    const version = (await readRow(person))?.sha256.slice(0, 12);
    expect(await (await call("GET", "/account", { as: person })).text()).toContain(
      `src="/account/picture?v=${version}"`,
    );
    const path = `/admin/users/${person.id}/picture`;
    expect(await (await call("GET", `/admin/users/${person.id}`, { as: admin })).text()).toContain(
      `src="${path}?v=${version}"`,
    );
    expect((await call("GET", path, { as: admin })).status).toBe(200);
    expect((await call("GET", path, { as: other })).status).toBe(403);
    expect((await show(other)).status).toBe(404);
    expect((await call("GET", "/account/picture")).status).toBe(401);
  });

  it("is removed by its person, once", async () => {
    const person = await createPerson();
    await put(person, buildPng());
    expect((await call("DELETE", "/api/me/picture", { as: person })).status).toBe(204);
    expect((await show(person)).status).toBe(404);
    expect((await call("DELETE", "/api/me/picture", { as: person })).status).toBe(404);
  });

  it.each([
    ["four bytes", ascii("stub")],
    ["nothing", new Uint8Array()],
    ["HTML", ascii("<html>".repeat(200))],
    ["half a picture", buildPng({ width: 300, height: 300 }).subarray(0, 9_000)],
    ["a header that promises too much", buildPng().subarray(0, HEADER_BYTES)],
    ["a picture with something behind it", new Uint8Array([...buildPng(), ...ascii("PK\u0003\u0004")])],
  ])("is refused when it is %s, and the one from before stays", async (_, bytes) => {
    const person = await createPerson();
    await put(person, buildPng());
    const before = await readRow(person);
    const response = await put(person, bytes);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: "invalid_request",
      errors: [{ field: "picture", message: expect.stringContaining("PNG, JPEG or WebP") }],
    });
    expect(await readRow(person)).toEqual(before);
  });

  it("is refused in other types, without a session, and above ten megabytes", async () => {
    const person = await createPerson();
    const drawing = await put(person, buildPng(), { type: "image/svg+xml" });
    expect(drawing.status).toBe(415);
    expect(await drawing.json()).toMatchObject({ detail: expect.stringContaining("image/webp") });
    expect((await put(person, buildPng(), { type: "application/json" })).status).toBe(415);
    expect((await put(undefined, buildPng())).status).toBe(401);
    expect((await put(person, new Uint8Array(11 * 1024 * 1024))).status).toBe(413);
    expect(await readRow(person)).toBeNull();
  });

  it("can't be changed while pictures aren't processed, and is shown all the same", async () => {
    const person = await createPerson();
    await put(person, buildPng());
    const before = await readRow(person);
    await putFlag("image_processing", "off");
    const response = await put(person, await encodeWith("jpeg"));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "feature_disabled" });
    expect(await readRow(person)).toEqual(before);
    expect((await show(person)).status).toBe(200);
  });

  it("leaves the picture as it was when it can't be resized", async () => {
    const person = await createPerson();
    const IMAGES = {
      input: () => {
        throw new Error("IMAGES: 9432");
      },
    } as unknown as ImagesBinding;
    const response = await call("PUT", "/api/me/picture", {
      as: person,
      bytes: buildPng(),
      headers: { "Content-Type": "image/png" },
      env: { ...FLAGS_AT_ONCE, IMAGES },
    });
    expect(response.status).toBe(503);
    expect(await readRow(person)).toBeNull();
  });
});

describe("the form of one's own picture", () => {
  it("saves a file, and takes it away again", async () => {
    const person = await createPerson();
    const saved = await postForm(person, new Blob([buildPng({ width: 200, height: 120 })]));
    expect([saved.status, saved.headers.get("Location")]).toEqual([303, "/account"]);
    expect(await readRow(person)).not.toBeNull();
    const removed = await call("POST", "/account/picture/remove", { as: person, form: {} });
    expect(removed.status).toBe(303);
    expect(await readRow(person)).toBeNull();
  });

  it.each([
    ["without a file", null],
    ["with something else", new Blob(["stub"])],
  ])("says beside the field what is wrong %s", async (_, file) => {
    const person = await createPerson();
    const response = await postForm(person, file);
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("Choose a complete PNG, JPEG or WebP");
    expect(await readRow(person)).toBeNull();
  });
});

describe("the table of own pictures", () => {
  it("refuses bytes that no picture can have", async () => {
    const person = await createPerson();
    const insert = (bytes: Uint8Array) =>
      env.DB.prepare(
        "INSERT INTO profile_pictures (user_id, bytes, sha256, updated_at) VALUES (?1, ?2, ?3, 1)",
      )
        .bind(person.id, bytes, "0".repeat(64))
        .run();
    await expect(insert(ascii("stub"))).rejects.toThrow("CHECK");
    await expect(insert(new Uint8Array(131_073))).rejects.toThrow("CHECK");
  });
});
