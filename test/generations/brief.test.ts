import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { FIELD_ERRORS_MAX } from "../../src/fields.ts";
import { briefSchema, parseBrief } from "../../src/generations/brief.ts";
import { EVENT_TYPES, SHAPES } from "../../src/generations/catalogue.ts";
import {
  ANSWER_MAX_CHARACTERS,
  DETAILS_MAX_CHARACTERS,
  OTHER_MAX_CHARACTERS,
  PROMPT_MAX_CHARACTERS,
  SEED_MAX,
  TEXT_MAX_CHARACTERS,
} from "../../src/generations/limits.ts";
import { arbitraryBody, buildBody, getBrief, getRefusal } from "./briefs.ts";

const BIRTHDAY = { eventType: "birthday-party", answers: { age: 7 }, shapes: ["1:1"] };
const CONCERT = { eventType: "concert", answers: { genre: "Jazz" }, shapes: ["1:1"] };
const POTLUCK = { eventType: "potluck", shapes: ["1:1"] };
const SURROGATE = "\ud83c";

describe("parseBrief, taking", () => {
  it.each(EVENT_TYPES.map((type) => ({ key: type.key, type })))(
    "takes the smallest brief of $key",
    ({ type }) => {
      const body = buildBody(type);
      expect(getBrief(body)).toEqual({ ...body, quality: "standard", count: 1 });
    },
  );

  it("keeps everything when every field is given", () => {
    const body = {
      ...BIRTHDAY,
      style: "pop-art",
      shapes: ["5:7", "9:16"],
      text: "Mia turns 7\n\nSaturday",
      details: "A dog, too.\nAnd a cat.",
      quality: "high",
      count: 4,
      seed: SEED_MAX,
      prompt: "A dog.",
    };
    expect(getBrief(body)).toEqual(body);
  });

  it("trims words and treats blank ones as not given", () => {
    const answers = { age: 7, theme: "  dinosaurs ", activities: "   ", decorations: null };
    const brief = getBrief({ ...BIRTHDAY, answers, text: " \n ", details: " so green " });
    expect(brief).toEqual({
      ...BIRTHDAY,
      answers: { age: 7, theme: "dinosaurs" },
      details: "so green",
      quality: "standard",
      count: 1,
    });
  });

  it("treats words without any visible character as not given, and keeps joiners between visible ones", () => {
    const family = "👨\u200d👩\u200d👧";
    const answers = { age: 7, theme: "\u200b \u2060", activities: family };
    const brief = getBrief({ ...BIRTHDAY, answers, text: "\ufeff\u202e\n\u3164", details: "\u00ad" });
    expect(brief).toEqual({
      ...BIRTHDAY,
      answers: { age: 7, activities: family },
      quality: "standard",
      count: 1,
    });
  });

  it("takes a number as a numeral, as a form sends it", () => {
    expect(getBrief({ ...BIRTHDAY, answers: { age: " 42 " } }).answers).toEqual({ age: 42 });
  });

  it("takes an own answer where the list has Other", () => {
    const own = "x".repeat(OTHER_MAX_CHARACTERS);
    expect(getBrief({ ...CONCERT, answers: { genre: own } }).answers).toEqual({ genre: own });
  });

  it("counts a line break once, whichever kind it is", () => {
    const lines = ["a".repeat(149), "b".repeat(150)];
    for (const lineBreak of ["\n", "\r\n", "\r", "\u2028"]) {
      expect(getBrief({ ...BIRTHDAY, text: lines.join(lineBreak) }).text).toBe(lines.join("\n"));
    }
  });

  it("takes the longest text with the longest details in every event type and style", () => {
    const text = `${"t".repeat(99)}\n${"u".repeat(99)}\n${"v".repeat(100)}`;
    expect(text).toHaveLength(TEXT_MAX_CHARACTERS);
    for (const type of EVENT_TYPES) {
      const body = {
        ...buildBody(type),
        text,
        details: "d".repeat(DETAILS_MAX_CHARACTERS),
        style: "political-satire",
      };
      expect(parseBrief(body).ok, type.key).toBe(true);
    }
  });

  it("takes eight pictures, as shapes, as repeats or as both", () => {
    expect(getBrief({ ...BIRTHDAY, shapes: SHAPES.map(({ key }) => key) }).count).toBe(1);
    expect(getBrief({ ...BIRTHDAY, count: 8 }).count).toBe(8);
    expect(getBrief({ ...BIRTHDAY, shapes: ["1:1", "2:3"], count: 4 }).count).toBe(4);
  });

  it("comes to the same brief again when its own result is parsed", () => {
    fc.assert(
      fc.property(arbitraryBody, (body) => {
        const brief = getBrief(body);
        expect(getBrief(JSON.parse(JSON.stringify(brief)))).toEqual(brief);
      }),
    );
  });
});

