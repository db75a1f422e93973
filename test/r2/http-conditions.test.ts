import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesIfNoneMatch, matchesIfRange, parseRange } from "../../src/r2/http-conditions.ts";

const WHOLE = { kind: "whole" };
const UNSATISFIABLE = { kind: "unsatisfiable" };
const part = (offset: number, length: number) => ({ kind: "part", offset, length });

describe("parseRange on 1,000 bytes", () => {
  it.each([
    [null, WHOLE],
    ["", WHOLE],
    ["bytes=0-0", part(0, 1)],
    ["bytes=0-499", part(0, 500)],
    ["bytes=500-999", part(500, 500)],
    ["bytes=0-999", part(0, 1_000)],
    ["bytes=500-5000", part(500, 500)],
    ["bytes=999-", part(999, 1)],
    ["bytes=0-", part(0, 1_000)],
    ["bytes=-1", part(999, 1)],
    ["bytes=-1000", part(0, 1_000)],
    ["bytes=-5000", part(0, 1_000)],
    ["BYTES=1-2", part(1, 2)],
    ["bytes= 1-2 ", part(1, 2)],
    [`bytes=0-${"9".repeat(400)}`, part(0, 1_000)],
    ["bytes=1000-", UNSATISFIABLE],
    ["bytes=1000-1001", UNSATISFIABLE],
    ["bytes=-0", UNSATISFIABLE],
    [`bytes=${"9".repeat(400)}-`, UNSATISFIABLE],
    ["bytes=2-1", WHOLE],
    ["bytes=-", WHOLE],
    ["bytes=a-b", WHOLE],
    ["bytes=1.5-2", WHOLE],
    ["bytes=+1-2", WHOLE],
    ["bytes=0x1-2", WHOLE],
    ["bytes=--5", WHOLE],
    ["bytes=0-1,5-6", WHOLE],
    ["bytes=0-1,", WHOLE],
    ["bytes 0-1", WHOLE],
    ["items=0-1", WHOLE],
    ["0-1", WHOLE],
  ])("%s", (header, range) => {
    expect(parseRange(header, 1_000)).toEqual(range);
  });

  it("agrees with slicing for every offset and end", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(60), fc.nat(60), (size, first, last) => {
        const bytes = Array.from({ length: size }, (_, i) => i);
        const range = parseRange(`bytes=${first}-${last}`, size);
        if (last < first) expect(range).toEqual(WHOLE);
        else if (first >= size) expect(range).toEqual(UNSATISFIABLE);
        else expect(range).toEqual(part(first, bytes.slice(first, last + 1).length));
      }),
    );
  });

  it("never leaves the picture and never throws, whatever the header says", () => {
    const headers = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(..."0123456789-, =") }).map((text) => `bytes=${text}`),
    );
    fc.assert(
      fc.property(headers, fc.integer({ min: 1, max: 2 ** 31 }), (header, size) => {
        const range = parseRange(header, size);
        if (range.kind !== "part") return;
        expect(range.offset).toBeGreaterThanOrEqual(0);
        expect(range.length).toBeGreaterThanOrEqual(1);
        expect(range.offset + range.length).toBeLessThanOrEqual(size);
      }),
    );
  });
});

describe('matchesIfNoneMatch against "abc"', () => {
  it.each([
    [null, false],
    ["", false],
    ['"abc"', true],
    ['W/"abc"', true],
    ["*", true],
    [" * ", true],
    ['"x", "abc"', true],
    ['"x",W/"abc" , "y"', true],
    ['"a,b","abc"', true],
    ["abc", false],
    ['"ABC"', false],
    ['"abcd"', false],
    ['"x", "y"', false],
    ['"x*"', false],
    ['w/"x"', false],
  ])("%s is %s", (header, matches) => {
    expect(matchesIfNoneMatch(header, '"abc"')).toBe(matches);
  });
});

describe('matchesIfRange against "abc"', () => {
  it.each([
    [null, true],
    ['"abc"', true],
    [' "abc" ', true],
    ['W/"abc"', false],
    ['"x"', false],
    ["Sun, 22 Nov 2026 08:00:00 GMT", false],
    ["", false],
  ])("%s is %s", (header, matches) => {
    expect(matchesIfRange(header, '"abc"')).toBe(matches);
  });
});
