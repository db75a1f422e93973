import { describe, expect, it } from "vitest";
import { validateImage } from "../../src/r2/validate-image.ts";
import { concat, encodeWith, noise, patch, progressiveJpeg } from "./fixtures.ts";

interface Segment {
  marker: number;
  payload: Uint8Array;
}

const SOF = 0xc0;
const SOF_PROGRESSIVE = 0xc2;
const DHT = 0xc4;
const SOS = 0xda;
const DQT = 0xdb;
const COMMENT = 0xfe;
const END = Uint8Array.of(0xff, 0xd9);

const jpeg = await encodeWith("jpeg");
const scan = jpeg.subarray(joinSegments(splitSegments(jpeg)).length, -2);
/** A long comment leads, so that no file of these tests is refused for being too small. */
const segments = [{ marker: COMMENT, payload: noise(600, 9) }, ...splitSegments(jpeg)];
const frame = segments.find((segment) => segment.marker === SOF);
const scanHeader = segments.find((segment) => segment.marker === SOS);
if (frame === undefined || scanHeader === undefined) throw new Error("the fixture lacks a segment");
const tables = segments.filter((segment) => segment !== frame && segment !== scanHeader);

/** The segments from the start of a baseline file to its scan header. */
function splitSegments(bytes: Uint8Array): Segment[] {
  const found: Segment[] = [];
  for (let at = 2; found.at(-1)?.marker !== SOS; ) {
    const end = at + 2 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(at + 2);
    found.push({ marker: bytes[at + 1] ?? 0, payload: bytes.subarray(at + 4, end) });
    at = end;
  }
  return found;
}

function joinSegments(parts: Segment[]): Uint8Array {
  const encoded = parts.map(({ marker, payload }) => {
    const length = payload.length + 2;
    return concat([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), payload]);
  });
  return concat([Uint8Array.of(0xff, 0xd8), ...encoded]);
}

function build(parts: Segment[], data: Uint8Array = scan): Uint8Array {
  return concat([joinSegments(parts), data, END]);
}

function withFrame(at: number, values: number[]): Uint8Array {
  return build([
    ...tables,
    { marker: SOF, payload: patch(frame?.payload ?? END, at, values) },
    lastSegment(),
  ]);
}

function lastSegment(): Segment {
  if (scanHeader === undefined) throw new Error("the fixture lacks a scan header");
  return scanHeader;
}

async function outcomeOf(bytes: Uint8Array): Promise<string> {
  const result = await validateImage(bytes);
  if (result.ok) return "ok";
  return result.error.kind === "bad_structure" ? result.error.reason : result.error.kind;
}

describe("a JPEG is accepted", () => {
  it.each([
    ["as the encoder made it", build(segments)],
    ["with its tables in another order", build([...tables.toReversed(), frame, scanHeader])],
    ["with a comment", build([{ marker: COMMENT, payload: noise(50, 1) }, ...segments])],
    [
      "with fill bytes before a marker",
      concat([joinSegments(segments), scan, Uint8Array.of(0xff, 0xff), END]),
    ],
    ["with restart markers in its scan", build(segments, concat([scan, Uint8Array.of(0xff, 0xd0), scan]))],
    [
      "with a scan for each component",
      concat([
        joinSegments([...tables, frame]),
        ...[1, 2, 3].flatMap((component) => [scanOf(component), scan]),
        END,
      ]),
    ],
    [
      "with a small picture in its metadata",
      build([{ marker: 0xe1, payload: progressiveJpeg() }, ...segments]),
    ],
  ])("%s", async (_, bytes) => {
    expect(await outcomeOf(bytes)).toBe("ok");
  });
});

