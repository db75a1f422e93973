import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { validateImage } from "../../src/r2/validate-image.ts";
import {
  ascii,
  buildHeader,
  buildPng,
  buildPngChunks,
  joinPng,
  noise,
  type PngChunk,
  type PngOptions,
  patch,
} from "./fixtures.ts";

const chunks = buildPngChunks({ idatBytes: 6_000 });
const [header, ...body] = chunks;
const [end] = chunks.slice(-1);
if (header === undefined || end === undefined) throw new Error("the fixture has no chunks");
const pixels = chunks.filter((chunk) => chunk.type === "IDAT");
const [firstPixels, ...otherPixels] = pixels;
if (firstPixels === undefined || otherPixels.length === 0)
  throw new Error("the fixture needs two IDAT chunks");
const note = { type: "tEXt", data: ascii("Comment\0hello") };
const palette = (colours: number) => ({ type: "PLTE", data: noise(3 * colours, 1) });

function withHeader(change: PngOptions | Uint8Array): PngChunk[] {
  return [{ type: "IHDR", data: change instanceof Uint8Array ? change : buildHeader(change) }, ...body];
}

async function outcomeOf(bytes: Uint8Array): Promise<string> {
  const result = await validateImage(bytes);
  if (result.ok) return "ok";
  return result.error.kind === "bad_structure" ? result.error.reason : result.error.kind;
}

describe("a PNG is accepted", () => {
  it("whatever its colour type, depth, interlacing, size and division into chunks", async () => {
    const kinds = fc.constantFrom<Pick<PngOptions, "colourType" | "bitDepth">>(
      ...([1, 2, 4, 8, 16] as const).map((bitDepth) => ({ colourType: 0 as const, bitDepth })),
      ...([8, 16] as const).flatMap((bitDepth) =>
        ([2, 4, 6] as const).map((colourType) => ({ colourType, bitDepth })),
      ),
      ...([1, 2, 4, 8] as const).map((bitDepth) => ({ colourType: 3 as const, bitDepth })),
    );
    const options = fc.record({
      kind: kinds,
      width: fc.integer({ min: 64, max: 140 }),
      height: fc.integer({ min: 64, max: 140 }),
      interlaced: fc.boolean(),
      idatBytes: fc.integer({ min: 50, max: 70_000 }),
    });
    await fc.assert(
      fc.asyncProperty(options, async ({ kind, ...rest }) => {
        const bytes = buildPng({ ...rest, ...kind });
        expect(await validateImage(bytes)).toEqual({
          ok: true,
          value: { format: "png", width: rest.width, height: rest.height, bytes: bytes.length },
        });
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["with notes before and after the pixels", [header, note, ...pixels, note, end]],
    ["with an empty IDAT", [header, firstPixels, { type: "IDAT", data: noise(0, 1) }, ...otherPixels, end]],
    ["with a suggested palette for true colour", [header, palette(256), ...pixels, end]],
  ])("%s", async (_, parts) => {
    expect(await outcomeOf(joinPng(parts))).toBe("ok");
  });
});

describe("a PNG is refused", () => {
  const badHeader = "the header (IHDR) is missing or not valid";
  it.each([
    ["without a header", [note, ...body], badHeader],
    ["with a header that is not the first chunk", [note, ...chunks], badHeader],
    ["with a header of 14 bytes", withHeader(noise(14, 1)), badHeader],
    ["with colour type 5", withHeader(patch(header.data, 9, [5])), badHeader],
    ["with 3 bits a sample", withHeader(patch(header.data, 8, [3])), badHeader],
    ["with true colour of 4 bits", withHeader({ colourType: 2, bitDepth: 4 }), badHeader],
    ["with palette indices of 16 bits", withHeader({ colourType: 3, bitDepth: 16 }), badHeader],
    ["with an unknown compression", withHeader(patch(header.data, 10, [1])), badHeader],
    ["with an unknown filter method", withHeader(patch(header.data, 11, [1])), badHeader],
    ["with an unknown interlacing", withHeader(patch(header.data, 12, [2])), badHeader],
    ["with two headers", [header, ...chunks], "more than one header (IHDR)"],
    ["without pixels", [header, note, end], "no pixel data (IDAT)"],
    ["with a note between the pixels", [header, firstPixels, note, ...otherPixels, end], "not consecutive"],
    ["without an end", chunks.slice(0, -1), "truncated"],
    [
      "with data in its end",
      [...chunks.slice(0, -1), { type: "IEND", data: noise(4, 1) }],
      "the end (IEND) carries data",
    ],
    ["with a critical chunk nobody knows", [header, { type: "ABCD", data: noise(4, 1) }, ...body], "ABCD"],
    ["with a chunk type of digits", [header, { type: "1234", data: noise(4, 1) }, ...body], "letters"],
    ["with the reserved bit set", [header, { type: "abcd", data: noise(4, 1) }, ...body], "letters"],
    ["when it is animated", [header, { type: "acTL", data: noise(8, 1) }, ...body], "animated"],
    ["with a palette after the pixels", [header, ...pixels, palette(4), end], "after the pixel data"],
    ["with two palettes", [header, palette(4), palette(4), ...pixels, end], "more than one palette"],
    ["with a palette that is not whole", [header, { type: "PLTE", data: noise(4, 1) }, ...body], "length"],
    ["with an empty palette", [header, { type: "PLTE", data: noise(0, 1) }, ...body], "length"],
    ["with a palette of 257", [header, palette(257), ...body], "length"],
    ["with a palette for grey", [...withHeader({ colourType: 0 }).slice(0, 1), palette(4), ...body], "grey"],
    ["with palette indices and no palette", withHeader({ colourType: 3 }), "palette (PLTE) is missing"],
    [
      "with more colours than its indices can name",
      [...withHeader({ colourType: 3, bitDepth: 4 }).slice(0, 1), palette(17), ...body],
      "length",
    ],
    [
      "in more chunks than a real file has",
      [header, ...Array.from({ length: 65_536 }, () => ({ type: "tEXt", data: noise(0, 1) })), ...body],
      "more than 65536 chunks",
    ],
  ])("%s", async (_, parts, reason) => {
    // A file of few chunks may be below the least size: a long note keeps the reason the one in question.
    const filler = { type: "tEXt", data: noise(600, 9) };
    const [first, ...rest] = parts;
    if (first === undefined) throw new Error("no chunks");
    expect(await outcomeOf(joinPng([first, filler, ...rest]))).toContain(reason);
  });

  it("with a wrong checksum, and the chunk is named", async () => {
    const bytes = buildPng();
    const typeAt = bytes.length - 8;
    expect(await validateImage(patch(bytes, typeAt + 4, [0]))).toEqual({
      ok: false,
      error: { kind: "bad_checksum", format: "png", chunk: "IEND", at: typeAt - 4 },
    });
  });

  it("with a chunk that is longer than the file", async () => {
    expect(await outcomeOf(patch(buildPng(), 33, [0x7f, 0xff, 0xff, 0xff]))).toBe("truncated");
  });
});
