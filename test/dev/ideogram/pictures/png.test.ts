import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCanvas, fillPath, solid } from "../../../../dev/ideogram/pictures/canvas.ts";
import { crc32, encodePng } from "../../../../dev/ideogram/pictures/png.ts";
import { paintPoster } from "../../../../dev/ideogram/pictures/poster.ts";
import { readPng } from "./read-png.ts";

describe("encodePng", () => {
  it("agrees with the published checksum of the digits 123456789", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  it("writes header, pixels and end, and the pixels come back", async () => {
    const canvas = createCanvas(37, 21);
    fillPath(canvas, [[3, 3, 30, 5, 12, 19]], solid([200, 120, 40]));
    const decoded = await readPng(await encodePng(canvas));
    expect(decoded).toEqual({
      width: 37,
      height: 21,
      chunkTypes: ["IHDR", "IDAT", "IEND"],
      pixels: canvas.pixels,
    });
  });

  it("splits a large picture into several data chunks", async () => {
    const canvas = createCanvas(400, 400);
    crypto.getRandomValues(canvas.pixels.subarray(0, 65_536));
    for (let at = 65_536; at < canvas.pixels.length; at += 65_536)
      crypto.getRandomValues(canvas.pixels.subarray(at, at + 65_536));
    const decoded = await readPng(await encodePng(canvas));
    expect(decoded.chunkTypes).toEqual(["IHDR", "IDAT", "IDAT", "IEND"]);
    expect(decoded.pixels).toEqual(canvas.pixels);
  });

  it("gives exactly the asked number of pixels for any size, prompt and seed", async () => {
    const side = fc.integer({ min: 1, max: 160 });
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        fc.string({ unit: "grapheme" }),
        fc.nat(),
        async (width, height, prompt, seed) => {
          const canvas = paintPoster({ prompt, seed, width, height });
          expect(await readPng(await encodePng(canvas))).toMatchObject({ width, height });
        },
      ),
      { numRuns: 25 },
    );
  });
});
