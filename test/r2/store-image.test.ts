import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { buildImageKey, buildThumbnailKey } from "../../src/r2/keys.ts";
import { storeImage, storeThumbnail } from "../../src/r2/store-image.ts";
import { ascii, brokenBucket, buildPng, encodeWith, newKeyParts } from "./fixtures.ts";

const png = buildPng({ seed: 1 });
const jpeg = await encodeWith("jpeg");
const otherPng = buildPng({ seed: 2 });
const expected = { size: { width: 96, height: 64 } };
const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const newPngKey = () => buildImageKey({ ...newKeyParts(), format: "png" });

async function storedBytes(key: string): Promise<Uint8Array | null> {
  const object = await env.BUCKET.get(key);
  return object === null ? null : object.bytes();
}

describe("storeImage", () => {
  it("stores a picture and states what it stored", async () => {
    const key = newPngKey();
    const sha256 = sha256Of(png);
    expect(await storeImage(env.BUCKET, key, png, expected)).toEqual({
      ok: true,
      value: { key, format: "png", width: 96, height: 64, bytes: png.length, sha256 },
    });
    expect(await storedBytes(key)).toEqual(png);
    const object = await env.BUCKET.head(key);
    expect(object?.httpMetadata?.contentType).toBe("image/png");
    expect(object?.checksums.toJSON().sha256).toBe(sha256);
  });

  it.each([
    ["jpeg", "image/jpeg"],
    ["webp", "image/webp"],
  ] as const)("stores a %s under a key of that extension", async (format, contentType) => {
    const key = buildImageKey({ ...newKeyParts(), format });
    const result = await storeImage(env.BUCKET, key, await encodeWith(format), expected);
    expect(result).toMatchObject({ ok: true, value: { format } });
    expect((await env.BUCKET.head(key))?.httpMetadata?.contentType).toBe(contentType);
  });

  it("stores the real size when the provider gave another one of the same shape", async () => {
    const result = await storeImage(env.BUCKET, newPngKey(), png, { size: { width: 192, height: 128 } });
    expect(result).toMatchObject({ ok: true, value: { width: 96, height: 64 } });
  });

  it("succeeds once more with the same bytes, and leaves the object alone", async () => {
    const key = newPngKey();
    const first = await storeImage(env.BUCKET, key, png, expected);
    const version = (await env.BUCKET.head(key))?.version;
    expect(await storeImage(env.BUCKET, key, png, expected)).toEqual(first);
    expect((await env.BUCKET.head(key))?.version).toBe(version);
  });

  it("refuses other bytes under a key that is taken, and keeps the first", async () => {
    const key = newPngKey();
    await storeImage(env.BUCKET, key, png, expected);
    expect(await storeImage(env.BUCKET, key, otherPng, expected)).toEqual({
      ok: false,
      error: { kind: "key_taken", key, sha256: sha256Of(png) },
    });
    expect(await storedBytes(key)).toEqual(png);
  });

  it("refuses a key that is taken by an object without a checksum", async () => {
    const key = newPngKey();
    await env.BUCKET.put(key, png);
    expect(await storeImage(env.BUCKET, key, png, expected)).toEqual({
      ok: false,
      error: { kind: "key_taken", key, sha256: null },
    });
  });

  it("lets one of many that race for a key win, and tells the others", async () => {
    const key = newPngKey();
    const pictures = Array.from({ length: 12 }, (_, seed) => buildPng({ seed: seed % 6 }));
    const results = await Promise.all(pictures.map((bytes) => storeImage(env.BUCKET, key, bytes, expected)));
    const winners = results.flatMap((result) => (result.ok ? [result.value.sha256] : []));
    expect(new Set(winners).size).toBe(1);
    expect(winners).toHaveLength(2);
    expect(sha256Of((await storedBytes(key)) ?? png)).toBe(winners[0]);
  });

  it.each([
    ["the word stub", ascii("stub"), { kind: "too_small" }],
    ["half a picture", png.subarray(0, png.length / 2), { kind: "truncated" }],
    ["HTML", ascii("<html>".repeat(200)), { kind: "unknown_format" }],
    ["another shape", buildPng({ width: 300, height: 300 }), { kind: "wrong_shape" }],
    ["a preview", png, { kind: "too_few_pixels" }],
    ["another format than the key's", jpeg, { kind: "wrong_format", expected: "png" }],
  ])("stores nothing when given %s", async (_, bytes, defect) => {
    const key = newPngKey();
    expect(await storeImage(env.BUCKET, key, bytes, { size: { width: 300, height: 200 } })).toMatchObject({
      ok: false,
      error: { kind: "invalid_image", defect },
    });
    expect(await env.BUCKET.head(key)).toBeNull();
  });

  it.each([
    ["any text", "picture.png"],
    ["a folder more", `x/${newPngKey()}`],
    ["a thumbnail's", buildThumbnailKey(newId())],
  ])("stores nothing under a key that is not an original's: %s", async (_, key) => {
    expect(await storeImage(env.BUCKET, key, png, expected)).toEqual({
      ok: false,
      error: { kind: "bad_key", key },
    });
    expect(await env.BUCKET.head(key)).toBeNull();
  });
});

