import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PICTURES_MAX, SEED_MAX } from "../../src/generations/limits.ts";
import { buildPictures, priceOf } from "../../src/generations/price.ts";
import { arbitraryBody, getBrief } from "./briefs.ts";

const MODEL = "ideogram-4-5";
const BBQ = { eventType: "bbq", shapes: ["5:7", "1:1"] };

describe("priceOf", () => {
  it("costs one credit a picture at standard quality and two at high", () => {
    expect(priceOf(getBrief({ ...BBQ, count: 3 }), MODEL).cost).toBe(6);
    expect(priceOf(getBrief({ ...BBQ, count: 3, quality: "high" }), MODEL).cost).toBe(12);
  });

  it("lists one row a picture, shape by shape, with the size that will be stored", () => {
    const { pictures } = priceOf(getBrief({ ...BBQ, count: 2 }), MODEL);
    expect(pictures.map(({ position, shape, width, height }) => [position, shape, width, height])).toEqual([
      [0, "5:7", 820, 1148],
      [1, "5:7", 820, 1148],
      [2, "1:1", 1024, 1024],
      [3, "1:1", 1024, 1024],
    ]);
  });

  it("is the sum of its pictures, which are shapes times count, for any brief", () => {
    fc.assert(
      fc.property(arbitraryBody, (body) => {
        const brief = getBrief(body);
        const { cost, pictures } = priceOf(brief, MODEL);
        expect(pictures).toHaveLength(brief.shapes.length * brief.count);
        expect(pictures.length).toBeLessThanOrEqual(PICTURES_MAX);
        expect(cost).toBe(pictures.length * (brief.quality === "high" ? 2 : 1));
        expect(pictures.map(({ position }) => position)).toEqual(pictures.map((_, index) => index));
      }),
    );
  });
});

describe("buildPictures", () => {
  it("names what the provider is asked for", () => {
    expect(buildPictures(getBrief({ ...BBQ, shapes: ["16:9"], quality: "high" }), "ideogram-4")).toEqual([
      {
        position: 0,
        shape: "16:9",
        model: "ideogram-4",
        width: 2560,
        height: 1440,
        providerSize: "2560x1440",
        cost: 2,
        seed: null,
      },
    ]);
  });

  it("counts a fixed seed up for repeats of a shape and wraps at the largest", () => {
    const seeds = buildPictures(getBrief({ ...BBQ, count: 3, seed: SEED_MAX - 1 }), MODEL).map(
      ({ seed }) => seed,
    );
    expect(seeds).toEqual([SEED_MAX - 1, SEED_MAX, 0, SEED_MAX - 1, SEED_MAX, 0]);
  });

  it("makes no two equal requests when a seed is fixed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SEED_MAX }), fc.integer({ min: 1, max: 4 }), (seed, count) => {
        const pictures = buildPictures(getBrief({ ...BBQ, seed, count }), MODEL);
        expect(new Set(pictures.map((picture) => `${picture.shape} ${picture.seed}`)).size).toBe(
          pictures.length,
        );
      }),
    );
  });
});
