import { constants, deflateRawSync, deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { validateImage } from "../../src/r2/validate-image.ts";
import { buildHeader, buildRows, concat, joinPng, noise, type PngOptions, patch } from "./fixtures.ts";

function withPixels(compressed: Uint8Array, options: PngOptions = {}): Uint8Array {
  return joinPng([
    { type: "IHDR", data: buildHeader(options) },
    { type: "tEXt", data: noise(600, 9) },
    { type: "IDAT", data: compressed },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}

const rows = buildRows({});
const compressedRows = deflateSync(rows);
const spoiledChecksum = patch(compressedRows, compressedRows.length - 1, [~(compressedRows.at(-1) ?? 0)]);
const rowBytes = 1 + 96 * 3;

describe("the pixels of a PNG are refused", () => {
  it.each([
    ["one row is missing", rows.subarray(rowBytes), rows.length - rowBytes],
    ["one byte is missing", rows.subarray(0, -1), rows.length - 1],
    ["one byte is too many", concat([rows, noise(1, 1)]), rows.length + 1],
    ["there are none", noise(0, 1), 0],
  ])("when %s", async (_, inflated, foundBytes) => {
    expect(await validateImage(withPixels(deflateSync(inflated)))).toEqual({
      ok: false,
      error: { kind: "wrong_pixels", format: "png", foundBytes, expectedBytes: rows.length },
    });
  });

  it.each([
    ["they are not compressed", rows, "the pixels can't be inflated: incorrect header check"],
    [
      "they lack the zlib header",
      deflateRawSync(rows),
      "the pixels can't be inflated: incorrect header check",
    ],
    [
      "they are cut off",
      compressedRows.subarray(0, -500),
      "the pixels can't be inflated: unexpected end of file",
    ],
    ["their checksum is cut off", compressedRows.subarray(0, -4), "unexpected end of file"],
    ["their checksum is wrong", spoiledChecksum, "the pixels can't be inflated: incorrect data check"],
    ["one byte follows them", concat([compressedRows, noise(1, 1)]), "bytes follow the compressed pixels"],
    ["they follow twice", concat([compressedRows, compressedRows]), "bytes follow the compressed pixels"],
  ])("when %s", async (_, compressed, reason) => {
    const result = await validateImage(withPixels(compressed));
    expect(result).toMatchObject({ ok: false, error: { kind: "bad_structure", format: "png" } });
    expect(JSON.stringify(result)).toContain(reason);
  });

  it.each([
    ["the first row", 0],
    ["a row in the middle", 31 * rowBytes],
    ["the last row", 63 * rowBytes],
  ])("when %s has a filter that does not exist", async (_, at) => {
    const result = await validateImage(withPixels(deflateSync(patch(rows, at, [5]))));
    expect(result).toMatchObject({ error: { reason: "a row has an unknown filter" } });
  });

  it("when a row of an interlaced picture has a filter that does not exist", async () => {
    const interlaced = buildRows({ interlaced: true });
    const lastRowAt = interlaced.length - rowBytes;
    const outcome = async (at: number) =>
      validateImage(withPixels(deflateSync(patch(interlaced, at, [200])), { interlaced: true }));
    expect(await outcome(lastRowAt)).toMatchObject({ error: { reason: "a row has an unknown filter" } });
    // The byte behind it is a pixel, and may have any value.
    expect((await outcome(lastRowAt + 1)).ok).toBe(true);
  });

  it("when the rows are those of an interlaced picture, but the header says otherwise", async () => {
    expect((await validateImage(withPixels(deflateSync(buildRows({ interlaced: true }))))).ok).toBe(false);
  });
});

describe("a PNG that inflates to far more than it promises", () => {
  // An inflater that doesn't wait for its reader would need minutes and gigabytes for these.
  const zeros = deflateRawSync(new Uint8Array(16 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH });
  const bomb = concat([Uint8Array.of(0x78, 0x01), ...Array.from({ length: 1_000 }, () => zeros)]);
  it.each([
    ["a small picture", {}, rows.length],
    [
      "the largest picture",
      { width: 4_096, height: 4_096, colourType: 6, bitDepth: 16 },
      4_096 * (1 + 32_768),
    ],
  ] as const)(
    "is left after the first piece too many: 16 GB in 16 MB, as %s",
    async (_, options, bytes) => {
      const result = await validateImage(withPixels(bomb, options));
      if (result.ok || result.error.kind !== "wrong_pixels") throw new Error("the bomb was not recognised");
      expect(result.error.expectedBytes).toBe(bytes);
      expect(result.error.foundBytes - bytes).toBeLessThanOrEqual(64 * 1024);
    },
    5_000,
  );

  it("is not inflated at all when its header promises 60,000 × 60,000", async () => {
    const bytes = withPixels(compressedRows, { width: 60_000, height: 60_000 });
    expect(await validateImage(bytes)).toMatchObject({ error: { kind: "bad_dimensions", width: 60_000 } });
  });
});
