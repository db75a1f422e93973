import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapMedian, median } from "../../bench/statistics.ts";

const ratios = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 60 });

describe("median", () => {
  it("is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it("leaves the order of its values alone", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("refuses to make one up from nothing", () => {
    expect(() => median([])).toThrow("no values");
  });
});

describe("bootstrapMedian", () => {
  it("gives an interval around the median, within the values", () => {
    fc.assert(
      fc.property(ratios, (values) => {
        const interval = bootstrapMedian(values);
        expect(interval.median).toBe(median(values));
        expect(interval.low).toBeLessThanOrEqual(interval.median);
        expect(interval.high).toBeGreaterThanOrEqual(interval.median);
        expect(interval.low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(interval.high).toBeLessThanOrEqual(Math.max(...values));
      }),
      { numRuns: 30 },
    );
  });

  it("gives the same interval for the same values", () => {
    const values = [1.1, 0.9, 1.3, 1, 1.2, 0.8, 1.05];
    expect(bootstrapMedian(values)).toEqual(bootstrapMedian(values));
  });

  it("is narrow where the values agree, and wide where they don't", () => {
    const widthOf = (values: number[]) => {
      const { low, high } = bootstrapMedian(values);
      return high - low;
    };
    const agreeing = Array.from({ length: 40 }, (_, i) => 1 + (i % 5) / 100);
    const disagreeing = Array.from({ length: 40 }, (_, i) => 1 + (i % 5) / 2);
    expect(widthOf(agreeing)).toBeLessThan(0.03);
    expect(widthOf(disagreeing)).toBeGreaterThan(widthOf(agreeing));
  });
});
