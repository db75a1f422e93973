/**
 * The structure of a PNG file (W3C PNG specification, 3rd edition): signature, chunks with their checksums,
 * header, order. It inflates nothing (png-pixels.ts does) and refuses animation: one picture is one frame.
 */
import { crc32 } from "node:zlib";
import { fail, type Result, succeed } from "../result.ts";
import type { ImageDefect, PixelSize } from "./image-facts.ts";

export interface PngLayout extends PixelSize {
  bitsPerPixel: number;
  isInterlaced: boolean;
  /** The payloads of the IDAT chunks: one zlib stream in pieces. Views, not copies. */
  compressed: Uint8Array[];
}

interface PngChunk {
  type: string;
  data: Uint8Array;
}

interface PngHeader extends PixelSize {
  bitDepth: number;
  colourType: number;
  isInterlaced: boolean;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_BYTES = 13;
/** Length and type before a chunk's data, checksum after it. */
const CHUNK_HEAD_BYTES = 8;
const CHUNK_FRAME_BYTES = 12;
/** Real files of 20 MB have some thousands; more is a file made to keep us busy. */
const CHUNKS_MAX = 65_536;
/** Four ASCII letters, the third in upper case: the bit that the specification reserves. */
const CHUNK_TYPE_PATTERN = /^[A-Za-z]{2}[A-Z][A-Za-z]$/;
const CRITICAL_CHUNKS = ["IHDR", "PLTE", "IDAT", "IEND"];
const PALETTE = 3;
/** Colour type → samples a pixel and the bit depths that it may have (table 12 of the specification). */
const COLOUR_TYPES: ReadonlyMap<number, { samples: number; bitDepths: readonly number[] }> = new Map([
  [0, { samples: 1, bitDepths: [1, 2, 4, 8, 16] }],
  [2, { samples: 3, bitDepths: [8, 16] }],
  [PALETTE, { samples: 1, bitDepths: [1, 2, 4, 8] }],
  [4, { samples: 2, bitDepths: [8, 16] }],
  [6, { samples: 4, bitDepths: [8, 16] }],
]);

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** Reads a file that starts with the PNG signature. */
export function parsePng(bytes: Uint8Array): Result<PngLayout, ImageDefect> {
  const chunks = listChunks(bytes);
  if (!chunks.ok) return chunks;
  const header = parseHeader(chunks.value[0]);
  if (header === null) return fail(badStructure("the header (IHDR) is missing or not valid"));
  const problem = findOrderProblem(chunks.value, header);
  if (problem !== null) return fail(badStructure(problem));
  const samples = COLOUR_TYPES.get(header.colourType)?.samples ?? 0;
  return succeed({
    width: header.width,
    height: header.height,
    bitsPerPixel: samples * header.bitDepth,
    isInterlaced: header.isInterlaced,
    compressed: chunks.value.filter((chunk) => chunk.type === "IDAT").map((chunk) => chunk.data),
  });
}

/** All chunks up to IEND, each with a correct checksum, and nothing behind it. */
function listChunks(bytes: Uint8Array): Result<PngChunk[], ImageDefect> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: PngChunk[] = [];
  let at = SIGNATURE.length;
  while (chunks.length < CHUNKS_MAX) {
    if (at + CHUNK_FRAME_BYTES > bytes.length) return fail({ kind: "truncated", format: "png", at });
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + CHUNK_HEAD_BYTES));
    // The type comes first: in a broken file the length is as random as the rest.
    if (!CHUNK_TYPE_PATTERN.test(type)) return fail(badStructure("a chunk type is not four letters"));
    const end = at + CHUNK_FRAME_BYTES + length;
    if (end > bytes.length) return fail({ kind: "truncated", format: "png", at });
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      return fail({ kind: "bad_checksum", format: "png", chunk: type, at });
    }
    chunks.push({ type, data: bytes.subarray(at + CHUNK_HEAD_BYTES, end - 4) });
    at = end;
    if (type !== "IEND") continue;
    const rest = bytes.length - at;
    return rest === 0 ? succeed(chunks) : fail({ kind: "trailing_bytes", format: "png", bytes: rest });
  }
  return fail(badStructure(`more than ${CHUNKS_MAX} chunks`));
}

function parseHeader(chunk: PngChunk | undefined): PngHeader | null {
  if (chunk?.type !== "IHDR" || chunk.data.length !== HEADER_BYTES) return null;
  const view = new DataView(chunk.data.buffer, chunk.data.byteOffset, HEADER_BYTES);
  const bitDepth = view.getUint8(8);
  const colourType = view.getUint8(9);
  const compression = view.getUint8(10);
  const filter = view.getUint8(11);
  const interlace = view.getUint8(12);
  if (!COLOUR_TYPES.get(colourType)?.bitDepths.includes(bitDepth)) return null;
  if (compression !== 0 || filter !== 0 || interlace > 1) return null;
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    bitDepth,
    colourType,
    isInterlaced: interlace === 1,
  };
}

function findOrderProblem(chunks: PngChunk[], header: PngHeader): string | null {
  const types = chunks.map((chunk) => chunk.type);
  const unknown = types.find((type) => /^[A-Z]/.test(type) && !CRITICAL_CHUNKS.includes(type));
  if (unknown !== undefined) return `unknown critical chunk ${unknown}`;
  if (types.lastIndexOf("IHDR") !== 0) return "more than one header (IHDR)";
  if (types.includes("acTL")) return "animated";
  if (chunks.at(-1)?.data.length !== 0) return "the end (IEND) carries data";
  const firstData = types.indexOf("IDAT");
  if (firstData === -1) return "no pixel data (IDAT)";
  const dataCount = types.filter((type) => type === "IDAT").length;
  if (types.lastIndexOf("IDAT") - firstData + 1 !== dataCount) return "pixel data (IDAT) is not consecutive";
  return findPaletteProblem(chunks, types.indexOf("PLTE"), firstData, header);
}

function findPaletteProblem(
  chunks: PngChunk[],
  paletteIndex: number,
  firstDataIndex: number,
  header: PngHeader,
): string | null {
  const palette = chunks[paletteIndex];
  if (palette === undefined) return header.colourType === PALETTE ? "the palette (PLTE) is missing" : null;
  if (header.colourType === 0 || header.colourType === 4) return "a grey picture has a palette (PLTE)";
  if (paletteIndex > firstDataIndex) return "the palette (PLTE) comes after the pixel data";
  if (chunks.filter((chunk) => chunk.type === "PLTE").length > 1) return "more than one palette (PLTE)";
  const coloursMax = header.colourType === PALETTE ? 2 ** header.bitDepth : 256;
  const colours = palette.data.length / 3;
  const isSized = Number.isInteger(colours) && colours >= 1 && colours <= coloursMax;
  return isSized ? null : "the palette (PLTE) has a wrong length";
}

function badStructure(reason: string): ImageDefect {
  return { kind: "bad_structure", format: "png", reason };
}
