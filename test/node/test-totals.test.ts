import { describe, expect, it } from "vitest";
import { addTotals, formatTotals, parseTotals } from "../../scripts/test-totals.ts";

function buildReport(files: { status: string; tests: number }[], passed: number, failed: number): string {
  return JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    testResults: files.map(({ status, tests }) => ({ status, assertionResults: Array(tests).fill({}) })),
  });
}

describe("parseTotals", () => {
  it("takes the numbers of the report", () => {
    expect(parseTotals(buildReport([{ status: "failed", tests: 4 }], 3, 1))).toEqual({
      passed: 3,
      failed: 1,
    });
  });

  it("counts a file that broke before its first test as a failure", () => {
    const report = buildReport(
      [
        { status: "passed", tests: 2 },
        { status: "failed", tests: 0 },
      ],
      2,
      0,
    );
    expect(parseTotals(report)).toEqual({ passed: 2, failed: 1 });
  });

  it("throws when the report is not vitest's", () => {
    expect(() => parseTotals("{}")).toThrow();
  });
});

describe("addTotals", () => {
  it("adds both numbers", () => {
    expect(addTotals({ passed: 1, failed: 2 }, { passed: 3, failed: 4 })).toEqual({ passed: 4, failed: 6 });
  });
});

describe("formatTotals", () => {
  it("is the last line of npm test", () => {
    expect(formatTotals({ passed: 12, failed: 3 })).toBe("12 passed, 3 failed");
  });
});
