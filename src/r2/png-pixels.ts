/**
 * The pixels of a PNG: inflates them without keeping them and compares what comes out with what the header
 * promises, byte for byte in length. It stops at the first byte too many, so a bomb costs no more than a picture.
 */
import type { ImageDefect } from "./image-facts.ts";
import type { PngLayout } from "./png.ts";

/** Rows of equal length, each led by its filter byte. A file has one such pass, an interlaced one up to seven. */
interface PngPass {
  rowBytes: number;
  rows: number;
}

/**
 * Compressed bytes given to the inflater at a time. It keeps what one write yields, and deflate yields at most
 * about 1,030 times its input: so this bounds the memory of a bomb to some 16 MB.
 */
const INFLATE_SLICE_BYTES = 16 * 1024;
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
  let foundBytes = 0;
  try {
    const inflater = new DecompressionStream("deflate");
    for await (const inflated of streamOf(layout.compressed).pipeThrough(inflater)) {
      if (foundBytes + inflated.length > expectedBytes) {
        return {
          kind: "wrong_pixels",
          format: "png",
          foundBytes: foundBytes + inflated.length,
          expectedBytes,
        };
      }
      if (hasBadFilter(inflated, foundBytes)) return badPixels("a row has an unknown filter");
      foundBytes += inflated.length;
    }
  } catch (error) {
    // What the inflater says belongs to the file (bad code, bad checksum, cut off, bytes after the end).
    return badPixels(
      `the pixels can't be inflated: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return foundBytes === expectedBytes
    ? null
    : { kind: "wrong_pixels", format: "png", foundBytes, expectedBytes };
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

function* slicesOf(pieces: Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += INFLATE_SLICE_BYTES) {
      yield piece.subarray(at, at + INFLATE_SLICE_BYTES);
    }
  }
}

function streamOf(pieces: Uint8Array[]): ReadableStream<Uint8Array> {
  const slices = slicesOf(pieces);
  return new ReadableStream({
    pull(controller) {
      const next = slices.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
}

function badPixels(reason: string): ImageDefect {
  return { kind: "bad_structure", format: "png", reason };
}
