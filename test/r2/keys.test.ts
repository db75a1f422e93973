import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import type { ImageFormat } from "../../src/r2/image-facts.ts";
import {
  buildGenerationPrefix,
  buildImageKey,
  buildThumbnailKey,
  buildUserPrefix,
  type OriginalKeyParts,
  parseImageKey,
} from "../../src/r2/keys.ts";

const USER = "01jd0000000000000000000000";
const GENERATION = "01jd1111111111111111111111";

const ids = fc.integer({ min: 0, max: 2 ** 45 }).map((time) => newId(time));
const originals: fc.Arbitrary<OriginalKeyParts> = fc.record({
  userId: ids,
  generationId: ids,
  attempt: fc.integer({ min: 0, max: 9_999 }),
  n: fc.integer({ min: 0, max: 99 }),
  format: fc.constantFrom<ImageFormat>("png", "jpeg", "webp"),
});

describe("buildImageKey and parseImageKey", () => {
  it("give the key that docs and rows rely on", () => {
    const parts = { userId: USER, generationId: GENERATION, attempt: 2, n: 1 };
    expect(buildImageKey({ ...parts, format: "jpeg" })).toBe(`u/${USER}/${GENERATION}/2-1.jpg`);
    expect(buildImageKey({ ...parts, format: "png" })).toBe(`u/${USER}/${GENERATION}/2-1.png`);
    expect(buildImageKey({ ...parts, format: "webp" })).toBe(`u/${USER}/${GENERATION}/2-1.webp`);
    expect(buildThumbnailKey(GENERATION)).toBe(`t/${GENERATION}.webp`);
  });

  it("are each other's inverse for originals", () => {
    fc.assert(
      fc.property(originals, (parts) => {
        expect(parseImageKey(buildImageKey(parts))).toEqual({ kind: "original", ...parts });
      }),
    );
  });

  it("are each other's inverse for thumbnails", () => {
    fc.assert(
      fc.property(ids, (imageId) => {
        expect(parseImageKey(buildThumbnailKey(imageId))).toEqual({
          kind: "thumbnail",
          imageId,
          format: "webp",
        });
      }),
    );
  });

  it("place a key under the prefixes of its person and generation, and of no other", () => {
    fc.assert(
      fc.property(originals, ids, (parts, other) => {
        const key = buildImageKey(parts);
        expect(key.startsWith(buildUserPrefix(parts.userId))).toBe(true);
        expect(key.startsWith(buildGenerationPrefix(parts.userId, parts.generationId))).toBe(true);
        expect(key.startsWith(buildUserPrefix(other))).toBe(false);
      }),
    );
  });

  it("accept no other spelling of a key", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parts = parseImageKey(text);
        if (parts === null) return;
        expect(parts.kind === "original" ? buildImageKey(parts) : buildThumbnailKey(parts.imageId)).toBe(
          text,
        );
      }),
    );
  });
});

describe("parseImageKey refuses", () => {
  it.each([
    ["nothing", ""],
    ["another prefix", `x/${USER}/${GENERATION}/1-1.png`],
    ["a leading slash", `/u/${USER}/${GENERATION}/1-1.png`],
    ["a missing generation", `u/${USER}/1-1.png`],
    ["a missing file", `u/${USER}/${GENERATION}`],
    ["one level too many", `u/${USER}/${GENERATION}/x/1-1.png`],
    ["a level behind the file", `u/${USER}/${GENERATION}/1-1.png/x`],
    ["an upper-case id", `u/${USER.toUpperCase()}/${GENERATION}/1-1.png`],
    ["a short user id", `u/${USER.slice(1)}/${GENERATION}/1-1.png`],
    ["an id with a letter that ids lack", `u/${USER}/${GENERATION.replace("j", "i")}/1-1.png`],
    ["a step up", `u/${USER}/../1-1.png`],
    ["an unknown extension", `u/${USER}/${GENERATION}/1-1.gif`],
    ["the extension jpeg", `u/${USER}/${GENERATION}/1-1.jpeg`],
    ["a leading zero", `u/${USER}/${GENERATION}/01-1.png`],
    ["an attempt of five digits", `u/${USER}/${GENERATION}/10000-1.png`],
    ["a negative attempt", `u/${USER}/${GENERATION}/-1-1.png`],
    ["a line break at the end", `u/${USER}/${GENERATION}/1-1.png\n`],
    ["a thumbnail of another format", `t/${GENERATION}.png`],
    ["a thumbnail in a folder", `t/${GENERATION}/x.webp`],
    ["a thumbnail of no id", "t/.webp"],
  ])("%s", (_, key) => {
    expect(parseImageKey(key)).toBeNull();
  });
});

describe("the builders throw", () => {
  const parts: OriginalKeyParts = { userId: USER, generationId: GENERATION, attempt: 1, n: 1, format: "png" };
  it.each([
    ["for a user id that is not one", () => buildImageKey({ ...parts, userId: "../x" })],
    ["for a generation id that is not one", () => buildImageKey({ ...parts, generationId: "" })],
    ["for an image id that is not one", () => buildThumbnailKey(`${GENERATION}/`)],
    ["for half an attempt", () => buildImageKey({ ...parts, attempt: 0.5 })],
    ["for an attempt too high", () => buildImageKey({ ...parts, attempt: 10_000 })],
    ["for a negative number", () => buildImageKey({ ...parts, n: -1 })],
    ["for a number too high", () => buildImageKey({ ...parts, n: 100 })],
  ])("%s", (_, build) => {
    expect(build).toThrow("an object key needs");
  });
});
