import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QUALITIES, SHAPES } from "../../src/generations/catalogue.ts";
import { buildLargestCrop, getPictureSize } from "../../src/generations/shapes.ts";
import { findCapabilities, listModels } from "../../src/ideogram/capabilities.ts";

const CASES = listModels().flatMap((model) =>
  SHAPES.flatMap((shape) => QUALITIES.map((quality) => ({ model, shape, quality }))),
);

describe("getPictureSize", () => {
  it.each(CASES)("asks $model for a preset and stores $shape.key exactly, at $quality.key", (given) => {
    const size = getPictureSize(given.shape.key, given.quality.key, given.model);
    expect(findCapabilities(given.model)?.sizes).toContain(size.providerSize);
    const [across, down] = given.shape.ratio;
    expect(size.width * down).toBe(size.height * across);
    const [providerWidth = 0, providerHeight = 0] = size.providerSize.split("x").map(Number);
    expect(size.width).toBeLessThanOrEqual(providerWidth);
    expect(size.height).toBeLessThanOrEqual(providerHeight);
  });

  it("crops nothing but 5:7 on the models that have every other ratio", () => {
    const cropped = CASES.filter(({ model, shape, quality }) => {
      const size = getPictureSize(shape.key, quality.key, model);
      return model !== "ideogram-3" && size.providerSize !== `${size.width}x${size.height}`;
    });
    expect(new Set(cropped.map(({ shape }) => shape.key))).toEqual(new Set(["5:7"]));
  });

  it("crops a greeting card from 3:4, at standard and at high quality", () => {
    expect(getPictureSize("5:7", "standard", "ideogram-4-5")).toEqual({
      width: 820,
      height: 1148,
      providerSize: "864x1152",
    });
    expect(getPictureSize("5:7", "high", "ideogram-4-5")).toEqual({
      width: 1645,
      height: 2303,
      providerSize: "1728x2304",
    });
  });

  it("throws when the model is unknown", () => {
    expect(() => getPictureSize("1:1", "standard", "ideogram-9")).toThrow("ideogram-9");
  });
});

describe("buildLargestCrop", () => {
  it("fits, has the exact ratio, and no larger one does", () => {
    const side = fc.integer({ min: 16, max: 4096 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(...SHAPES), (width, height, { ratio }) => {
        const crop = buildLargestCrop({ width, height }, ratio);
        expect(crop.width * ratio[1]).toBe(crop.height * ratio[0]);
        expect(crop.width <= width && crop.height <= height).toBe(true);
        expect(crop.width + ratio[0] > width || crop.height + ratio[1] > height).toBe(true);
      }),
    );
  });
});
