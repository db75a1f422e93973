/**
 * The pixels of a PNG: inflates them without keeping them and compares what comes out with what the header
 * promises, byte for byte in length. It stops at the first byte too many, so a bomb costs no more than a picture.
 */
import { createInflate, type Inflate } from "node:zlib";
import type { ImageDefect } from "./image-facts.ts";
import type { PngLayout } from "./png.ts";

/** Rows of equal length, each led by its filter byte. A file has one such pass, an interlaced one up to seven. */
interface PngPass {
  rowBytes: number;
  rows: number;
}

/** Inflated bytes that are looked at together, and all of them that are in memory at a time. */
const INFLATED_PIECE_BYTES = 64 * 1024;
const FILTER_TYPE_MAX = 4;
/** Adam7: first column and row of each pass, and the steps between them. */
const ADAM7_PASSES = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/** Null when the pixels are complete. The caller has checked that width and height are within the limits. */
export async function findPngPixelDefect(layout: PngLayout): Promise<ImageDefect | null> {
  const passes = listPasses(layout);
  const expectedBytes = passes.reduce((sum, pass) => sum + pass.rowBytes * pass.rows, 0);
  const hasBadFilter = buildFilterCheck(passes);
  const inflater = inflate(layout.compressed);
  const pieces: AsyncIterable<Uint8Array> = inflater;
  let foundBytes = 0;
  try {
    // Leaving the loop ends the inflater.
    for await (const piece of pieces) {
      if (foundBytes + piece.length > expectedBytes) {
        return { kind: "wrong_pixels", format: "png", foundBytes: foundBytes + piece.length, expectedBytes };
      }
      if (hasBadFilter(piece, foundBytes)) return badPixels("a row has an unknown filter");
      foundBytes += piece.length;
    }
  } catch (error) {
    // What the inflater says belongs to the file: a bad code, a wrong checksum, an end that is missing.
    return badPixels(
      `the pixels can't be inflated: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (foundBytes !== expectedBytes) return { kind: "wrong_pixels", format: "png", foundBytes, expectedBytes };
  const compressedBytes = layout.compressed.reduce((sum, data) => sum + data.length, 0);
  return inflater.bytesWritten === compressedBytes ? null : badPixels("bytes follow the compressed pixels");
}

/**
 * Not a DecompressionStream: in workerd that one inflates all it is given without waiting for its reader, so a
 * bomb would be in memory as a whole (16 GB in a test). This one waits.
 */
function inflate(compressed: Uint8Array[]): Inflate {
  const inflater = createInflate({ chunkSize: INFLATED_PIECE_BYTES });
  for (const data of compressed) inflater.write(data);
  inflater.end();
  return inflater;
}

function listPasses({ width, height, bitsPerPixel, isInterlaced }: PngLayout): PngPass[] {
  const steps = isInterlaced ? ADAM7_PASSES : [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
  return steps
    .map(({ x, y, stepX, stepY }) => ({
      columns: Math.ceil((width - x) / stepX),
      rows: Math.ceil((height - y) / stepY),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
    .map(({ columns, rows }) => ({ rowBytes: 1 + Math.ceil((columns * bitsPerPixel) / 8), rows }));
}

/**
 * A check to be called with consecutive pieces of the inflated bytes and the offset of each: true when a filter
 * byte in it is not one of the five that exist. It remembers where the next filter byte will be.
 */
function buildFilterCheck(passes: PngPass[]): (piece: Uint8Array, offset: number) => boolean {
  let nextFilterAt = 0;
  let passIndex = 0;
  let row = 0;
  return (piece, offset) => {
    let pass = passes[passIndex];
    while (pass !== undefined && nextFilterAt < offset + piece.length) {
      if ((piece[nextFilterAt - offset] ?? 0) > FILTER_TYPE_MAX) return true;
      nextFilterAt += pass.rowBytes;
      row += 1;
      if (row < pass.rows) continue;
      row = 0;
      passIndex += 1;
      pass = passes[passIndex];
    }
    return false;
  };
}

function badPixels(reason: string): ImageDefect {
  return { kind: "bad_structure", format: "png", reason };
}