describe("a JPEG is refused", () => {
  const badFrame = "the frame header is not valid";
  const badScan = "the scan header is not valid";
  it.each([
    ["without a frame", build([...tables, scanHeader]), "a scan before the frame header"],
    ["with two frames", build([frame, ...segments]), "more than one frame"],
    ["with a frame of 12 bits a sample", withFrame(0, [12]), badFrame],
    ["with two components", withFrame(5, [2]), badFrame],
    ["with more components than its frame lists", withFrame(5, [4]), badFrame],
    ["with a sampling factor of 0", withFrame(7, [0x01]), badFrame],
    ["with a sampling factor of 5", withFrame(7, [0x15]), badFrame],
    ["with no width", withFrame(3, [0, 0]), "bad_dimensions"],
    ["with its height left for later", withFrame(1, [0, 0]), "bad_dimensions"],
    ["that is lossless", build([{ ...frame, marker: 0xc3 }, ...tables, scanHeader]), "browsers"],
    ["that is arithmetic-coded", build([{ ...frame, marker: 0xc9 }, ...tables, scanHeader]), "browsers"],
    ["without quantisation", build(segments.filter((s) => s.marker !== DQT)), "without its tables"],
    ["without Huffman codes", build(segments.filter((s) => s.marker !== DHT)), "without its tables"],
    ["with a scan of 0 components", build([...tables, frame, badScanHeader([0, 0, 63, 0])]), badScan],
    ["with a scan of 5 components", build([...tables, frame, badScanHeader([5, ...noise(13, 1)])]), badScan],
    ["with a scan header cut short", build([...tables, frame, badScanHeader([3, 1, 0])]), badScan],
    [
      "that ends before its last component",
      concat([joinSegments([...tables, frame]), scanOf(1), scan, scanOf(2), scan, END]),
      "a colour component is never scanned",
    ],
    [
      "with a scan of something else than its components",
      concat([joinSegments([...tables, frame]), scanOf(9), scan, END]),
      "a component that the frame lacks",
    ],
    ["without a scan", build([...tables, frame], new Uint8Array(0)), "no picture before the end marker"],
    ["with an empty scan", build(segments, new Uint8Array(0)), "no picture before the end marker"],
    ["without an end", concat([joinSegments(segments), scan]), "truncated"],
    ["that ends inside a marker", concat([joinSegments(segments), scan, Uint8Array.of(0xff)]), "truncated"],
    ["with zeros behind its end", concat([build(segments), new Uint8Array(9)]), "trailing_bytes"],
    ["with bytes between segments", concat([joinSegments(tables), noise(99, 1), END]), "bytes between"],
    [
      "with a restart outside a scan",
      build([{ marker: 0xd1, payload: noise(4, 1) }, ...segments]),
      "wrong place",
    ],
    ["with a second start", build([{ marker: 0xd8, payload: noise(4, 1) }, ...segments]), "wrong place"],
    ["with a segment longer than the file", patch(jpeg, 4, [0xff, 0xff]), "truncated"],
    [
      "in more segments than a real file has",
      build([...Array.from({ length: 4_096 }, () => ({ marker: COMMENT, payload: END })), ...segments]),
      "more than 4096 segments",
    ],
  ])("%s", async (_, bytes, reason) => {
    expect(await outcomeOf(bytes)).toContain(reason);
  });

  it.each([
    ["baseline", SOF, 4_096 * 2 * 3],
    ["progressive", SOF_PROGRESSIVE, 4_096 * 3],
  ])("when its %s scan has fewer bits than it has blocks", async (_, marker, bits) => {
    // 512 × 512 in three full components: 4,096 blocks each, and the scan of a picture of 96 × 64.
    const payload = Uint8Array.of(8, 2, 0, 2, 0, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1);
    const least = bits / 8;
    const bytes = (length: number) => build([...tables, { marker, payload }, lastSegment()], plain(length));
    expect(await validateImage(bytes(least - 1))).toEqual({
      ok: false,
      error: { kind: "wrong_pixels", format: "jpeg", foundBytes: least - 1, expectedBytes: least },
    });
    expect(await outcomeOf(bytes(least))).toBe("ok");
  });

  it("when its second half was cut off and an end pasted on, if that leaves too little", async () => {
    const whole = await encodeWith("jpeg", { width: 1_024, height: 1_024 });
    expect(await outcomeOf(concat([whole.subarray(0, 4_000), END]))).toBe("wrong_pixels");
  });
});

/** The header of a scan that carries one component alone. */
function scanOf(component: number): Uint8Array {
  return Uint8Array.of(0xff, SOS, 0, 8, 1, component, 0, 0, 63, 0);
}

function badScanHeader(payload: number[]): Segment {
  return { marker: SOS, payload: Uint8Array.from(payload) };
}

/** Entropy-coded bytes without a marker among them. */
function plain(length: number): Uint8Array {
  return new Uint8Array(length).fill(0x55);
}
