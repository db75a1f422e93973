import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { buildGenerationPrefix, buildImageKey, buildUserPrefix } from "../../src/r2/keys.ts";
import {
  deleteObjects,
  deleteOtherAttempts,
  findObject,
  findObjectBody,
  listObjects,
} from "../../src/r2/objects.ts";
import { storeImage } from "../../src/r2/store-image.ts";
import { brokenBucket, buildPng, newKeyParts } from "./fixtures.ts";

const png = buildPng();
const cause = new Error("Unspecified error (10001)");

async function storeAttempts(parts: ReturnType<typeof newKeyParts>, attempts: number[]): Promise<string[]> {
  const keys = attempts.map((attempt) => buildImageKey({ ...parts, attempt, format: "png" }));
  for (const key of keys) {
    const stored = await storeImage(env.BUCKET, key, png, { size: { width: 96, height: 64 } });
    expect(stored.ok).toBe(true);
  }
  return keys;
}

async function keysUnder(prefix: string): Promise<string[]> {
  return (await env.BUCKET.list({ prefix })).objects.map((object) => object.key);
}

describe("findObject", () => {
  it("describes an object that is there", async () => {
    const before = Date.now();
    const [key = ""] = await storeAttempts(newKeyParts(), [1]);
    const found = await findObject(env.BUCKET, key);
    expect(found).toMatchObject({ key, bytes: png.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(found?.httpEtag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(found?.uploadedAt).toBeGreaterThanOrEqual(before - 1_000);
  });

  it("gives null for one that is not", async () => {
    expect(await findObject(env.BUCKET, "u/nothing")).toBeNull();
  });

  it("lets the bucket's error through", async () => {
    await expect(findObject(brokenBucket("head", cause), "x")).rejects.toBe(cause);
  });
});

describe("findObjectBody", () => {
  it("streams the bytes", async () => {
    const [key = ""] = await storeAttempts(newKeyParts(), [1]);
    const found = await findObjectBody(env.BUCKET, key);
    expect(found?.object.bytes).toBe(png.length);
    expect(await new Response(found?.body).bytes()).toEqual(png);
  });

  it("gives null for an object that is not there", async () => {
    expect(await findObjectBody(env.BUCKET, "u/nothing")).toBeNull();
  });
});

describe("listObjects", () => {
  it("pages through a prefix in order and ends with a null cursor", async () => {
    const parts = newKeyParts();
    const keys = await storeAttempts(parts, [1, 2, 3, 4, 5]);
    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await listObjects(env.BUCKET, { prefix: buildUserPrefix(parts.userId), cursor, limit: 2 });
      seen.push(...page.objects.map((object) => object.key));
      sizes.push(page.objects.length);
      cursor = page.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(keys);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it("never asks for more than the bucket gives at once", async () => {
    const page = await listObjects(env.BUCKET, { prefix: "nothing/", cursor: null, limit: 5_000 });
    expect(page).toEqual({ objects: [], cursor: null });
  });
});

describe("deleteObjects", () => {
  it("deletes what is named, ignores what is not there, and nothing else", async () => {
    const parts = newKeyParts();
    const [first = "", second = "", third = ""] = await storeAttempts(parts, [1, 2, 3]);
    await deleteObjects(env.BUCKET, [first, "u/nothing", third]);
    expect(await keysUnder(buildUserPrefix(parts.userId))).toEqual([second]);
  });

  it("does nothing for no keys", async () => {
    await expect(deleteObjects(brokenBucket("delete", cause), [])).resolves.toBeUndefined();
  });

  it("deletes more keys than one call takes", async () => {
    const [key = ""] = await storeAttempts(newKeyParts(), [1]);
    const missing = Array.from({ length: 1_000 }, (_, i) => `u/nothing-${i}`);
    await deleteObjects(env.BUCKET, [...missing, key]);
    expect(await env.BUCKET.head(key)).toBeNull();
  });

  it("lets the bucket's error through", async () => {
    await expect(deleteObjects(brokenBucket("delete", cause), ["x"])).rejects.toBe(cause);
  });
});

describe("deleteOtherAttempts", () => {
  it("keeps the winner and names what it deleted", async () => {
    const parts = newKeyParts();
    const [first = "", winner = "", third = ""] = await storeAttempts(parts, [1, 2, 3]);
    const deleted = await deleteOtherAttempts(env.BUCKET, parts.userId, parts.generationId, winner);
    expect(deleted).toEqual([first, third]);
    expect(await keysUnder(buildUserPrefix(parts.userId))).toEqual([winner]);
  });

  it("leaves other generations of the same person alone", async () => {
    const parts = newKeyParts();
    const neighbour = { ...parts, generationId: newId() };
    const [winner = ""] = await storeAttempts(parts, [1]);
    const kept = await storeAttempts(neighbour, [1, 2]);
    expect(await deleteOtherAttempts(env.BUCKET, parts.userId, parts.generationId, winner)).toEqual([]);
    expect(await keysUnder(buildGenerationPrefix(neighbour.userId, neighbour.generationId))).toEqual(kept);
  });

  it("deletes all when no attempt won", async () => {
    const parts = newKeyParts();
    await storeAttempts(parts, [1, 2]);
    expect(await deleteOtherAttempts(env.BUCKET, parts.userId, parts.generationId, null)).toHaveLength(2);
    expect(await keysUnder(buildUserPrefix(parts.userId))).toEqual([]);
  });

  it("refuses a winner of another generation, and deletes nothing", async () => {
    const parts = newKeyParts();
    const keys = await storeAttempts(parts, [1, 2]);
    const elsewhere = buildImageKey({ ...newKeyParts(), format: "png" });
    await expect(
      deleteOtherAttempts(env.BUCKET, parts.userId, parts.generationId, elsewhere),
    ).rejects.toThrow("not of this generation");
    expect(await keysUnder(buildUserPrefix(parts.userId))).toEqual(keys);
  });

  it("lets the bucket's error through", async () => {
    const { userId, generationId } = newKeyParts();
    await expect(deleteOtherAttempts(brokenBucket("list", cause), userId, generationId, null)).rejects.toBe(
      cause,
    );
  });
});
