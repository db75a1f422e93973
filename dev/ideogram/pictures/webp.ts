/** Writes lossless WebP files (RFC 9649, section 3): subtract-green, predict-from-the-left, Huffman codes. */

import type { Canvas } from "./canvas.ts";
import { buildLengths, buildWords, CODE_LENGTH_MAX, reverseBits } from "./huffman.ts";
import { concatenate } from "./png.ts";

const SIGNATURE_BYTE = 0x2f;
const TRANSFORM_PREDICTOR = 0;
const TRANSFORM_SUBTRACT_GREEN = 2;
const PREDICT_LEFT = 1;
/** Blocks of 512 pixels share a predictor; here they all have the same one. */
const PREDICTOR_BLOCK_BITS = 9;
const CHANNEL_SYMBOLS = 256;
/** The green code also holds the lengths of backward references, which this encoder never makes. */
const GREEN_SYMBOLS = 280;
const CODE_LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/** Every code length is itself written with four bits. */
const PLAIN_LENGTH_BITS = 4;

export function encodeWebp(canvas: Canvas): Uint8Array<ArrayBuffer> {
  const stream = encodeStream(canvas);
  const padding = stream.length % 2;
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  header.set(new TextEncoder().encode("RIFF"), 0);
  view.setUint32(4, 12 + stream.length + padding, true);
  header.set(new TextEncoder().encode("WEBPVP8L"), 8);
  view.setUint32(16, stream.length, true);
  return concatenate([header, stream, new Uint8Array(padding)]);
}

function encodeStream(canvas: Canvas): Uint8Array {
  const bits = createBitWriter();
  bits.write(SIGNATURE_BYTE, 8);
  bits.write(canvas.width - 1, 14);
  bits.write(canvas.height - 1, 14);
  bits.write(0, 4); // no alpha, version 0
  bits.write(1, 1);
  bits.write(TRANSFORM_SUBTRACT_GREEN, 2);
  bits.write(1, 1);
  writePredictor(bits);
  bits.write(0, 3); // no more transforms, no colour cache, one set of codes for the whole picture
  writePixels(bits, predictResiduals(canvas));
  return bits.finish();
}

/** The predictor's own small picture: every pixel is the same, so it takes no bits after its codes. */
function writePredictor(bits: BitWriter): void {
  bits.write(TRANSFORM_PREDICTOR, 2);
  bits.write(PREDICTOR_BLOCK_BITS - 2, 3);
  bits.write(0, 1); // no colour cache
  for (const symbol of [PREDICT_LEFT, 0, 0, 0, 0]) writeSingleSymbol(bits, symbol);
}

/** Green, red and blue planes, each less the pixel to the left (the one above in the first column). */
function predictResiduals({ width, height, pixels }: Canvas): Uint8Array[] {
  const planes = [0, 1, 2].map(() => new Uint8Array(width * height));
  const [greens, reds, blues] = planes;
  for (let i = 0; i < width * height; i++) {
    const before = i % width === 0 ? i - width : i - 1;
    const here = channelsAt(pixels, i);
    const there = before < 0 ? ([0, 0, 0] as const) : channelsAt(pixels, before);
    if (greens) greens[i] = here[0] - there[0];
    if (reds) reds[i] = here[1] - there[1];
    if (blues) blues[i] = here[2] - there[2];
  }
  return planes;
}

function channelsAt(pixels: Uint8Array, pixel: number): readonly [green: number, red: number, blue: number] {
  const green = pixels[pixel * 3 + 1] ?? 0;
  return [green, (pixels[pixel * 3] ?? 0) - green, (pixels[pixel * 3 + 2] ?? 0) - green];
}

function writePixels(bits: BitWriter, planes: readonly Uint8Array[]): void {
  const codes = planes.map((plane, i) => writeCode(bits, plane, i === 0 ? GREEN_SYMBOLS : CHANNEL_SYMBOLS));
  writeSingleSymbol(bits, 0); // alpha: fully opaque, as predicted
  writeSingleSymbol(bits, 0); // distances: unused
  const count = planes[0]?.length ?? 0;
  for (let i = 0; i < count; i++) {
    for (const [channel, plane] of planes.entries()) {
      const symbol = plane[i] ?? 0;
      const code = codes[channel];
      bits.write(code?.words[symbol] ?? 0, code?.lengths[symbol] ?? 0);
    }
  }
}

interface PrefixCode {
  lengths: Uint8Array;
  /** Bit-reversed, since the stream is read from the least significant bit. */
  words: Uint16Array;
}

/** Writes the prefix code that suits a plane, and answers it. */
function writeCode(bits: BitWriter, plane: Uint8Array, symbols: number): PrefixCode {
  const counts = new Float64Array(symbols);
  for (const value of plane) counts[value] = (counts[value] ?? 0) + 1;
  const lengths = buildLengths(counts);
  const used = lengths.filter((length) => length > 0).length;
  if (used === 0) {
    writeSingleSymbol(bits, plane[0] ?? 0);
    return { lengths, words: new Uint16Array(symbols) };
  }
  bits.write(0, 1); // a normal code, not a simple one
  bits.write(CODE_LENGTH_ORDER.length - 4, 4);
  for (const symbol of CODE_LENGTH_ORDER) bits.write(symbol <= CODE_LENGTH_MAX ? PLAIN_LENGTH_BITS : 0, 3);
  bits.write(0, 1); // lengths follow for all symbols
  for (const length of lengths) bits.write(reverseBits(length, PLAIN_LENGTH_BITS), PLAIN_LENGTH_BITS);
  return { lengths, words: buildWords(lengths) };
}

function writeSingleSymbol(bits: BitWriter, symbol: number): void {
  bits.write(1, 1); // a simple code
  bits.write(0, 1); // of one symbol
  bits.write(1, 1); // written with eight bits
  bits.write(symbol, 8);
}

interface BitWriter {
  write(value: number, count: number): void;
  finish(): Uint8Array;
}

/** Least significant bit first. */
function createBitWriter(): BitWriter {
  const bytes: number[] = [];
  let pending = 0;
  let held = 0;
  return {
    write: (value, count) => {
      pending |= value << held;
      held += count;
      for (; held >= 8; held -= 8) {
        bytes.push(pending & 0xff);
        pending >>>= 8;
      }
    },
    finish: () => Uint8Array.from(held > 0 ? [...bytes, pending & 0xff] : bytes),
  };
}
