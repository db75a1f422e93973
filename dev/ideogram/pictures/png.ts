/** Writes true-colour PNG files (PNG specification, third edition), with the platform's deflate. */

import type { Canvas } from "./canvas.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const BIT_DEPTH = 8;
const COLOUR_TYPE_RGB = 2;
/** Each row as its difference from the row above: the cheapest filter, and the best one for gradients. */
const FILTER_UP = 2;
/** One file may carry several IDAT chunks; so do real ones. */
const IDAT_MAX_BYTES = 256 * 1024;

export async function encodePng(canvas: Canvas): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = await deflate(filterRows(canvas));
  const chunks = [SIGNATURE, buildChunk("IHDR", buildHeader(canvas.width, canvas.height))];
  for (let at = 0; at < compressed.length; at += IDAT_MAX_BYTES)
    chunks.push(buildChunk("IDAT", compressed.subarray(at, at + IDAT_MAX_BYTES)));
  chunks.push(buildChunk("IEND", new Uint8Array(0)));
  return concatenate(chunks);
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** CRC-32 as in ISO 3309, the one that PNG uses. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (CRC_TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function filterRows({ width, height, pixels }: Canvas): Uint8Array<ArrayBuffer> {
  const stride = width * 3;
  const rows = new Uint8Array((stride + 1) * height);
  let out = 0;
  for (let y = 0; y < height; y++) {
    rows[out++] = FILTER_UP;
    const start = y * stride;
    for (let i = start; i < start + stride; i++)
      rows[out++] = (pixels[i] ?? 0) - (y === 0 ? 0 : (pixels[i - stride] ?? 0));
  }
  return rows;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const compressed = new Response(bytes).body?.pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

function buildHeader(width: number, height: number): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = BIT_DEPTH;
  header[9] = COLOUR_TYPE_RGB;
  return header;
}

function buildChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}
