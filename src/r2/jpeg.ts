/**
 * The structure of a JPEG file (ITU-T T.81): every marker from start to end of image, one frame, its scans.
 * JPEG has no checksums, so this proves that the file is complete, not that each pixel is right.
 * It refuses what browsers don't show: lossless, hierarchical and arithmetic-coded frames, 12-bit samples.
 */
import { fail, type Result, succeed } from "../result.ts";
import type { ImageDefect, PixelSize } from "./image-facts.ts";

interface JpegFrame extends PixelSize {
  /** The identifiers of the colour components, each of which has to be scanned. */
  components: readonly number[];
  /** The fewest bytes in which a Huffman coder could put this many blocks. */
  scanBytesMin: number;
}

/** What was met so far; the walk fills it. */
interface JpegProgress {
  frame: JpegFrame | null;
  hasQuantisation: boolean;
  hasHuffman: boolean;
  scanned: Set<number>;
  scanBytes: number;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DHT = 0xc4;
const SOF_BASELINE = 0xc0;
const SOF_EXTENDED = 0xc1;
const SOF_PROGRESSIVE = 0xc2;
/** The rest of C0–CF: lossless, hierarchical and arithmetic-coded frames, and what belongs to them. */
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf];
const RST_FIRST = 0xd0;
const RST_LAST = 0xd7;
const SAMPLE_BITS = 8;
const BLOCK_PIXELS = 8;
const COMPONENT_COUNTS = [1, 3, 4];
const SAMPLING_FACTOR_MAX = 4;
/** Progressive files have some tens, large colour profiles up to 255. */
const SEGMENTS_MAX = 4_096;

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff;
}

/** Reads a file that starts with the JPEG start-of-image marker. */
export function parseJpeg(bytes: Uint8Array): Result<PixelSize, ImageDefect> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const progress: JpegProgress = {
    frame: null,
    hasQuantisation: false,
    hasHuffman: false,
    scanned: new Set(),
    scanBytes: 0,
  };
  let at = 2;
  for (let segment = 0; segment < SEGMENTS_MAX; segment++) {
    if (at < bytes.length && bytes[at] !== 0xff) return fail(badStructure("bytes between two segments"));
    // A marker may be led by any number of fill bytes (B.1.1.2).
    while (bytes[at + 1] === 0xff) at += 1;
    const marker = bytes[at + 1];
    if (marker === undefined) return fail({ kind: "truncated", format: "jpeg", at });
    if (marker === EOI) return finish(progress, bytes.length - (at + 2));
    if (at + 4 > bytes.length) return fail({ kind: "truncated", format: "jpeg", at });
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) return fail({ kind: "truncated", format: "jpeg", at });
    const problem = readSegment(marker, bytes.subarray(at + 4, end), progress);
    if (problem !== null) return fail(badStructure(problem));
    at = end;
    if (marker !== SOS) continue;
    at = findScanEnd(bytes, end);
    progress.scanBytes += at - end;
  }
  return fail(badStructure(`more than ${SEGMENTS_MAX} segments`));
}

/** Takes what matters from one segment; the sentence says what is wrong with it. */
function readSegment(marker: number, payload: Uint8Array, progress: JpegProgress): string | null {
  switch (marker) {
    case SOF_BASELINE:
    case SOF_EXTENDED:
    case SOF_PROGRESSIVE:
      if (progress.frame !== null) return "more than one frame";
      progress.frame = parseFrame(payload, marker === SOF_PROGRESSIVE ? 1 : 2);
      return progress.frame === null ? "the frame header is not valid" : null;
    case DQT:
      progress.hasQuantisation = true;
      return null;
    case DHT:
      progress.hasHuffman = true;
      return null;
    case SOS:
      return readScanHeader(payload, progress);
    default:
      if (OTHER_FRAMES.includes(marker)) return "a kind of frame that browsers don't show";
      // Restart markers live inside scans only; 00 and 01 announce no segment.
      return marker <= 0x01 || (marker >= RST_FIRST && marker <= SOI) ? "a marker in a wrong place" : null;
  }
}

/**
 * `blockBitsMin`: a Huffman code has at least one bit. A baseline block has a DC and an AC code; in a
 * progressive file only the DC code is sure, since one code can end the AC part of many blocks.
 */
function parseFrame(payload: Uint8Array, blockBitsMin: number): JpegFrame | null {
  const count = payload[5] ?? 0;
  if (payload[0] !== SAMPLE_BITS || !COMPONENT_COUNTS.includes(count)) return null;
  if (payload.length !== 6 + 3 * count) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const [height, width] = [view.getUint16(1), view.getUint16(3)];
  const factors = Array.from({ length: count }, (_, i) => {
    const packed = view.getUint8(7 + 3 * i);
    return { across: packed >> 4, down: packed & 0x0f };
  });
  if (factors.some(({ across, down }) => !isSamplingFactor(across) || !isSamplingFactor(down))) return null;
  const acrossMax = Math.max(...factors.map((factor) => factor.across));
  const downMax = Math.max(...factors.map((factor) => factor.down));
  const blocks = factors.reduce((sum, { across, down }) => {
    const columns = Math.ceil((width * across) / acrossMax / BLOCK_PIXELS);
    return sum + columns * Math.ceil((height * down) / downMax / BLOCK_PIXELS);
  }, 0);
  const components = factors.map((_, i) => view.getUint8(6 + 3 * i));
  return { width, height, components, scanBytesMin: Math.ceil((blocks * blockBitsMin) / 8) };
}

function isSamplingFactor(factor: number): boolean {
  return factor >= 1 && factor <= SAMPLING_FACTOR_MAX;
}

/** Notes which components the scan carries. */
function readScanHeader(payload: Uint8Array, progress: JpegProgress): string | null {
  const { frame } = progress;
  const count = payload[0] ?? 0;
  if (frame === null) return "a scan before the frame header";
  if (!progress.hasQuantisation || !progress.hasHuffman) return "a scan without its tables";
  if (count < 1 || count > 4 || payload.length !== 4 + 2 * count) return "the scan header is not valid";
  for (let i = 0; i < count; i++) {
    const component = payload[1 + 2 * i] ?? 0;
    if (!frame.components.includes(component)) return "a scan of a component that the frame lacks";
    progress.scanned.add(component);
  }
  return null;
}

/** The offset of the first marker behind entropy-coded data; stuffed FF00 and restart markers belong to it. */
function findScanEnd(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(0xff, start);
  while (at !== -1) {
    const next = bytes[at + 1] ?? 0xff;
    const belongsToScan = next === 0x00 || (next >= RST_FIRST && next <= RST_LAST);
    if (!belongsToScan) return at;
    at = bytes.indexOf(0xff, at + 2);
  }
  return bytes.length;
}

function finish({ frame, scanned, scanBytes }: JpegProgress, rest: number): Result<PixelSize, ImageDefect> {
  if (frame === null || scanBytes === 0) return fail(badStructure("no picture before the end marker"));
  if (rest > 0) return fail({ kind: "trailing_bytes", format: "jpeg", bytes: rest });
  if (frame.components.some((component) => !scanned.has(component))) {
    return fail(badStructure("a colour component is never scanned"));
  }
  if (scanBytes < frame.scanBytesMin) {
    return fail({
      kind: "wrong_pixels",
      format: "jpeg",
      foundBytes: scanBytes,
      expectedBytes: frame.scanBytesMin,
    });
  }
  return succeed({ width: frame.width, height: frame.height });
}

function badStructure(reason: string): ImageDefect {
  return { kind: "bad_structure", format: "jpeg", reason };
}
