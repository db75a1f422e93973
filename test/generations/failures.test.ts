import { describe, expect, it } from "vitest";
import { describeFailure, isFailureCode } from "../../src/generations/failures.ts";

const CODES = [
  "prompt_refused",
  "picture_blocked",
  "provider_failed",
  "provider_unreachable",
  "invalid_picture",
  "storage_failed",
  "timed_out",
  "canceled",
] as const;

describe("what a person reads about a picture that was not made", () => {
  it.each(CODES)("says for %s what happened, that the credits are back, and what to do", (code) => {
    expect(isFailureCode(code)).toBe(true);
    const [what = "", back, next = ""] = describeFailure(code, 3).split(/(?<=\.) /);
    expect(what.length).toBeGreaterThan(20);
    expect(back).toBe("Your 3 credits are back.");
    expect(next).toMatch(/again/);
  });

  it("counts one credit as one", () => {
    expect(describeFailure("canceled", 1)).toContain("Your credit is back.");
  });

  it.each(["", "internal", "toString", "__proto__"])("knows no code %j", (code) => {
    expect(isFailureCode(code)).toBe(false);
  });
});
