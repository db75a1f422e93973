import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRetryAfter, RETRY_AFTER_MAX_SECONDS } from "../../src/ideogram/retry-after.ts";

const NOW = Date.parse("2026-11-22T08:00:00Z");

describe("parseRetryAfter", () => {
  it.each([
    ["7", 7],
    [" 7 ", 7],
    ["0", 1],
    ["99999999999999999999", 120],
    ["Sun, 22 Nov 2026 08:00:30 GMT", 30],
    ["Sunday, 22-Nov-26 08:00:30 GMT", 30],
    ["Sun, 22 Nov 2026 07:00:00 GMT", 1],
    ["Sun, 22 Nov 2026 12:00:00 GMT", 120],
  ])("waits for %j as long as it asks, within the bounds", (header, seconds) => {
    expect(parseRetryAfter(header, NOW)).toBe(seconds);
  });

  it("rounds up, so that the provider isn't asked a moment too early", () => {
    expect(parseRetryAfter("Sun, 22 Nov 2026 08:00:30 GMT", NOW + 500)).toBe(30);
  });

  it.each([null, "", "soon", "-5", "1.5", "2026-11-22", "Sun, 99 Foo 2026 08:00:30 GMT"])(
    "knows no wait for %j",
    (header) => {
      expect(parseRetryAfter(header, NOW)).toBeNull();
    },
  );

  it("is a bounded whole number or null for any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((at) => at.toUTCString()),
        ),
        (header) => {
          const seconds = parseRetryAfter(header, NOW) ?? 1;
          expect(Number.isInteger(seconds)).toBe(true);
          expect(seconds).toBeGreaterThanOrEqual(1);
          expect(seconds).toBeLessThanOrEqual(RETRY_AFTER_MAX_SECONDS);
        },
      ),
    );
  });
});
