/** Writes baseline JPEG files (ITU-T T.81), full colour resolution, with the example tables of its annex K. */

import type { Canvas } from "./canvas.ts";
import { AC_TABLE, DC_TABLE, type HuffmanTable, QUANTA, ZIGZAG } from "./jpeg-tables.ts";
import { concatenate } from "./png.ts";

const BLOCK = 8;
const BLOCK_CELLS = BLOCK * BLOCK;
const LEVEL_SHIFT = 128;
const ZERO_RUN = 0xf0;
const END_OF_BLOCK = 0x00;

type Code = readonly [bits: number, length: number];

const DC_CODES = buildCodes(DC_TABLE);
const AC_CODES = buildCodes(AC_TABLE);

/** COSINES[u * 8 + x] of the forward transform, its scale factors included. */
const COSINES = Float64Array.from({ length: BLOCK_CELLS }, (_, i) => {
  const u = i >> 3;
  const scale = u === 0 ? Math.sqrt(1 / BLOCK) : Math.sqrt(2 / BLOCK);
  return scale * Math.cos((((i & 7) * 2 + 1) * u * Math.PI) / 16);
});

export function encodeJpeg(canvas: Canvas): Uint8Array<ArrayBuffer> {
  return concatenate([
    Uint8Array.of(0xff, 0xd8),
    segment(0xe0, [...new TextEncoder().encode("JFIF"), 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...ZIGZAG.map((cell) => QUANTA[cell] ?? 1)]),
    segment(0xc0, buildFrame(canvas.width, canvas.height)),
    segment(0xc4, [0x00, ...DC_TABLE.counts, ...DC_TABLE.symbols]),
    segment(0xc4, [0x10, ...AC_TABLE.counts, ...AC_TABLE.symbols]),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    encodeScan(canvas),
    Uint8Array.of(0xff, 0xd9),
  ]);
}

function segment(marker: number, body: readonly number[]): Uint8Array {
  const length = body.length + 2;
  return Uint8Array.of(0xff, marker, length >> 8, length & 0xff, ...body);
}

function buildFrame(width: number, height: number): number[] {
  const components = [1, 2, 3].flatMap((id) => [id, 0x11, 0]);
  return [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3, ...components];
}

function encodeScan(canvas: Canvas): Uint8Array {
  const writer = createBitWriter();
  const previous = [0, 0, 0];
  const planes = [0, 1, 2].map(() => new Float64Array(BLOCK_CELLS));
  for (let top = 0; top < canvas.height; top += BLOCK) {
    for (let left = 0; left < canvas.width; left += BLOCK) {
      readBlock(canvas, left, top, planes);
      for (const [i, plane] of planes.entries())
        previous[i] = writeBlock(writer, quantize(plane), previous[i] ?? 0);
    }
  }
  return writer.finish();
}

/** Reads 8 × 8 pixels as Y, Cb and Cr about zero; beyond the edge the last pixel repeats. */
function readBlock(canvas: Canvas, left: number, top: number, planes: readonly Float64Array[]): void {
  const [luma, blue, red] = planes;
  for (let cell = 0; cell < BLOCK_CELLS; cell++) {
    const x = Math.min(canvas.width - 1, left + (cell & 7));
    const y = Math.min(canvas.height - 1, top + (cell >> 3));
    const at = (y * canvas.width + x) * 3;
    const r = canvas.pixels[at] ?? 0;
    const g = canvas.pixels[at + 1] ?? 0;
    const b = canvas.pixels[at + 2] ?? 0;
    if (luma) luma[cell] = 0.299 * r + 0.587 * g + 0.114 * b - LEVEL_SHIFT;
    if (blue) blue[cell] = -0.168736 * r - 0.331264 * g + 0.5 * b;
    if (red) red[cell] = 0.5 * r - 0.418688 * g - 0.081312 * b;
  }
}

/** The two-dimensional cosine transform, rounded to quanta, in zigzag order. */
function quantize(block: Float64Array): number[] {
  const rows = transformRows(block);
  const cells = transformRows(rows);
  return ZIGZAG.map((cell) => Math.round((cells[cell] ?? 0) / (QUANTA[cell] ?? 1)));
}

/** Transforms each row and turns the block on its side, so that doing it twice transforms both ways. */
function transformRows(block: Float64Array): Float64Array {
  const out = new Float64Array(BLOCK_CELLS);
  for (let row = 0; row < BLOCK; row++) {
    for (let u = 0; u < BLOCK; u++) {
      let sum = 0;
      for (let x = 0; x < BLOCK; x++) sum += (block[row * BLOCK + x] ?? 0) * (COSINES[u * BLOCK + x] ?? 0);
      out[u * BLOCK + row] = sum;
    }
  }
  return out;
}

/** Writes one block and answers its mean, which the next block of the component is coded against. */
function writeBlock(writer: BitWriter, cells: readonly number[], previous: number): number {
  const mean = cells[0] ?? 0;
  writeValue(writer, DC_CODES, 0, mean - previous);
  let run = 0;
  for (let i = 1; i < BLOCK_CELLS; i++) {
    const value = cells[i] ?? 0;
    if (value === 0) {
      run++;
      continue;
    }
    for (; run > 15; run -= 16) writer.write(AC_CODES[ZERO_RUN]);
    writeValue(writer, AC_CODES, run, value);
    run = 0;
  }
  if (run > 0) writer.write(AC_CODES[END_OF_BLOCK]);
  return mean;
}

/** A symbol made of the zero run and the number's bit count, then the number itself. */
function writeValue(
  writer: BitWriter,
  codes: readonly (Code | undefined)[],
  run: number,
  value: number,
): void {
  const size = value === 0 ? 0 : 32 - Math.clz32(Math.abs(value));
  writer.write(codes[(run << 4) | size]);
  writer.write([value < 0 ? value + 2 ** size - 1 : value, size]);
}

interface BitWriter {
  write(code: Code | undefined): void;
  finish(): Uint8Array;
}

/** Most significant bit first; a byte 255 is followed by a zero byte. */
function createBitWriter(): BitWriter {
  const bytes: number[] = [];
  let pending = 0;
  let count = 0;
  const write = (code: Code | undefined): void => {
    if (code === undefined) throw new Error("A coefficient has no code in the Huffman table");
    for (let bit = code[1] - 1; bit >= 0; bit--) {
      pending = (pending << 1) | ((code[0] >> bit) & 1);
      if (++count < 8) continue;
      bytes.push(pending);
      if (pending === 0xff) bytes.push(0);
      pending = 0;
      count = 0;
    }
  };
  return {
    write,
    finish: () => {
      if (count > 0) write([2 ** (8 - count) - 1, 8 - count]);
      return Uint8Array.from(bytes);
    },
  };
}

function buildCodes({ counts, symbols }: HuffmanTable): (Code | undefined)[] {
  const codes: (Code | undefined)[] = [];
  let code = 0;
  let at = 0;
  for (const [i, count] of counts.entries()) {
    for (let n = 0; n < count; n++) codes[symbols[at++] ?? 0] = [code++, i + 1];
    code <<= 1;
  }
  return codes;
}
