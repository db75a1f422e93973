/** What people read when a field doesn't fit: one sentence for each kind of refusal, and never the library's words. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { FIELD_ERRORS_MAX, orElse, parseFields, wholeNumber, wholeNumberInDigits } from "../src/fields.ts";

function refuse(schema: z.core.$ZodType, input: unknown): Record<string, string> {
  const parsed = parseFields(schema, input);
  if (parsed.ok) throw new Error("it was let through");
  return Object.fromEntries(parsed.error.map(({ field, message }) => [field, message]));
}

const SENTENCE = /^[A-Z].*[a-z\d-]\.$/;
const LIBRARY_WORDS = /invalid|expected|received|too (?:big|small)|unrecognized/i;

const CASES: [string, z.core.$ZodType, unknown, string][] = [
  ["a missing text", z.string(), undefined, "This is missing."],
  ["a missing choice", z.enum(["a", "b"]), undefined, "This is missing."],
  ["a number for a text", z.string(), 3, "Write this as text."],
  ["null for a text", z.string(), null, "Write this as text."],
  ["a text for a number", z.number(), "3", "Enter a number."],
  ["no number at all", z.number(), Number.NaN, "Enter a number."],
  ["a fraction", z.int(), 1.5, "Enter a whole number."],
  ["a text for yes or no", z.boolean(), "yes", "Say true or false."],
  ["one for several", z.array(z.string()), "a", "Send a list."],
  ["a text for an object", z.strictObject({}), "a", "Send an object with fields."],
  ["a list for a record", z.record(z.string(), z.string()), [], "Send an object with fields."],
  ["what can't be in JSON", z.date(), "now", "This is of the wrong kind."],
  ["an empty text", z.string().check(z.minLength(1)), "", "Fill this in."],
  ["a short text", z.string().check(z.minLength(3)), "ab", "Use at least 3 characters."],
  ["a long text", z.string().check(z.maxLength(3)), "abcd", "Use at most 3 characters."],
  ["more than a letter", z.string().check(z.maxLength(1)), "ab", "Use one character."],
  ["an empty list", z.array(z.string()).check(z.minLength(1)), [], "Give at least one."],
  ["a short list", z.array(z.string()).check(z.minLength(2)), ["a"], "Give at least 2."],
  ["a long list", z.array(z.string()).check(z.maxLength(2)), ["a", "b", "c"], "Give at most 2."],
  ["two for one", z.array(z.string()).check(z.maxLength(1)), ["a", "b"], "Give only one."],
  ["a small number", z.number().check(z.minimum(2)), 1, "Enter a number of at least 2."],
  ["a large number", z.number().check(z.maximum(2)), 3, "Enter a number of at most 2."],
  ["a number on the bound", z.number().check(z.gt(2)), 2, "Enter a number above 2."],
  ["a number on the other bound", z.number().check(z.lt(2)), 2, "Enter a number below 2."],
  ["an odd number", z.number().check(z.multipleOf(2)), 3, "Enter a multiple of 2."],
  ["no address", z.email(), "anna", "Enter an e-mail address such as name@example.org."],
  ["no address of a page", z.url(), "anna", "Enter an address such as https://example.org."],
  ["another pattern", z.string().check(z.regex(/^a$/)), "b", "This is not written as it has to be."],
  ["none of few choices", z.enum(["a", "b-c"]), "d", "Choose one of: a, b-c."],
  [
    "none of many choices",
    z.enum(Array.from({ length: 13 }, (_, index) => `c${index}`)),
    "d",
    "Choose one of those that are offered.",
  ],
  ["another word than the only one", z.literal("public-key"), "key", "This must be public-key."],
  ["nothing that fits", z.union([z.string(), z.number()]), true, "This can't be used here."],
  [
    "a strange key",
    z.record(z.string().check(z.regex(/^a$/)), z.string()),
    { b: "" },
    "This can't be used here.",
  ],
  ["what a rule of ours forbids", z.string().check(z.refine(() => false)), "a", "This can't be used here."],
];

describe("a field that doesn't fit", () => {
  it.each(CASES)("is told in a sentence when it is %s", (_case, schema, input, message) => {
    expect(Object.values(refuse(schema, input))).toEqual([message]);
    expect(message).toMatch(SENTENCE);
    expect(message).not.toMatch(LIBRARY_WORDS);
  });

  it("is told in the schema's own words where it has some", () => {
    const schema = z.string("Say who.").check(z.maxLength(3, "Say it shorter."));
    expect(refuse(z.object({ who: schema }), {})).toEqual({ who: "Say who." });
    expect(refuse(z.object({ who: schema }), { who: "abcd" })).toEqual({ who: "Say it shorter." });
  });

  it("is named by its path, and the body itself as such", () => {
    const schema = z.strictObject({ list: z.array(z.object({ name: z.string() })) });
    expect(refuse(schema, { list: [{ name: "a" }, { name: 1 }] })).toEqual({
      "list.1.name": "Write this as text.",
    });
    expect(refuse(schema, [])).toEqual({ body: "Send an object with fields." });
  });

  it("is named itself when nobody knows it, wherever it is", () => {
    const schema = z.strictObject({ inner: z.strictObject({}) });
    const message = "This field is not known here.";
    expect(refuse(schema, { inner: { a: 1, b: 2 }, c: 3 })).toEqual({
      "inner.a": message,
      "inner.b": message,
      c: message,
    });
  });

  it("has one error, however many things are wrong with it", () => {
    const schema = z.object({
      words: z.string().check(z.maxLength(3), z.regex(/^a/)),
      count: wholeNumber(1, 8),
    });
    const parsed = parseFields(schema, { words: "bbbb", count: 1e300 });
    expect(parsed).toEqual({
      ok: false,
      error: [
        { field: "words", message: "Use at most 3 characters." },
        { field: "count", message: "Enter a whole number from 1 to 8." },
      ],
    });
  });

  it("is one of at most twenty that are told", () => {
    const input = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, 0]));
    expect(Object.keys(refuse(z.strictObject({}), input))).toHaveLength(FIELD_ERRORS_MAX);
  });
});

describe("a field with something to fall back on", () => {
  const schema = z.object({
    note: orElse(z.optional(z.string().check(z.trim(), z.minLength(1))), undefined),
    seed: orElse(z.nullish(z.int()), null),
  });
  const strict = z.object({ by: orElse(z.string(), ""), count: orElse(z.int(), 0) });

  it("is what was sent where that fits", () => {
    const sent = { note: " here ", seed: 3 };
    expect(parseFields(schema, sent)).toEqual({ ok: true, value: { note: "here", seed: 3 } });
  });

  it("is the fallback for whatever doesn't fit", () => {
    for (const sent of [
      { note: "  ", seed: "3" },
      { note: 7, seed: 1.5 },
      { note: null, seed: {} },
    ]) {
      expect(parseFields(schema, sent)).toEqual({ ok: true, value: { note: undefined, seed: null } });
    }
  });

  it("may be missing, or null, where the schema says so", () => {
    expect(parseFields(schema, {})).toEqual({ ok: true, value: {} });
    expect(parseFields(schema, { seed: null })).toEqual({ ok: true, value: { seed: null } });
  });

  it("is the fallback where it is missing and the schema wants it", () => {
    expect(parseFields(strict, {})).toEqual({ ok: true, value: { by: "", count: 0 } });
    expect(parseFields(strict, { by: "ana" })).toEqual({ ok: true, value: { by: "ana", count: 0 } });
    expect(parseFields(orElse(strict, { by: "?", count: 1 }), null)).toEqual({
      ok: true,
      value: { by: "?", count: 1 },
    });
  });
});

describe("a whole number", () => {
  it("has one sentence for whatever isn't one", () => {
    for (const input of [
      0,
      9,
      -1,
      1.5,
      1e300,
      -1e300,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      "3",
      null,
      [3],
      true,
    ]) {
      expect(refuse(wholeNumber(1, 8), input)).toEqual({ body: "Enter a whole number from 1 to 8." });
    }
    expect(refuse(wholeNumber(1, 8, "Not that."), 9)).toEqual({ body: "Not that." });
  });

  it("is read from digits only where it is part of an address", () => {
    const schema = wholeNumberInDigits(1, 100);
    expect(parseFields(schema, "24")).toEqual({ ok: true, value: 24 });
    for (const input of ["0", "101", "1.5", "1e1", "0x10", " 5", "+5", "-5", "", "zzz", "9".repeat(400)]) {
      expect(refuse(schema, input)).toEqual({ body: "Enter a whole number from 1 to 100." });
    }
  });

  it("is every one between its bounds", () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 15 }), (number) => {
        expect(parseFields(wholeNumber(1, 8), number).ok).toBe(number >= 1 && number <= 8);
      }),
    );
  });
});
