import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  type Canvas,
  createCanvas,
  fillPath,
  type Path,
  solid,
} from "../../../../dev/ideogram/pictures/canvas.ts";
import { encodeJpeg } from "../../../../dev/ideogram/pictures/jpeg.ts";
import {
  breakEvenly,
  type LineStyle,
  measureLine,
  paintLine,
} from "../../../../dev/ideogram/pictures/lettering.ts";
import { bar, disc, ring } from "../../../../dev/ideogram/pictures/outlines.ts";
import { encodePng } from "../../../../dev/ideogram/pictures/png.ts";
import { paintPoster } from "../../../../dev/ideogram/pictures/poster.ts";
import { encodeWebp } from "../../../../dev/ideogram/pictures/webp.ts";
import { findWording } from "../../../../dev/ideogram/pictures/wording.ts";
import { readPng } from "./read-png.ts";

const ORDER = { prompt: "A birthday party", seed: 3, width: 256, height: 192 };
const STYLE: LineStyle = { capHeight: 40, weight: 0.15, tracking: 0.1 };

/** Share of pixels in which two pictures of one size differ. */
function compare(a: Canvas, b: Canvas): number {
  let different = 0;
  for (let i = 0; i < a.pixels.length; i += 3) {
    const same = [0, 1, 2].every((channel) => a.pixels[i + channel] === b.pixels[i + channel]);
    if (!same) different++;
  }
  return different / (a.width * a.height);
}

describe("paintPoster", () => {
  it("gives the same bytes for the same prompt, seed and size", async () => {
    const [first, second] = [await encodePng(paintPoster(ORDER)), await encodePng(paintPoster(ORDER))];
    expect(first).toEqual(second);
  });

  it("looks different for another seed and for another prompt", () => {
    const original = paintPoster(ORDER);
    expect(compare(original, paintPoster({ ...ORDER, seed: 4 }))).toBeGreaterThan(0.3);
    expect(compare(original, paintPoster({ ...ORDER, prompt: "A jazz concert" }))).toBeGreaterThan(0.3);
  });

  it.each(["birthday", "wedding", "concert", "picnic", "conference", "christmas"])(
    "fills the whole canvas for a %s",
    (prompt) => {
      const canvas = paintPoster({ ...ORDER, prompt });
      const colours = new Set<number>();
      for (let i = 0; i < canvas.pixels.length; i += 3)
        colours.add(
          ((canvas.pixels[i] ?? 0) << 16) | ((canvas.pixels[i + 1] ?? 0) << 8) | (canvas.pixels[i + 2] ?? 0),
        );
      expect(colours.size).toBeGreaterThan(500);
      expect(canvas.pixels.length).toBe(256 * 192 * 3);
    },
  );

  it("weighs what a picture weighs", async () => {
    const bytes = await encodePng(paintPoster({ prompt: "concert", seed: 1, width: 1024, height: 1024 }));
    expect(bytes.length).toBeGreaterThan(50_000);
    expect(bytes.length).toBeLessThan(2_000_000);
  });
});

describe("the other formats", () => {
  it.each([
    ["image/webp", encodeWebp],
    ["image/jpeg", encodeJpeg],
  ] as const)("%s decodes to the same picture", async (_, encode) => {
    const canvas = paintPoster({ ...ORDER, width: 203, height: 131 });
    const decoded = await readPixels(encode(canvas));
    const error = canvas.pixels.reduce((sum, value, i) => sum + Math.abs(value - (decoded[i] ?? 0)), 0);
    expect(error / canvas.pixels.length).toBeLessThan(encode === encodeWebp ? 0.001 : 4);
  });

  it.each([encodeWebp, encodeJpeg])("%o takes a picture of one colour", async (encode) => {
    const decoded = await readPixels(encode(createCanvas(20, 10)));
    expect(decoded.every((value) => value < 3)).toBe(true);
  });

  /** What the platform's own decoder sees. */
  async function readPixels(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const body = new Response(bytes).body;
    if (body === null) throw new Error("No bytes");
    const output = await env.IMAGES.input(body).output({ format: "image/png" });
    return (await readPng(new Uint8Array(await output.response().arrayBuffer()))).pixels;
  }
});

