import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageDefect, ImageFacts } from "../../src/r2/image-facts.ts";
import { detectFormat, validateImage } from "../../src/r2/validate-image.ts";
import {
  ascii,
  buildCanvas,
  buildLosslessWebp,
  buildPng,
  buildWebp,
  concat,
  decodedInfo,
  encodeWith,
  frameOf,
  noise,
  patch,
  progressiveJpeg,
} from "./fixtures.ts";

const jpeg = await encodeWith("jpeg");
const webp = await encodeWith("webp");
const png = buildPng();

async function defectOf(bytes: Uint8Array): Promise<ImageDefect> {
  const result = await validateImage(bytes);
  if (result.ok) throw new Error("the bytes were accepted");
  return result.error;
}

async function factsOf(bytes: Uint8Array): Promise<ImageFacts> {
  const result = await validateImage(bytes);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

describe("validateImage accepts", () => {
  it.each([
    ["a true-colour PNG", png, "png", 96, 64],
    ["a PNG with alpha", buildPng({ colourType: 6 }), "png", 96, 64],
    ["a grey PNG with alpha", buildPng({ colourType: 4 }), "png", 96, 64],
    ["a PNG of 16 bits a sample", buildPng({ bitDepth: 16, width: 70 }), "png", 70, 64],
    ["a PNG with a palette of 256", buildPng({ colourType: 3 }), "png", 96, 64],
    ["a PNG with a palette of 2", buildPng({ colourType: 3, bitDepth: 1, width: 129 }), "png", 129, 64],
    ["a grey PNG of 2 bits", buildPng({ colourType: 0, bitDepth: 2, width: 67 }), "png", 67, 64],
    ["an interlaced PNG", buildPng({ interlaced: true, width: 65, height: 67 }), "png", 65, 67],
    [
      "an interlaced PNG of 4 bits",
      buildPng({ interlaced: true, colourType: 3, bitDepth: 4 }),
      "png",
      96,
      64,
    ],
    ["a PNG in many small chunks", buildPng({ idatBytes: 100 }), "png", 96, 64],
    ["a baseline JPEG", jpeg, "jpeg", 96, 64],
    ["a progressive JPEG", progressiveJpeg(), "jpeg", 80, 64],
    ["a lossy WebP", webp, "webp", 96, 64],
    ["a lossless WebP", buildLosslessWebp(), "webp", 80, 64],
    [
      "an extended WebP with metadata",
      buildWebp([
        { type: "VP8X", data: buildCanvas(96, 64, 0x08) },
        frameOf(webp),
        { type: "EXIF", data: noise(33, 1) },
      ]),
      "webp",
      96,
      64,
    ],
  ])("%s, and so does a real decoder", async (_, bytes, format, width, height) => {
    expect(await factsOf(bytes)).toEqual({ format, width, height, bytes: bytes.length });
    expect(await decodedInfo(bytes)).toMatchObject({ format: `image/${format}`, width, height });
  });

  it("a picture that is a view into a larger buffer", async () => {
    const padded = concat([noise(7, 1), png, noise(9, 2)]);
    expect(await factsOf(padded.subarray(7, 7 + png.length))).toMatchObject({ bytes: png.length });
  });
});

describe("validateImage refuses what is not a picture:", () => {
  const html = ascii(`<!doctype html><title>Just a moment...</title>${"<p>Checking</p>".repeat(60)}`);
  it.each([
    ["no bytes", new Uint8Array(0), "too_small"],
    ["the word stub", ascii("stub"), "too_small"],
    ["the word null", ascii("null"), "too_small"],
    ["the first four bytes of a PNG", png.subarray(0, 4), "too_small"],
    ["the PNG signature alone", png.subarray(0, 8), "too_small"],
    ["zeros", new Uint8Array(1_024), "unknown_format"],
    ["the word stub, repeated", ascii("stub".repeat(256)), "unknown_format"],
    ["HTML", html, "unknown_format"],
    ["JSON", ascii(JSON.stringify({ error: "x".repeat(600) })), "unknown_format"],
    ["a GIF", concat([ascii("GIF89a"), noise(1_000, 1)]), "unknown_format"],
    ["an SVG", ascii(`<svg xmlns="http://www.w3.org/2000/svg">${" ".repeat(600)}</svg>`), "unknown_format"],
    ["an AVIF", concat([Uint8Array.of(0, 0, 0, 28), ascii("ftypavif"), noise(1_000, 1)]), "unknown_format"],
    ["a PNG behind one line break", concat([ascii("\n"), png]), "unknown_format"],
    ["a PNG changed by a text transfer", patch(png, 4, [0x0a, 0x0a]), "unknown_format"],
    ["a RIFF that is sound", patch(webp, 8, ascii("WAVE")), "unknown_format"],
    ["half a PNG", png.subarray(0, png.length / 2), "truncated"],
    ["half a JPEG", jpeg.subarray(0, jpeg.length / 2), "truncated"],
    ["half a progressive JPEG", progressiveJpeg().subarray(0, 600), "truncated"],
    ["half a lossy WebP", webp.subarray(0, webp.length / 2), "truncated"],
    ["half a lossless WebP", buildLosslessWebp().subarray(0, 520), "truncated"],
    ["a PNG with a script behind it", concat([png, ascii("<script>")]), "trailing_bytes"],
    ["a JPEG with a script behind it", concat([jpeg, ascii("<script>")]), "trailing_bytes"],
    ["a WebP with a script behind it", concat([webp, ascii("<script>")]), "trailing_bytes"],
    ["two PNG files in one", concat([png, png]), "trailing_bytes"],
    ["two JPEG files in one", concat([jpeg, jpeg]), "trailing_bytes"],
    ["a PNG signature before noise", concat([png.subarray(0, 8), noise(1_000, 5)]), "bad_structure"],
    ["a JPEG start before noise", concat([jpeg.subarray(0, 3), noise(1_000, 5)]), "truncated"],
  ])("%s", async (_, bytes, kind) => {
    expect((await defectOf(bytes)).kind).toBe(kind);
  });

  it("one byte more than 20 MB, without reading it", async () => {
    const bytes = new Uint8Array(20 * 1024 * 1024 + 1);
    expect(await defectOf(bytes)).toEqual({
      kind: "too_large",
      bytes: bytes.length,
      maxBytes: bytes.length - 1,
    });
  });

  it("511 bytes of a perfect picture", async () => {
    expect(await defectOf(png.subarray(0, 511))).toEqual({ kind: "too_small", bytes: 511, minBytes: 512 });
  });
});

describe("validateImage never accepts a part of a picture:", () => {
  it.each([
    ["PNG", png],
    ["interlaced PNG", buildPng({ interlaced: true, idatBytes: 500 })],
    ["JPEG", jpeg],
    ["progressive JPEG", progressiveJpeg()],
    ["lossy WebP", webp],
    ["lossless WebP", buildLosslessWebp()],
  ])("300 prefixes of a %s", async (_, whole) => {
    let accepted = 0;
    for (let i = 0; i < 300; i++) {
      const end = Math.floor((i * whole.length) / 300);
      const result = await validateImage(whole.subarray(0, end), { isDerived: true });
      if (result.ok) accepted += 1;
    }
    expect(accepted).toBe(0);
  });

  it("a PNG in which any one byte is another", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(png.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const result = await validateImage(patch(png, at, [(png[at] ?? 0) ^ change]));
        expect(result.ok).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it("arbitrary bytes behind the first bytes of each format, without throwing", async () => {
    const heads = [png.subarray(0, 33), jpeg.subarray(0, 20), webp.subarray(0, 30)];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ minLength: 512 }), async (head, tail) => {
        expect((await validateImage(concat([head, tail]))).ok).toBe(false);
      }),
    );
  });
});

