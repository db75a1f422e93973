import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { buildThumbnailKey } from "../../src/r2/keys.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { call } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { createPicture } from "../support/pictures.ts";

afterEach(expectBooksToBalance);

async function createOwner(): Promise<{ owner: TestPerson; imageId: string }> {
  const owner = await createPerson({ credits: 1 });
  const { imageId } = await createPicture(owner);
  return { owner, imageId };
}

/** A bucket that answers nothing, as in an outage. */
function brokenBucket(): R2Bucket {
  return new Proxy(env.BUCKET, {
    get: () => () => Promise.reject(new Error("the bucket does not answer")),
  });
}

describe("GET /api/images", () => {
  it("searches for the longest text that it takes, in any case of its letters", async () => {
    const { owner, imageId } = await createOwner();
    const title = "Lantern festival, 100 % _of_ it, at dusk: ".repeat(3);
    await call("PATCH", `/api/images/${imageId}`, { as: owner, json: { title } });
    for (const text of [title.slice(0, 100), "LANTERN FESTIVAL, 100 % _OF_ IT"]) {
      const found = await call("GET", `/api/images?q=${encodeURIComponent(text)}`, { as: owner });
      expect(await found.json()).toMatchObject({ items: [{ id: imageId }], total: 1 });
    }
    const none = await call("GET", `/api/images?q=${encodeURIComponent("100 _ %of")}`, { as: owner });
    expect(await none.json()).toMatchObject({ items: [], total: 0 });
  });
});

interface Page {
  items: { id: string }[];
  nextCursor: string | null;
  total: number;
}

describe("GET /api/images, page by page", () => {
  it("has each of one's own pictures once, newest first, with the total, also when one is made meanwhile", async () => {
    const owner = await createPerson({ credits: 6 });
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await createPicture(owner)).imageId);
    const newestFirst = ids.sort().reverse();
    const read = async (cursor: string) =>
      (await call("GET", `/api/images?limit=2${cursor}`, { as: owner })).json<Page>();
    const first = await read("");
    expect(first.total).toBe(5);
    await createPicture(owner);
    const second = await read(`&cursor=${first.nextCursor}`);
    const third = await read(`&cursor=${second.nextCursor}`);
    expect([...first.items, ...second.items, ...third.items].map(({ id }) => id)).toEqual(newestFirst);
    expect([second.total, third.nextCursor]).toEqual([6, null]);
  });

  it("has nobody else's picture, public or not", async () => {
    const { owner, imageId } = await createOwner();
    await call("PATCH", `/api/images/${imageId}`, { as: owner, json: { visibility: "public" } });
    for (const role of ["USER", "HERO"] as const) {
      const other = await createPerson({ role });
      const list = await call("GET", "/api/images?visibility=public", { as: other });
      expect(await list.json()).toEqual({ items: [], nextCursor: null, total: 0 });
      expect((await call("GET", `/api/images/${imageId}`, { as: other })).status).toBe(200);
    }
  });
});

describe("PATCH /api/images/:id", () => {
  it.each([
    ["a title that nobody can see", { title: "\u200b\u2060" }, "title"],
    ["a tag that nobody can see", { tags: ["\u200b"] }, "tags.0"],
    ["a tag with a comma, which the page's field would split", { tags: ["red", "a,b"] }, "tags.1"],
    ["a tag on two lines", { tags: ["a\nb"] }, "tags.0"],
    ["a tag with half a character", { tags: ["\ud83c"] }, "tags.0"],
    ["a tag of 31 characters", { tags: ["x".repeat(31)] }, "tags.0"],
  ])("refuses %s, and names the field", async (_what, json, field) => {
    const { owner, imageId } = await createOwner();
    const response = await call("PATCH", `/api/images/${imageId}`, { as: owner, json });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "invalid_request", errors: [{ field }] });
  });

  it("takes tags that the page's form sends back as they are", async () => {
    const { owner, imageId } = await createOwner();
    const tags = ["summer 2026", "Ümläut", "🎉", "x".repeat(30)];
    await call("PATCH", `/api/images/${imageId}`, { as: owner, json: { tags } });
    const form = { title: "Lanterns", visibility: "private", tags: tags.join(", ") };
    const saved = await call("POST", `/images/${imageId}`, { as: owner, form });
    expect(saved.status).toBe(303);
    const image = await call("GET", `/api/images/${imageId}`, { as: owner });
    expect(await image.json()).toMatchObject({ title: "Lanterns", tags });
  });
});

describe("GET /images/:id/download", () => {
  it("converts to the smallest width also a picture that is much wider than high", async () => {
    const { owner, imageId } = await createOwner();
    // The binding cuts to what is asked for: a stand-in for a picture of 16:9.
    const images = widen(env.IMAGES);
    for (const format of ["png", "jpeg", "webp"]) {
      const path = `/images/${imageId}/download?format=${format}&width=16`;
      const response = await call("GET", path, { as: owner, env: { IMAGES: images } });
      expect(response.status, format).toBe(200);
      expect(response.headers.get("Content-Type")).toBe(`image/${format}`);
    }
  });

  it.each([
    "width=15",
    "width=4097",
    "width=1.5",
    "width=-16",
    "width=x",
    "format=gif",
    "format=png&width=0",
  ])("refuses %s", async (query) => {
    const { owner, imageId } = await createOwner();
    const response = await call("GET", `/images/${imageId}/download?${query}`, { as: owner });
    expect(response.status).toBe(422);
  });
});

/** Whatever is made comes out as if the source were 16:9. */
function widen(images: ImagesBinding): ImagesBinding {
  return {
    ...images,
    input: (stream, options) => {
      const input = images.input(stream, options);
      return new Proxy(input, {
        get(target, name) {
          if (name !== "transform") return Reflect.get(target, name);
          return ({ width = 0 }: ImageTransform) =>
            target.transform({ width, height: Math.round((width * 9) / 16), fit: "cover" });
        },
      });
    },
  };
}

describe("GET /images/:id/thumb", () => {
  it("makes a thumbnail anew whose object is gone", async () => {
    const { owner, imageId } = await createOwner();
    const path = `/images/${imageId}/thumb`;
    expect((await call("GET", path, { as: owner })).headers.get("Content-Type")).toBe("image/webp");
    const key = buildThumbnailKey(imageId);
    await env.BUCKET.delete(key);
    const response = await call("GET", path, { as: owner });
    expect(response.headers.get("Content-Type")).toBe("image/webp");
    expect((await env.BUCKET.head(key))?.size).toBe((await response.arrayBuffer()).byteLength);
  });

  it("stays the original's business when the bucket is away: 503, and nothing is broken", async () => {
    const { owner, imageId } = await createOwner();
    for (const path of ["thumb", "original", "download?format=webp"]) {
      const response = await call("GET", `/images/${imageId}/${path}`, {
        as: owner,
        env: { BUCKET: brokenBucket() },
      });
      expect(response.status, path).toBe(503);
    }
    expect((await call("GET", `/images/${imageId}/thumb`, { as: owner })).status).toBe(200);
  });
});