describe("storeImage reports the bucket's fault as one of storage", () => {
  const cause = new Error("put: Unspecified error (10001)");

  it("when it can't put", async () => {
    const result = await storeImage(brokenBucket("put", cause), newPngKey(), png, expected);
    expect(result).toEqual({ ok: false, error: { kind: "storage", cause } });
  });

  it("when it can't tell what is under the key", async () => {
    const key = newPngKey();
    await storeImage(env.BUCKET, key, png, expected);
    const result = await storeImage(brokenBucket("head", cause), key, png, expected);
    expect(result).toEqual({ ok: false, error: { kind: "storage", cause } });
  });

  it("when an object is there for the put and gone for the look", async () => {
    const key = newPngKey();
    await storeImage(env.BUCKET, key, png, expected);
    const forgetful = new Proxy(env.BUCKET, {
      get: (target, name) => (name === "head" ? async () => null : target.put.bind(target)),
    });
    const result = await storeImage(forgetful, key, otherPng, expected);
    expect(result).toMatchObject({ ok: false, error: { kind: "storage" } });
  });

  it("when what arrived is not what was sent", async () => {
    const key = newPngKey();
    const garbling = new Proxy(env.BUCKET, {
      get: (target, name) =>
        name === "put"
          ? (_: string, __: Uint8Array, options: R2PutOptions) => target.put(key, otherPng, options)
          : Reflect.get(target, name),
    });
    const result = await storeImage(garbling, key, png, expected);
    expect(result).toMatchObject({ ok: false, error: { kind: "storage" } });
    expect(await env.BUCKET.head(key)).toBeNull();
  });
});

describe("storeThumbnail", () => {
  const smallest = { width: 16, height: 16, colourType: 0 } as const;

  it("stores a small WebP under the image's thumbnail key", async () => {
    const imageId = newId();
    const bytes = await encodeWith("webp", smallest);
    expect(bytes.length).toBeLessThan(512);
    const result = await storeThumbnail(env.BUCKET, imageId, bytes);
    expect(result).toMatchObject({ ok: true, value: { key: `t/${imageId}.webp`, width: 16, height: 16 } });
    expect(await storedBytes(`t/${imageId}.webp`)).toEqual(bytes);
  });

  it("stores no other format", async () => {
    const imageId = newId();
    expect(await storeThumbnail(env.BUCKET, imageId, png)).toMatchObject({
      error: { kind: "invalid_image", defect: { kind: "wrong_format", found: "png" } },
    });
    expect(await env.BUCKET.head(`t/${imageId}.webp`)).toBeNull();
  });

  it("keeps the first of two different thumbnails, and says so", async () => {
    const imageId = newId();
    const first = await encodeWith("webp", smallest);
    await storeThumbnail(env.BUCKET, imageId, first);
    const second = await storeThumbnail(env.BUCKET, imageId, await encodeWith("webp", { seed: 9 }));
    expect(second).toMatchObject({ ok: false, error: { kind: "key_taken", sha256: sha256Of(first) } });
    expect(await storedBytes(`t/${imageId}.webp`)).toEqual(first);
  });
});