describe("findWording", () => {
  it.each([
    ['A flyer with the text "Summer Ball"', ["Summer Ball"]],
    ['Text: "Summer Ball" and "8 May, 7 pm"', ["Summer Ball", "8 May, 7 pm"]],
    ["The words “José & Zoë\nSaturday” in gold", ["José & Zoë", "Saturday"]],
    ["Create a poster for a rustic wedding in spring, with flowers", ["Rustic Wedding Spring"]],
    ["[[sim:429:2]] a picnic", ["Picnic"]],
    ['{"elements":[{"type":"text","text":"Hello \\"you\\"","desc":"title"}]}', ['Hello "you"']],
    ["", ["Eventide"]],
  ])("finds in %j the lines %o", (prompt, lines) => {
    expect(findWording(prompt)).toEqual(lines);
  });

  it("is bounded", () => {
    const lines = findWording(
      `"${Array.from({ length: 50 }, () => "a long line of words".repeat(4)).join("\n")}"`,
    );
    expect(lines.length).toBeLessThanOrEqual(9);
    expect(lines.join("").length).toBeLessThanOrEqual(400);
  });

  it("reads a prompt that only looks like JSON", () => {
    expect(findWording('{"text": 5, "a picnic')).toHaveLength(1);
  });
});

describe("lettering", () => {
  it("paints ink where the letters are, and only there", () => {
    const canvas = createCanvas(400, 80);
    paintLine(canvas, "Hello", 20, 20, STYLE, [255, 255, 255]);
    const width = measureLine("Hello", STYLE);
    const inked = [...columnsWithInk(canvas)];
    expect(Math.min(...inked)).toBeCloseTo(20, -1);
    expect(Math.max(...inked)).toBeCloseTo(20 + width, -1);
  });

  it("draws accents, and something for characters that it does not have", () => {
    const plain = measureInk("Jose");
    expect(measureInk("José")).toBeGreaterThan(plain);
    expect(measureInk("漢")).toBeGreaterThan(0);
  });

  it("breaks lines within the width, as few and as even as possible", () => {
    const lines = breakEvenly("Merry Christmas from all of us", 500, STYLE);
    for (const line of lines) expect(measureLine(line, STYLE)).toBeLessThanOrEqual(500);
    const [first = "", second = ""] = lines;
    expect(lines).toHaveLength(2);
    expect(Math.abs(first.length - second.length)).toBeLessThan(8);
  });

  it("gives a word that is too wide its own line", () => {
    expect(breakEvenly("a Donaudampfschifffahrt b", 60, STYLE)).toEqual(["a", "Donaudampfschifffahrt", "b"]);
  });

  function measureInk(text: string): number {
    const canvas = createCanvas(300, 100);
    paintLine(canvas, text, 10, 40, STYLE, [255, 255, 255]);
    return canvas.pixels.reduce((sum, value) => sum + value, 0);
  }
});

describe("fillPath", () => {
  it("covers the exact area of a shape, also at its edges", () => {
    expect(measureArea([[10.25, 10.5, 20.75, 10.5, 20.75, 30, 10.25, 30]])).toBeCloseTo(10.5 * 19.5, 0);
    // A disc is a polygon of some thirty sides, a little smaller than the circle.
    expect(measureArea([disc(50, 50, 20)]) / (Math.PI * 400)).toBeCloseTo(0.993, 2);
    expect(measureArea(ring(50, 50, 20, 5))).toBeCloseTo(Math.PI * (400 - 225), -1);
    expect(measureArea([bar(50, 50, 40, 10, 0.7)])).toBeCloseTo(400, -1);
  });

  it("cuts off what lies outside the canvas", () => {
    expect(measureArea([[-50, -50, 50, -50, 50, 50, -50, 50]])).toBeCloseTo(2_500, 0);
    expect(measureArea([[200, 200, 300, 200, 300, 300]])).toBe(0);
    expect(measureArea([])).toBe(0);
  });

  function measureArea(path: Path): number {
    const canvas = createCanvas(100, 100);
    fillPath(canvas, path, solid([255, 255, 255]));
    return canvas.pixels.reduce((sum, value) => sum + value, 0) / 3 / 255;
  }
});

function columnsWithInk({ width, pixels }: Canvas): Set<number> {
  const columns = new Set<number>();
  for (const [i, value] of pixels.entries()) if (value > 128) columns.add(Math.floor(i / 3) % width);
  return columns;
}
