/** Reads a whole 8-bit true-colour PNG, checking every checksum: the proof that the simulator's are whole. */

import { concatenate, crc32 } from "../../../../dev/ideogram/pictures/png.ts";

export interface DecodedPng {
  width: number;
  height: number;
  chunkTypes: string[];
  /** RGB, three bytes a pixel; an alpha channel is dropped. */
  pixels: Uint8Array;
}

const SIGNATURE = "137,80,78,71,13,10,26,10";
const CHANNELS: Record<number, number> = { 2: 3, 6: 4 };

export async function readPng(bytes: Uint8Array): Promise<DecodedPng> {
  if (bytes.subarray(0, 8).join() !== SIGNATURE) throw new Error("Not a PNG");
  const chunks = readChunks(bytes);
  const header = chunks[0]?.data ?? new Uint8Array(13);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const channels = CHANNELS[header[9] ?? 0];
  if (header[8] !== 8 || channels === undefined) throw new Error("Not 8-bit true colour");
  const data = chunks.filter(({ type }) => type === "IDAT").map((chunk) => chunk.data);
  const rows = await inflate(concatenate(data));
  if (rows.length !== (width * channels + 1) * height) throw new Error("Wrong number of pixels");
  const pixels = dropAlpha(unfilter(rows, width * channels, channels), channels);
  return { width, height, chunkTypes: chunks.map(({ type }) => type), pixels };
}

function readChunks(bytes: Uint8Array): { type: string; data: Uint8Array }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: { type: string; data: Uint8Array }[] = [];
  let at = 8;
  while (at < bytes.length) {
    const end = at + 8 + view.getUint32(at);
    if (view.getUint32(end) !== crc32(bytes.subarray(at + 4, end))) throw new Error("Wrong checksum");
    const type = new TextDecoder().decode(bytes.subarray(at + 4, at + 8));
    chunks.push({ type, data: bytes.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}

async function inflate(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const body = new Response(data).body?.pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** Undoes the filter of each row. */
function unfilter(rows: Uint8Array, stride: number, channels: number): Uint8Array {
  const height = rows.length / (stride + 1);
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < channels ? 0 : (pixels[at - channels] ?? 0);
      const above = y === 0 ? 0 : (pixels[at - stride] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (pixels[at - stride - channels] ?? 0);
      pixels[at] = (rows[at + y + 1] ?? 0) + predict(filter, left, above, corner);
    }
  }
  return pixels;
}

function predict(filter: number, left: number, above: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  if (filter !== 4) throw new Error("No such filter");
  const guess = left + above - corner;
  const nearest = Math.min(Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner));
  if (nearest === Math.abs(guess - left)) return left;
  return nearest === Math.abs(guess - above) ? above : corner;
}

function dropAlpha(pixels: Uint8Array, channels: number): Uint8Array {
  return channels === 3 ? pixels : pixels.filter((_, i) => i % 4 !== 3);
}
