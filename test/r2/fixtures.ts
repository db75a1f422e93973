/**
 * Pictures for the tests: a small PNG encoder for every kind of PNG, a still smaller one for lossless WebP, and
 * what the Images binding makes of them. Pixels are noise from a seed, so that files have a realistic length.
 */

import { env } from "cloudflare:workers";
import { crc32, deflateSync } from "node:zlib";
import { newId } from "../../src/ids.ts";

export interface PngOptions {
  width?: number;
  height?: number;
  colourType?: 0 | 2 | 3 | 4 | 6;
  bitDepth?: 1 | 2 | 4 | 8 | 16;
  interlaced?: boolean;
  /** Payload of each IDAT chunk. */
  idatBytes?: number;
  seed?: number;
}

export interface PngChunk {
  type: string;
  data: Uint8Array;
}

const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const ADAM7_COLUMNS = [0, 4, 0, 2, 0, 1, 0];
const ADAM7_ROWS = [0, 0, 4, 0, 2, 0, 1];
const ADAM7_COLUMN_STEPS = [8, 8, 4, 4, 2, 2, 1];
const ADAM7_ROW_STEPS = [8, 8, 8, 4, 4, 2, 2];

export function buildPng(options: PngOptions = {}): Uint8Array {
  return joinPng(buildPngChunks(options));
}

/** The chunks of a valid file, to be bent by a test before joinPng. */
export function buildPngChunks(options: PngOptions = {}): PngChunk[] {
  const { colourType = 2, bitDepth = 8, idatBytes = 8_192 } = options;
  const chunks = [{ type: "IHDR", data: buildHeader(options) }];
  if (colourType === 3) chunks.push({ type: "PLTE", data: noise(3 * 2 ** bitDepth, 7) });
  const compressed = deflateSync(buildRows(options), { level: 1 });
  for (let at = 0; at < compressed.length; at += idatBytes) {
    chunks.push({ type: "IDAT", data: compressed.subarray(at, at + idatBytes) });
  }
  return [...chunks, { type: "IEND", data: new Uint8Array(0) }];
}

export function joinPng(chunks: PngChunk[]): Uint8Array {
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return concat([signature, ...chunks.map(encodeChunk)]);
}

export function buildHeader(options: PngOptions): Uint8Array {
  const { width = 96, height = 64, colourType = 2, bitDepth = 8, interlaced = false } = options;
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([bitDepth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  return data;
}

/** The bytes before compression: each row a filter byte (0 to 4) and noise. */
export function buildRows(options: PngOptions): Uint8Array {
  const { width = 96, height = 64, colourType = 2, bitDepth = 8, interlaced = false, seed = 1 } = options;
  const passes = interlaced
    ? ADAM7_COLUMNS.map((x, i) => ({
        columns: Math.ceil((width - x) / (ADAM7_COLUMN_STEPS[i] ?? 1)),
        rows: Math.ceil((height - (ADAM7_ROWS[i] ?? 0)) / (ADAM7_ROW_STEPS[i] ?? 1)),
      }))
    : [{ columns: width, rows: height }];
  return concat(
    passes.flatMap(({ columns, rows }, pass) => {
      const rowBytes = Math.ceil((columns * SAMPLES[colourType] * bitDepth) / 8);
      const pixels = noise(rowBytes * rows, seed + pass);
      return Array.from({ length: rows }, (_, row) =>
        concat([Uint8Array.of(row % 5), pixels.subarray(row * rowBytes, (row + 1) * rowBytes)]),
      );
    }),
  );
}

/** A lossless WebP of two colours (RFC 9649, section 3): five prefix codes, then one bit a pixel. */
export function buildLosslessWebp(width = 80, height = 64): Uint8Array {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = 0; i < count; i++) bits.push((value >>> i) & 1);
  };
  put(0x2f, 8);
  put(width - 1, 14);
  put(height - 1, 14);
  put(0, 1 + 3);
  // No transform, no colour cache, no meta prefix codes.
  put(0, 3);
  // Green has two symbols, each a code of one bit; red, blue, alpha and distance have one symbol and no bits.
  put(0b111, 3);
  put(40, 8);
  put(200, 8);
  for (const symbol of [120, 60, 255, 0]) {
    put(0b101, 3);
    put(symbol, 8);
  }
  for (const byte of noise(Math.ceil((width * height) / 8), 3)) put(byte, 8);
  const frame = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    frame[i >> 3] = (frame[i >> 3] ?? 0) | (bit << (i & 7));
  });
  return buildWebp([{ type: "VP8L", data: frame }]);
}

export function buildWebp(chunks: PngChunk[]): Uint8Array {
  const body = concat(
    chunks.map(({ type, data }) =>
      concat([ascii(type), littleEndian(data.length), data, new Uint8Array(data.length % 2)]),
    ),
  );
  return concat([ascii("RIFF"), littleEndian(4 + body.length), ascii("WEBP"), body]);
}

/** The frame chunk of a simple WebP file. */
export function frameOf(webp: Uint8Array): PngChunk {
  const length = new DataView(webp.buffer, webp.byteOffset).getUint32(16, true);
  return { type: String.fromCharCode(...webp.subarray(12, 16)), data: webp.subarray(20, 20 + length) };
}

/** The payload of a VP8X chunk. */
export function buildCanvas(width: number, height: number, flags = 0): Uint8Array {
  const [w, h] = [littleEndian(width - 1).subarray(0, 3), littleEndian(height - 1).subarray(0, 3)];
  return concat([Uint8Array.of(flags, 0, 0, 0), w, h]);
}

