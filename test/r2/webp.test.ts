import { describe, expect, it } from "vitest";
import { validateImage } from "../../src/r2/validate-image.ts";
import { buildCanvas, buildLosslessWebp, buildWebp, encodeWith, frameOf, noise, patch } from "./fixtures.ts";

const webp = await encodeWith("webp");
const lossy = frameOf(webp);
const lossless = frameOf(buildLosslessWebp());
const canvas = { type: "VP8X", data: buildCanvas(96, 64) };
const exif = { type: "EXIF", data: noise(33, 1) };

function withFrame(at: number, values: number[]): Uint8Array {
  return buildWebp([{ ...lossy, data: patch(lossy.data, at, values) }]);
}

function withLossless(at: number, values: number[]): Uint8Array {
  return buildWebp([{ ...lossless, data: patch(lossless.data, at, values) }]);
}

async function outcomeOf(bytes: Uint8Array): Promise<string> {
  const result = await validateImage(bytes);
  if (result.ok) return "ok";
  return result.error.kind === "bad_structure" ? result.error.reason : result.error.kind;
}

describe("a WebP is accepted", () => {
  it.each([
    ["with one lossy frame", buildWebp([lossy])],
    ["with one lossless frame", buildWebp([lossless])],
    ["with an extended header and metadata of odd length", buildWebp([canvas, lossy, exif])],
    [
      "with a colour profile before the frame",
      buildWebp([canvas, { type: "ICCP", data: noise(9, 1) }, lossy]),
    ],
    ["with a chunk nobody knows", buildWebp([canvas, lossy, { type: "abcd", data: noise(8, 1) }])],
    [
      "with an extended header around a lossless frame",
      buildWebp([{ type: "VP8X", data: buildCanvas(80, 64, 0x10) }, lossless]),
    ],
  ])("%s", async (_, bytes) => {
    expect(await outcomeOf(bytes)).toBe("ok");
  });
});

describe("a WebP is refused", () => {
  const badLossy = "the header of the VP8 frame is not valid";
  const badLossless = "the header of the VP8L frame is not valid";
  const badCanvas = "the extended header (VP8X) is missing or not valid";
  it.each([
    ["that says it is shorter", patch(webp, 4, [webp.length - 10, 0]), "trailing_bytes"],
    ["that says it is longer", patch(webp, 6, [1]), "truncated"],
    ["with a chunk longer than the file", patch(webp, 18, [1]), "truncated"],
    ["that ends inside a chunk's head", buildWebp([lossy, { type: "", data: noise(0, 1) }]), "truncated"],
    ["without a frame", buildWebp([canvas, { ...exif, data: noise(700, 1) }]), "not exactly one frame"],
    ["with two frames", buildWebp([canvas, lossy, lossy]), "not exactly one frame"],
    ["with chunks behind a simple frame", buildWebp([lossy, exif]), "chunks behind a simple frame"],
    ["with metadata and no extended header", buildWebp([exif, lossy]), badCanvas],
    ["with an extended header of 9 bytes", buildWebp([{ ...canvas, data: noise(9, 1) }, lossy]), badCanvas],
    ["flagged as animated", buildWebp([{ ...canvas, data: buildCanvas(96, 64, 0x02) }, lossy]), badCanvas],
    ["with an animation", buildWebp([canvas, { type: "ANIM", data: noise(6, 1) }, lossy]), "animated"],
    ["with a frame of an animation", buildWebp([canvas, { ...lossy, type: "ANMF" }]), "animated"],
    [
      "whose canvas is wider",
      buildWebp([{ ...canvas, data: buildCanvas(97, 64) }, lossy]),
      "fill the canvas",
    ],
    [
      "whose canvas is higher",
      buildWebp([{ ...canvas, data: buildCanvas(96, 65) }, lossy]),
      "fill the canvas",
    ],
    ["whose frame needs an earlier one", withFrame(0, [(lossy.data[0] ?? 0) | 1]), badLossy],
    ["whose frame is hidden", withFrame(0, [(lossy.data[0] ?? 0) & ~0x10]), badLossy],
    ["with an unknown profile", withFrame(0, [(lossy.data[0] ?? 0) | 0x08]), badLossy],
    ["with another start code", withFrame(4, [0x02]), badLossy],
    ["with no first partition", withFrame(0, [(lossy.data[0] ?? 0) & 0x1f, 0, 0]), badLossy],
    ["with a first partition longer than the frame", withFrame(2, [0xff]), badLossy],
    ["with another lossless signature", withLossless(0, [0x2e]), badLossless],
    ["with a lossless version of the future", withLossless(4, [0x20]), badLossless],
    ["with no height", withFrame(8, [0, 0]), "bad_dimensions"],
    [
      "in more chunks than a real file has",
      buildWebp([canvas, ...Array.from({ length: 64 }, () => exif), lossy]),
      "more than 64 chunks",
    ],
  ])("%s", async (_, bytes, reason) => {
    expect(await outcomeOf(bytes)).toContain(reason);
  });

  it("with frames too short for their own headers", async () => {
    const filler = { ...exif, data: noise(700, 1) };
    const outcome = (type: string, length: number) =>
      outcomeOf(buildWebp([canvas, { type, data: noise(length, 1) }, filler]));
    expect(await outcome("VP8L", 5)).toBe(badLossless);
    expect(await outcome("VP8 ", 10)).toBe(badLossy);
  });
});
