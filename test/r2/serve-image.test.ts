import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/errors.ts";
import { newId } from "../../src/ids.ts";
import { buildImageHeaders, findNotModified } from "../../src/r2/image-headers.ts";
import { buildImageKey, buildThumbnailKey } from "../../src/r2/keys.ts";
import { type StoredPicture, serveImage } from "../../src/r2/serve-image.ts";
import { storeImage } from "../../src/r2/store-image.ts";
import { brokenBucket, buildPng, newKeyParts } from "./fixtures.ts";

const png = buildPng();
const N = png.length;
const key = buildImageKey({ ...newKeyParts(), format: "png" });
const stored = await storeImage(env.BUCKET, key, png, { size: { width: 96, height: 64 } });
if (!stored.ok) throw new Error("the fixture was not stored");
const { sha256 } = stored.value;
const etag = `"${sha256}"`;

/** As a row states it, and as a thumbnail is known: by its key alone. */
const stated: StoredPicture = {
  key,
  format: "png",
  visibility: "private",
  etagSeed: sha256,
  bytes: N,
};
const unstated: StoredPicture = { key, format: "png", visibility: "private" };

interface Ask {
  method?: string;
  headers?: Record<string, string>;
}

function ask(picture: StoredPicture, { method = "GET", headers = {} }: Ask = {}, bucket = env.BUCKET) {
  return serveImage(bucket, picture, { method, headers: new Headers(headers) });
}

async function answer(picture: StoredPicture, request: Ask = {}, bucket = env.BUCKET): Promise<Response> {
  const response = await ask(picture, request, bucket);
  if (response === null) throw new Error("the picture is missing");
  return response;
}

/** The bucket, with every call of it noted. */
function watchedBucket(): { bucket: R2Bucket; calls: string[] } {
  const calls: string[] = [];
  const bucket = new Proxy(env.BUCKET, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        calls.push(String(name));
        return member.apply(target, args);
      };
    },
  });
  return { bucket, calls };
}

describe.each([
  ["with the facts of a row", stated],
  ["with the key alone", unstated],
])("serveImage %s answers", (_, picture) => {
  it.each<[string, Ask, number, [number, number] | null]>([
    ["GET with the picture", {}, 200, [0, N]],
    ["the first byte", { headers: { range: "bytes=0-0" } }, 206, [0, 1]],
    ["a part in the middle", { headers: { range: "bytes=100-299" } }, 206, [100, 300]],
    ["an open end", { headers: { range: "bytes=100-" } }, 206, [100, N]],
    ["an open end from 0", { headers: { range: "bytes=0-" } }, 206, [0, N]],
    ["a suffix", { headers: { range: "bytes=-10" } }, 206, [N - 10, N]],
    ["a suffix longer than the picture", { headers: { range: "bytes=-99999999" } }, 206, [0, N]],
    ["an end behind the end", { headers: { range: "bytes=10-99999999" } }, 206, [10, N]],
    ["several ranges with the whole", { headers: { range: "bytes=0-1,4-5" } }, 200, [0, N]],
    ["a malformed range with the whole", { headers: { range: "bytes=x-y" } }, 200, [0, N]],
    ["a turned range with the whole", { headers: { range: "bytes=9-3" } }, 200, [0, N]],
    ["another unit with the whole", { headers: { range: "pages=1-2" } }, 200, [0, N]],
    ["If-Range of these bytes", { headers: { range: "bytes=5-9", "if-range": etag } }, 206, [5, 10]],
    ["If-Range of other bytes", { headers: { range: "bytes=5-9", "if-range": '"x"' } }, 200, [0, N]],
    ["a weak If-Range", { headers: { range: "bytes=5-9", "if-range": `W/${etag}` } }, 200, [0, N]],
    [
      "a date in If-Range",
      { headers: { range: "bytes=5-9", "if-range": "Sun, 22 Nov 2026 08:00:00 GMT" } },
      200,
      [0, N],
    ],
    [
      "If-Range of other bytes with a range behind the end",
      { headers: { range: `bytes=${N}-`, "if-range": '"x"' } },
      200,
      [0, N],
    ],
    ["If-None-Match of these bytes", { headers: { "if-none-match": etag } }, 304, null],
    ["a weak If-None-Match", { headers: { "if-none-match": `W/${etag}` } }, 304, null],
    ["a list in If-None-Match", { headers: { "if-none-match": `"x", ${etag}` } }, 304, null],
    ["If-None-Match: *", { headers: { "if-none-match": "*" } }, 304, null],
    ["If-None-Match before Range", { headers: { "if-none-match": etag, range: "bytes=0-0" } }, 304, null],
    ["If-None-Match of other bytes", { headers: { "if-none-match": '"x"' } }, 200, [0, N]],
    [
      "If-None-Match of other bytes, with a range",
      { headers: { "if-none-match": '"x"', range: "bytes=0-0" } },
      206,
      [0, 1],
    ],
    ["HEAD without a body", { method: "HEAD" }, 200, null],
    ["HEAD and ignores its range", { method: "HEAD", headers: { range: "bytes=0-0" } }, 200, null],
    [
      "HEAD and ignores a range behind the end",
      { method: "HEAD", headers: { range: `bytes=${N}-` } },
      200,
      null,
    ],
    ["HEAD with 304", { method: "HEAD", headers: { "if-none-match": etag } }, 304, null],
  ])("%s", async (_name, request, status, part) => {
    const response = await answer(picture, request);
    expect(response.status).toBe(status);
    expect(response.headers.get("etag")).toBe(etag);
    expect(response.headers.get("cache-control")).toBe("private, no-cache");
    const length = part === null ? N : part[1] - part[0];
    expect(response.headers.get("content-length")).toBe(status === 304 ? null : String(length));
    expect(response.headers.get("content-range")).toBe(
      status === 206 && part !== null ? `bytes ${part[0]}-${part[1] - 1}/${N}` : null,
    );
    expect(await response.bytes()).toEqual(part === null ? new Uint8Array(0) : png.slice(...part));
  });

  it.each(["bytes=99999999-", `bytes=${N}-${N}`, "bytes=-0"])("416 for %s", async (range) => {
    const refusal = await ask(picture, { headers: { range } }).catch((error: unknown) => error);
    if (!(refusal instanceof AppError)) throw new Error("no refusal");
    expect(refusal.code).toBe("range_not_satisfiable");
    expect(refusal.headers).toEqual({ "content-range": `bytes */${N}` });
  });

  it("the bytes between any two offsets", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(N - 1), fc.nat(N + 10), async (first, length) => {
        const response = await answer(picture, { headers: { range: `bytes=${first}-${first + length}` } });
        expect(response.status).toBe(206);
        expect(await response.bytes()).toEqual(png.slice(first, first + length + 1));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ["GET", {}],
    ["HEAD", { method: "HEAD" }],
    ["a range", { headers: { range: "bytes=0-0" } }],
    ["If-None-Match", { headers: { "if-none-match": '"x"' } }],
  ])("null for a missing object: %s", async (_name, request) => {
    expect(await ask({ ...picture, key: buildThumbnailKey(newId()) }, request)).toBeNull();
  });

  it.each([
    ["get", {}],
    ["get", { headers: { range: "bytes=0-0", "if-range": etag } }],
    ["head", { method: "HEAD" }],
  ] as const)("with `unavailable` when the bucket fails: %s %j", async (method, request) => {
    const cause = new Error("Unspecified error (10001)");
    const refusal = await ask(picture, request, brokenBucket(method, cause)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "unavailable", cause });
  });
});