/** A baseline JPEG or a lossy WebP, made from a PNG by the real binding. */
export async function encodeWith(format: "jpeg" | "webp", options: PngOptions = {}): Promise<Uint8Array> {
  const input = env.IMAGES.input(new Blob([buildPng(options)]).stream());
  const output = await input.output({ format: `image/${format}` });
  return new Uint8Array(await new Response(output.image()).arrayBuffer());
}

/** What a real decoder says of a file. */
export async function decodedInfo(bytes: Uint8Array): Promise<ImageInfoResponse> {
  return env.IMAGES.info(new Blob([bytes]).stream());
}

/** A progressive JPEG of 80 × 64, made with libjpeg-turbo. */
export function progressiveJpeg(): Uint8Array {
  return Uint8Array.from(atob(PROGRESSIVE_JPEG), (character) => character.charCodeAt(0));
}

/** A bucket whose method of that name fails. */
export function brokenBucket(method: keyof R2Bucket, cause: Error): R2Bucket {
  return new Proxy(env.BUCKET, {
    get(target, name) {
      if (name === method) return () => Promise.reject(cause);
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

export function newKeyParts() {
  return { userId: newId(), generationId: newId(), attempt: 1, n: 1 };
}

/** Deterministic bytes that hardly compress. */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function concat(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `bytes` with some of them replaced, from `at` on. */
export function patch(bytes: Uint8Array, at: number, replacement: ArrayLike<number>): Uint8Array {
  // Not slice(): of a Buffer that is a view.
  const copy = new Uint8Array(bytes);
  copy.set(replacement, at);
  return copy;
}

function encodeChunk({ type, data }: PngChunk): Uint8Array {
  const body = concat([ascii(type), data]);
  const frame = new DataView(new ArrayBuffer(8));
  frame.setUint32(0, data.length);
  frame.setUint32(4, crc32(body));
  const [length, checksum] = [new Uint8Array(frame.buffer, 0, 4), new Uint8Array(frame.buffer, 4, 4)];
  return concat([length, body, checksum]);
}

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

const PROGRESSIVE_JPEG =
  "/9j/2wBDABcQERQRDhcUEhQaGBcbIjklIh8fIkYyNSk5UkhXVVFIUE5bZoNvW2F8Yk5QcptzfIeLkpSSWG2grJ+OqoOPko3/2wBD" +
  "ARgaGiIeIkMlJUONXlBejY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY3/wgARCABAAFAD" +
  "ASIAAhEBAxEB/8QAGAABAQEBAQAAAAAAAAAAAAAAAgEEAwX/xAAYAQEBAQEBAAAAAAAAAAAAAAABAwIFAP/aAAwDAQACEAMQAAAB" +
  "8tJ6Oad3s1Uoa6UNVKZnU8s1L2wlShqWaBKlM9SeWEr6hquaFKlDVSmdKvLNSNmqlDVc0lVKf//EABoQAQEAAwEBAAAAAAAAAAAA" +
  "ABEAARAwIFD/2gAIAQEAAQUCiIiIiI0bPBrGjhjlj5H/xAAWEQEBAQAAAAAAAAAAAAAAAAABABH/2gAIAQMBAT8B2GGGG2GGGGGG" +
  "GGGGGGGG/8QAGhEAAwADAQAAAAAAAAAAAAAAAAERAhAhMf/aAAgBAgEBPwHFUmKOHNYuYnhSlE+apSifClG9f//EABQQAQAAAAAA" +
  "AAAAAAAAAAAAAGD/2gAIAQEABj8CIf/EAB4QAQEBAAIDAAMAAAAAAAAAAAARASFxMUFRIGGB/9oACAEBAAE/IYz8DhCPjo6Mxh4T" +
  "dRifpE7dEYeMYdJE/jM+YiIwl1PSesSIiIjDMmMyYzInrGYjMZiMzhPCcsxERERmcJyzPSIzEREZnCIiIiIj/9oADAMBAAIAAwAA" +
  "ABALs5YzpuFuFGxyBzRsX8//xAAYEQACAwAAAAAAAAAAAAAAAAAAASAhMP/aAAgBAwEBPxBFsFVbcAAAAP/EACARAAICAgICAwAA" +
  "AAAAAAAAAAHwABEhoTFBYbGR0eH/2gAIAQIBAT8QnJlcmEB0BuEAeH3MDr19CEwcmWAoYA3MMcO4aTALqUB4HuXXHTuGi/sNFe5g" +
  "r1CAFzDSGitxV2YTSvxP/8QAJRAAAgEDAwUBAAMAAAAAAAAAAAERITFBUWFxEIGRsdGhwfDx/9oACAEBAAE/EF0iK2CRXoJGRbj7" +
  "C1Av7sSTVPPXoVESxbDgV4LR5CZXhC3NwKCsXLFw7LotWLvppN0oWolou9BNmgT9BbvAo4S5Fy9dPxaDk4WRRqZYrSUsUXWrN3hC" +
  "wtshRxAq/pEp0KxBZLsoklVijqZZhVtRQVKLUhVoX6YbbK4o7cETlqCuOyIFOWLFWyLJqmEJ+/oWX7qKmI7C2fDyRQlFkUUFl2Qo" +
  "qMK5U39CWLU9iy/fgtvYXmU/Ir93BlTYotiiFHhexa/9N/f50Km0fwLaf//Z";
