/** Numbers, times and sizes in words, and addresses that survive whatever is put into them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adminUserCreditsPath,
  createAgainPath,
  imagePath,
  withQuery,
} from "../../../src/routes/views/addresses.ts";
import { fieldId } from "../../../src/routes/views/components/field-ids.ts";
import {
  countOf,
  formatBytes,
  formatDay,
  formatElapsed,
  formatGap,
  formatMinute,
  formatSigned,
  nameByKey,
  nameOfStatus,
} from "../../../src/routes/views/words.ts";

describe("numbers", () => {
  it("go with their noun", () => {
    expect(countOf(0, "credit")).toBe("0 credits");
    expect(countOf(1, "credit")).toBe("1 credit");
    expect(countOf(1234, "entry", "entries")).toBe("1,234 entries");
  });

  it("show their sign, with a real minus", () => {
    expect([25, -3, 0].map(formatSigned)).toEqual(["+25", "−3", "0"]);
  });

  it("of bytes are rounded to what a person reads", () => {
    expect([1, 999, 1_500, 1_482_113].map(formatBytes)).toEqual(["1 byte", "999 bytes", "2 KB", "1.5 MB"]);
  });
});

describe("times", () => {
  it("are written in UTC and say so", () => {
    expect(formatMinute("2026-11-22T23:59:00.000Z")).toBe("22 Nov 2026, 23:59 UTC");
    expect(formatDay("2026-11-22T23:59:00.000Z")).toBe("22 Nov 2026");
  });

  it.each([
    ["2026-11-22T10:00:00.000Z", "0 s"],
    ["2026-11-22T09:59:01.000Z", "59 s"],
    ["2026-11-22T09:59:00.000Z", "1 min"],
    ["2026-11-22T09:00:01.000Z", "59 min"],
    ["2026-11-22T07:30:00.000Z", "2 h"],
    ["2026-11-22T10:00:05.000Z", "0 s"],
  ])("since %s are told as %s", (since, expected) => {
    expect(formatElapsed(since, "2026-11-22T10:00:00.000Z")).toBe(expected);
  });

  it.each([
    [0, "a moment"],
    [29_000, "a moment"],
    [40_000, "1 minute"],
    [570_000, "10 minutes"],
  ])("between two events is said as a person would: %d ms", (ms, expected) => {
    expect(formatGap(ms)).toBe(expected);
  });
});

describe("names", () => {
  it("exist for every status", () => {
    const statuses = ["queued", "processing", "succeeded", "failed", "canceled"] as const;
    expect(new Set(statuses.map(nameOfStatus)).size).toBe(statuses.length);
  });

  it("of something that is no longer in the catalogue are its key", () => {
    expect(nameByKey([{ key: "bbq", name: "BBQ" }], "bbq")).toBe("BBQ");
    expect(nameByKey([{ key: "bbq", name: "BBQ" }], "picnic")).toBe("picnic");
  });
});

describe("addresses", () => {
  it("stay one path segment and one query value, whatever is put into them", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.isWellFormed()),
        (text) => {
          for (const build of [imagePath, adminUserCreditsPath]) {
            expect(build(text).split("/").length).toBe(build("x").split("/").length);
          }
          const again = new URL(createAgainPath(text), "http://eventide.test");
          expect(again.searchParams.get("from")).toBe(text);
          const filtered = new URL(
            withQuery("/gallery", { q: text, style: "", shape: null }),
            "http://eventide.test",
          );
          expect([...filtered.searchParams]).toEqual([["q", text]]);
        },
      ),
    );
  });

  it("have no question mark without a query", () => {
    expect(withQuery("/gallery", { q: "", style: undefined })).toBe("/gallery");
  });
});

describe("field ids", () => {
  it("hold no character that a selector or a list of ids would split", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(fieldId(name)).toMatch(/^field-[A-Za-z0-9_-]*$/);
      }),
    );
  });
});
