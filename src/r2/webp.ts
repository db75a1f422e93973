/**
 * The structure of a WebP file (RFC 9649): RIFF length, chunks, one still frame, and the frame's own header.
 * WebP has no checksums, so this proves that the file is complete, not that each pixel is right.
 */
import { fail, type Result, succeed } from "../result.ts";
import type { ImageDefect, PixelSize } from "./image-facts.ts";

interface WebpChunk {
  type: string;
  data: Uint8Array;
}

/** "RIFF", the length of what follows, "WEBP". */
const RIFF_HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
/** A still picture has at most seven known chunks; unknown ones are allowed but few. */
const CHUNKS_MAX = 64;
const FRAME_CHUNKS = ["VP8 ", "VP8L"];
const ANIMATION_CHUNKS = ["ANIM", "ANMF"];
const EXTENDED_BYTES = 10;
const EXTENDED_ANIMATION_BIT = 0x02;
const LOSSY_HEAD_BYTES = 10;
const LOSSLESS_HEAD_BYTES = 5;
const LOSSLESS_SIGNATURE = 0x2f;
/** VP8 has profiles 0 to 3 (RFC 6386, 9.1). */
const LOSSY_PROFILE_MAX = 3;

export function isWebp(bytes: Uint8Array): boolean {
  return readType(bytes, 0) === "RIFF" && readType(bytes, 8) === "WEBP";
}

/** Reads a file that starts with the RIFF and WEBP tags. */
export function parseWebp(bytes: Uint8Array): Result<PixelSize, ImageDefect> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) return fail({ kind: "truncated", format: "webp", at: bytes.length });
  if (end < bytes.length) return fail({ kind: "trailing_bytes", format: "webp", bytes: bytes.length - end });
  const chunks = listChunks(bytes, view);
  return chunks.ok ? parseStill(chunks.value) : chunks;
}

function listChunks(bytes: Uint8Array, view: DataView): Result<WebpChunk[], ImageDefect> {
  const chunks: WebpChunk[] = [];
  let at = RIFF_HEAD_BYTES;
  while (at < bytes.length) {
    if (chunks.length === CHUNKS_MAX) return fail(badStructure(`more than ${CHUNKS_MAX} chunks`));
    if (at + CHUNK_HEAD_BYTES > bytes.length) return fail({ kind: "truncated", format: "webp", at });
    const start = at + CHUNK_HEAD_BYTES;
    const length = view.getUint32(at + 4, true);
    // A chunk of odd length is followed by one byte of padding.
    const next = start + length + (length % 2);
    if (next > bytes.length) return fail({ kind: "truncated", format: "webp", at });
    chunks.push({ type: readType(bytes, at), data: bytes.subarray(start, start + length) });
    at = next;
  }
  return succeed(chunks);
}

function parseStill(chunks: WebpChunk[]): Result<PixelSize, ImageDefect> {
  if (chunks.some((chunk) => ANIMATION_CHUNKS.includes(chunk.type))) return fail(badStructure("animated"));
  const frames = chunks.filter((chunk) => FRAME_CHUNKS.includes(chunk.type));
  const [frame] = frames;
  const [first] = chunks;
  if (frame === undefined || frames.length > 1) return fail(badStructure("not exactly one frame"));
  const size = frame.type === "VP8L" ? parseLosslessSize(frame.data) : parseLossySize(frame.data);
  if (size === null) return fail(badStructure(`the header of the ${frame.type.trim()} frame is not valid`));
  if (first === frame) {
    return chunks.length === 1 ? succeed(size) : fail(badStructure("chunks behind a simple frame"));
  }
  const canvas = first?.type === "VP8X" ? parseCanvas(first.data) : null;
  if (canvas === null) return fail(badStructure("the extended header (VP8X) is missing or not valid"));
  const isWhole = canvas.width === size.width && canvas.height === size.height;
  return isWhole ? succeed(size) : fail(badStructure("the frame doesn't fill the canvas"));
}

/** RFC 9649, section 2.7.1: flags, three reserved bytes, width − 1 and height − 1 in 24 bits each. */
function parseCanvas(data: Uint8Array): PixelSize | null {
  if (data.length !== EXTENDED_BYTES) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if ((view.getUint8(0) & EXTENDED_ANIMATION_BIT) !== 0) return null;
  return {
    width: 1 + view.getUint16(4, true) + view.getUint8(6) * 0x10000,
    height: 1 + view.getUint16(7, true) + view.getUint8(9) * 0x10000,
  };
}

/** RFC 6386, section 9.1: a shown key frame, its start code, 14 bits a side, and a first partition that fits. */
function parseLossySize(data: Uint8Array): PixelSize | null {
  if (data.length <= LOSSY_HEAD_BYTES) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const tag = view.getUint16(0, true) + view.getUint8(2) * 0x10000;
  const isKeyFrame = (tag & 1) === 0;
  const profile = (tag >> 1) & 7;
  const isShown = ((tag >> 4) & 1) === 1;
  const firstPartitionBytes = tag >> 5;
  if (!isKeyFrame || !isShown || profile > LOSSY_PROFILE_MAX) return null;
  if (data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return null;
  if (firstPartitionBytes === 0 || LOSSY_HEAD_BYTES + firstPartitionBytes >= data.length) return null;
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
}

/** RFC 9649, section 3.4: signature, width − 1 and height − 1 in 14 bits each, alpha hint, version 0. */
function parseLosslessSize(data: Uint8Array): PixelSize | null {
  if (data.length <= LOSSLESS_HEAD_BYTES || data[0] !== LOSSLESS_SIGNATURE) return null;
  const packed = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(1, true);
  if (packed >>> 29 !== 0) return null;
  return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
}

function readType(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function badStructure(reason: string): ImageDefect {
  return { kind: "bad_structure", format: "webp", reason };
}