describe("validateImage judges the size", () => {
  it.each([
    ["63 × 64", { width: 63, height: 64 }],
    ["64 × 63", { width: 64, height: 63 }],
    ["4097 × 64", { width: 4_097, height: 64 }],
    ["64 × 4097", { width: 64, height: 4_097 }],
  ])("and refuses %s", async (_, size) => {
    expect(await defectOf(buildPng(size))).toEqual({
      kind: "bad_dimensions",
      ...size,
      minPixels: 64,
      maxPixels: 4_096,
    });
  });

  it.each([
    ["64 × 64", { width: 64, height: 64 }],
    ["4096 × 64", { width: 4_096, height: 64 }],
  ])("and accepts %s", async (_, size) => {
    expect(await factsOf(buildPng(size))).toMatchObject(size);
  });

  const asked = { width: 100, height: 140 };
  it.each([
    ["the size asked for", { width: 100, height: 140 }, "ok"],
    ["a larger one of the same shape", { width: 200, height: 280 }, "ok"],
    ["a shape within 1 %", { width: 101, height: 140 }, "ok"],
    ["a shape 2 % off", { width: 102, height: 140 }, "wrong_shape"],
    ["the shape turned", { width: 140, height: 100 }, "wrong_shape"],
    ["a square", { width: 140, height: 140 }, "wrong_shape"],
  ])("against the one asked for: %s", async (_, size, outcome) => {
    const result = await validateImage(buildPng(size), { size: asked });
    expect(result.ok ? "ok" : result.error.kind).toBe(outcome);
  });

  it.each([
    ["takes half of each side", { width: 140, height: 196 }, true],
    ["refuses less than half of both", { width: 150, height: 210 }, false],
    ["refuses less than half of the width alone", { width: 141, height: 196 }, false],
    ["refuses less than half of the height alone", { width: 140, height: 197 }, false],
  ])("and %s", async (_, size, isAccepted) => {
    const found = { width: 70, height: 98 };
    const result = await validateImage(buildPng(found), { size });
    expect(result.ok).toBe(isAccepted);
    if (!result.ok) expect(result.error).toEqual({ kind: "too_few_pixels", found, expected: size });
  });

  it("to the pixel when asked to", async () => {
    const ask = (width: number) =>
      validateImage(buildPng({ width: 100, height: 140 }), { size: { width, height: 140 }, isExact: true });
    expect((await ask(100)).ok).toBe(true);
    expect(await ask(101)).toMatchObject({ error: { kind: "wrong_shape", expected: { width: 101 } } });
  });

  it("and accepts a shape exactly when its ratio is within 1 %", async () => {
    const side = fc.integer({ min: 64, max: 90 });
    await fc.assert(
      fc.asyncProperty(side, side, side, side, async (width, height, askedWidth, askedHeight) => {
        const isClose = Math.abs((width * askedHeight) / (height * askedWidth) - 1) <= 0.01;
        const result = await validateImage(buildPng({ width, height }), {
          size: { width: askedWidth, height: askedHeight },
        });
        expect(result.ok).toBe(isClose);
      }),
    );
  });
});

describe("validateImage judges the format", () => {
  it("and refuses another one than expected", async () => {
    expect(await validateImage(jpeg, { format: "png" })).toEqual({
      ok: false,
      error: { kind: "wrong_format", found: "jpeg", expected: "png" },
    });
  });

  it("and lets a derived picture be small, but not tiny", async () => {
    const small = buildPng({ width: 16, height: 9, colourType: 0, bitDepth: 1 });
    expect((await validateImage(small)).ok).toBe(false);
    expect((await validateImage(small, { isDerived: true })).ok).toBe(true);
    const tiny = buildPng({ width: 16, height: 7, colourType: 0, bitDepth: 1 });
    expect(await validateImage(tiny, { isDerived: true })).toMatchObject({ error: { minPixels: 8 } });
  });
});

describe("detectFormat", () => {
  it("names the format of the first bytes, or none", () => {
    expect([png, jpeg, webp, ascii("GIF89a"), new Uint8Array(0)].map(detectFormat)).toEqual([
      "png",
      "jpeg",
      "webp",
      null,
      null,
    ]);
  });
});