describe("parseBrief, refusing", () => {
  it.each([
    ["a body that is no object", null, "body", "Send the brief as an object."],
    ["a list", [BIRTHDAY], "body", "Send the brief as an object."],
    ["no event type", { shapes: ["1:1"] }, "eventType", "Choose one of the event types."],
    [
      "an unknown event type",
      { ...BIRTHDAY, eventType: "funeral" },
      "eventType",
      "Choose one of the event types.",
    ],
    ["an unknown field", { ...BIRTHDAY, colour: "red" }, "colour", "This field is not known here."],
    [
      "no answer to a required question",
      { ...BIRTHDAY, answers: {} },
      "answers.age",
      "Please answer: How old are they turning?",
    ],
    [
      "no answers at all",
      { ...BIRTHDAY, answers: undefined },
      "answers.age",
      "Please answer: How old are they turning?",
    ],
    [
      "a blank answer to a required question",
      { ...CONCERT, answers: { genre: " " } },
      "answers.genre",
      "Please answer: What kind of music is played?",
    ],
    [
      "answers that are no object",
      { ...BIRTHDAY, answers: "7" },
      "answers",
      "Send the answers as an object of question keys and answers.",
    ],
    [
      "an answer to another type's question",
      { ...POTLUCK, answers: { age: 7 } },
      "answers.age",
      "Potluck has no such question.",
    ],
    [
      "an age of 0",
      { ...BIRTHDAY, answers: { age: 0 } },
      "answers.age",
      "Enter a whole number from 1 to 130.",
    ],
    [
      "an age of 131",
      { ...BIRTHDAY, answers: { age: "131" } },
      "answers.age",
      "Enter a whole number from 1 to 130.",
    ],
    [
      "half an age",
      { ...BIRTHDAY, answers: { age: 7.5 } },
      "answers.age",
      "Enter a whole number from 1 to 130.",
    ],
    [
      "an age in words",
      { ...BIRTHDAY, answers: { age: "seven" } },
      "answers.age",
      "Enter a whole number from 1 to 130.",
    ],
    [
      "an answer that is no text",
      { ...POTLUCK, answers: { venue: true } },
      "answers.venue",
      "Write this as text.",
    ],
    [
      "a choice that is no text",
      { ...POTLUCK, answers: { atmosphere: 5 } },
      "answers.atmosphere",
      "Choose one, or write your own.",
    ],
    [
      "a long answer",
      { ...POTLUCK, answers: { venue: "x".repeat(ANSWER_MAX_CHARACTERS + 1) } },
      "answers.venue",
      "Use at most 200 characters.",
    ],
    [
      "a long own choice",
      { ...CONCERT, answers: { genre: "x".repeat(OTHER_MAX_CHARACTERS + 1) } },
      "answers.genre",
      "Use at most 100 characters.",
    ],
    [
      "an own choice in a closed list",
      { eventType: "wedding", answers: { style: "Other" }, shapes: ["1:1"] },
      "answers.style",
      "Choose one of: Traditional, Modern, Rustic, Elegant, Bohemian, Vintage, Minimalist.",
    ],
    [
      "a line break in an answer",
      { ...POTLUCK, answers: { venue: "a\nb" } },
      "answers.venue",
      "Keep this on one line, without control characters.",
    ],
    ["an unknown style", { ...BIRTHDAY, style: "cubism" }, "style", "Choose one of the styles."],
    ["no shapes", { ...BIRTHDAY, shapes: undefined }, "shapes", "Choose at least one shape."],
    ["an empty list of shapes", { ...BIRTHDAY, shapes: [] }, "shapes", "Choose at least one shape."],
    ["an unknown shape", { ...BIRTHDAY, shapes: ["7:5"] }, "shapes.0", "Choose one of the shapes."],
    ["a shape twice", { ...BIRTHDAY, shapes: ["1:1", "2:3", "1:1"] }, "shapes.2", "1:1 is already chosen."],
    [
      "nine pictures",
      { ...BIRTHDAY, shapes: ["1:1", "2:3", "4:3"], count: 3 },
      "count",
      "3 shapes times 3 are 9 pictures; at most 8 can be made at once.",
    ],
    ["a count of 0", { ...BIRTHDAY, count: 0 }, "count", "Enter a whole number from 1 to 8."],
    ["a count of 9", { ...BIRTHDAY, count: 9 }, "count", "Enter a whole number from 1 to 8."],
    ["a count in words", { ...BIRTHDAY, count: "2" }, "count", "Enter a whole number from 1 to 8."],
    ["an unknown quality", { ...BIRTHDAY, quality: "best" }, "quality", "Choose one of the qualities."],
    ["a negative seed", { ...BIRTHDAY, seed: -1 }, "seed", "Enter a whole number from 0 to 2147483647."],
    [
      "a seed that the provider doesn't have",
      { ...BIRTHDAY, seed: SEED_MAX + 1 },
      "seed",
      "Enter a whole number from 0 to 2147483647.",
    ],
    [
      "a long text",
      { ...BIRTHDAY, text: "x".repeat(TEXT_MAX_CHARACTERS + 1) },
      "text",
      "Use at most 300 characters.",
    ],
    [
      "a text with a control character",
      { ...BIRTHDAY, text: "a\u0007b" },
      "text",
      "Remove the tabs and control characters; line breaks may stay.",
    ],
    [
      "a text with half a character",
      { ...BIRTHDAY, text: `a${SURROGATE}` },
      "text",
      "This has half a character in it. Type it again.",
    ],
    [
      "an answer with half a character",
      { ...POTLUCK, answers: { venue: SURROGATE } },
      "answers.venue",
      "This has half a character in it. Type it again.",
    ],
    [
      "a text that leaves no quotation marks",
      { ...BIRTHDAY, text: '"“«‹「『' },
      "text",
      "This uses every kind of quotation mark. Leave one kind out, so that the text can be quoted.",
    ],
    [
      "long details",
      { ...BIRTHDAY, details: "x".repeat(DETAILS_MAX_CHARACTERS + 1) },
      "details",
      "Use at most 1000 characters.",
    ],
    [
      "an empty prompt",
      { ...BIRTHDAY, prompt: " " },
      "prompt",
      "Write a prompt, or leave it out to use the one built from your answers.",
    ],
    [
      "a long prompt",
      { ...BIRTHDAY, prompt: "x".repeat(PROMPT_MAX_CHARACTERS + 1) },
      "prompt",
      "Use at most 2000 characters.",
    ],
  ])("refuses %s", (_, body, field, message) => {
    expect(getRefusal(body)).toEqual({ [field]: message });
  });

  it("names every wrong field at once", () => {
    const answers = { age: 200, size: "XL" };
    const refusal = getRefusal({ ...BIRTHDAY, answers, shapes: ["x"], seed: "1", foo: 1, bar: 2 });
    expect(Object.keys(refusal)).toEqual(["answers.age", "answers.size", "shapes.0", "seed", "foo", "bar"]);
  });

  it("names a bounded number of fields when there are very many", () => {
    const fields = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, index]));
    expect(Object.keys(getRefusal({ ...BIRTHDAY, ...fields }))).toHaveLength(FIELD_ERRORS_MAX);
  });

  it("blames the longest words when the built prompt would be too long", () => {
    const long = "x".repeat(ANSWER_MAX_CHARACTERS);
    const answers = { venue: long, atmosphere: "Fun", activities: long, decorations: long };
    const text = "t".repeat(TEXT_MAX_CHARACTERS);
    const body = { ...POTLUCK, answers, text, details: "d".repeat(DETAILS_MAX_CHARACTERS) };
    expect(getRefusal(body)).toEqual({
      details: expect.stringMatching(/^All together this is \d+ characters too long for one prompt\./),
    });
    expect(parseBrief({ ...body, prompt: "Just a potluck." }).ok).toBe(true);
  });

  it("refuses an own __proto__ by name", () => {
    const body: unknown = JSON.parse(
      '{"eventType":"potluck","shapes":["1:1"],"answers":{"__proto__":"x"},"__proto__":1}',
    );
    expect(Object.keys(getRefusal(body))).toEqual(["answers.__proto__", "__proto__"]);
  });

  it("never throws, whatever JSON comes", () => {
    const keys = [
      "eventType",
      "answers",
      "style",
      "shapes",
      "text",
      "details",
      "quality",
      "count",
      "seed",
      "prompt",
    ];
    const almost = fc.dictionary(
      fc.constantFrom(...keys),
      fc.oneof(fc.jsonValue(), fc.constantFrom("potluck", "1:1")),
    );
    const damaged = fc
      .tuple(arbitraryBody, fc.constantFrom(...keys), fc.jsonValue())
      .map(([body, key, value]) => ({ ...body, [key]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), almost, damaged), (input) => {
        const parsed = parseBrief(input);
        if (parsed.ok) return;
        expect(parsed.error.length).toBeGreaterThan(0);
        for (const { field, message } of parsed.error) expect(field !== "" && message !== "").toBe(true);
      }),
    );
  });
});

describe("briefSchema", () => {
  it("describes itself as JSON Schema, with the required questions required", () => {
    const { oneOf } = z.toJSONSchema(briefSchema, { io: "input" });
    expect(oneOf).toHaveLength(EVENT_TYPES.length);
    expect(oneOf?.[0]).toMatchObject({
      properties: { answers: { required: ["age"], additionalProperties: false } },
      required: ["eventType", "shapes"],
      additionalProperties: false,
    });
  });
});