describe("serveImage", () => {
  it("never lets a browser guess, run or embed a private picture", async () => {
    const { headers } = await answer(stated);
    expect(Object.fromEntries(headers)).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "content-length": String(N),
      "content-security-policy": "default-src 'none'; sandbox",
      "content-type": "image/png",
      "cross-origin-resource-policy": "same-origin",
      etag,
      "x-content-type-options": "nosniff",
    });
  });

  it("lets a public picture be kept for minutes and be embedded elsewhere", async () => {
    const { headers } = await answer({ ...stated, visibility: "public" });
    expect(headers.get("cache-control")).toBe("public, max-age=300, must-revalidate");
    expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("tells a stored copy with a 304 that the picture has become private", async () => {
    const { headers } = await answer(stated, { headers: { "if-none-match": etag } });
    expect(Object.fromEntries(headers)).toEqual({
      "cache-control": "private, no-cache",
      "cross-origin-resource-policy": "same-origin",
      etag,
    });
  });

  it("names the file of a download, also for a part of it", async () => {
    const picture = { ...stated, download: { filename: "Fête" } };
    for (const request of [{}, { headers: { range: "bytes=0-0" } }, { method: "HEAD" }]) {
      expect((await answer(picture, request)).headers.get("content-disposition")).toBe(
        "attachment; filename=\"Fete.png\"; filename*=UTF-8''F%C3%AAte.png",
      );
    }
  });

  it.each([
    ["another length", { bytes: N + 1 }],
    ["another SHA-256", { etagSeed: "0".repeat(64) }],
  ])("gives null when the object has %s than the row states", async (_, change) => {
    for (const request of [{}, { method: "HEAD" }, { headers: { range: "bytes=0-0" } }]) {
      expect(await ask({ ...stated, ...change }, request)).toBeNull();
    }
  });

  it("uses the bucket's own tag for an object that lost its checksum", async () => {
    const copy = buildThumbnailKey(newId());
    await env.BUCKET.put(copy, png);
    const httpEtag = (await env.BUCKET.head(copy))?.httpEtag ?? "none";
    const response = await answer({ ...unstated, key: copy });
    expect(response.headers.get("etag")).toBe(httpEtag);
    await response.bytes();
    const again = await answer({ ...unstated, key: copy }, { headers: { "if-none-match": httpEtag } });
    expect(again.status).toBe(304);
  });

  it.each<[string, StoredPicture, Ask, string[]]>([
    ["nothing for a 304 of a row", stated, { headers: { "if-none-match": etag } }, []],
    ["once for a picture of a row", stated, {}, ["get"]],
    ["once for a part of it", stated, { headers: { range: "bytes=0-0" } }, ["get"]],
    ["once for a picture by its key", unstated, {}, ["get"]],
    ["once for a 304 by its key", unstated, { headers: { "if-none-match": etag } }, ["head"]],
    ["twice for a part by its key", unstated, { headers: { range: "bytes=0-0" } }, ["head", "get"]],
    ["once for HEAD", stated, { method: "HEAD" }, ["head"]],
  ])("asks the bucket %s", async (_, picture, request, expected) => {
    const { bucket, calls } = watchedBucket();
    const response = await answer(picture, request, bucket);
    await response.bytes();
    expect(calls).toEqual(expected);
  });
});

describe("the headers of a converted picture", () => {
  const picture = { format: "webp", visibility: "private" } as const;

  it("carry a tag of their own, by which a conversion can be saved", () => {
    const seed = `${sha256}-webp-384`;
    const headers = buildImageHeaders(picture, seed);
    expect(headers.get("etag")).toBe(`"${seed}"`);
    const again = new Headers({ "if-none-match": headers.get("etag") ?? "" });
    expect(findNotModified(picture, seed, { headers: again })?.status).toBe(304);
    expect(findNotModified(picture, sha256, { headers: again })).toBeNull();
  });
});
