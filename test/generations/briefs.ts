/** Briefs for the tests of this folder: small fixed ones, and arbitrary ones for properties. */
import fc from "fast-check";
import { type Brief, parseBrief } from "../../src/generations/brief.ts";
import { EVENT_TYPES, type EventType, QUALITIES, SHAPES, STYLES } from "../../src/generations/catalogue.ts";
import type { Question } from "../../src/generations/questions.ts";
import { trimWords } from "../../src/generations/wording.ts";

/** The body of a small valid brief of this event type: required questions only, one shape. */
export function buildBody(type: EventType): Record<string, unknown> & { answers: Record<string, unknown> } {
  const required = type.questions.filter(({ required }) => required);
  return {
    eventType: type.key,
    answers: Object.fromEntries(required.map((question) => [question.key, buildValidAnswer(question)])),
    shapes: ["1:1"],
  };
}

export function buildValidAnswer(question: Question): string | number {
  switch (question.type) {
    case "text":
      return "violet lanterns";
    case "number":
      return question.max;
    case "choice":
      return question.choices[0] ?? "";
  }
}

/** Parses a body that the test knows to be valid. */
export function getBrief(body: unknown): Brief {
  const parsed = parseBrief(body);
  if (!parsed.ok) throw new Error(`Refused: ${JSON.stringify(parsed.error)}`);
  return parsed.value;
}

/** The errors of a body that the test knows to be wrong, as `field: message`. */
export function getRefusal(body: unknown): Record<string, string> {
  const parsed = parseBrief(body);
  if (parsed.ok) throw new Error(`Taken: ${JSON.stringify(parsed.value)}`);
  return Object.fromEntries(parsed.error.map(({ field, message }) => [field, message]));
}

/** Words that a person can send: no control characters, something to be seen, trimmed. */
export function arbitraryWords(maxLength: number, without = ""): fc.Arbitrary<string> {
  return fc
    .string({ unit: "binary", maxLength })
    .map((words) => trimWords(words.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "").replaceAll(without, "")))
    .filter((words) => words !== "" && words.length <= maxLength);
}

function arbitraryAnswer(question: Question): fc.Arbitrary<string | number> {
  switch (question.type) {
    case "text":
      return arbitraryWords(question.maxLength / 4);
    case "number":
      return fc.integer({ min: question.min, max: question.max });
    case "choice": {
      const choice = fc.constantFrom(...question.choices);
      return question.other ? fc.oneof(choice, arbitraryWords(question.maxLength)) : choice;
    }
  }
}

function arbitraryAnswers(type: EventType): fc.Arbitrary<Record<string, string | number>> {
  const required = type.questions.filter(({ required }) => required).map(({ key }) => key);
  const entries = type.questions.map((question) => [question.key, arbitraryAnswer(question)] as const);
  return fc.record(Object.fromEntries(entries), { requiredKeys: required, noNullPrototype: true });
}

/** Any body that parseBrief takes. */
export const arbitraryBody = fc.constantFrom<EventType>(...EVENT_TYPES).chain((type) =>
  fc.record(
    {
      eventType: fc.constant(type.key),
      answers: arbitraryAnswers(type),
      style: fc.constantFrom(...STYLES.map(({ key }) => key)),
      shapes: fc.subarray(
        SHAPES.map(({ key }) => key),
        { minLength: 1, maxLength: 4 },
      ),
      text: fc
        .array(arbitraryWords(40, "「"), { minLength: 1, maxLength: 4 })
        .map((lines) => lines.join("\n")),
      details: arbitraryWords(600),
      quality: fc.constantFrom(...QUALITIES.map(({ key }) => key)),
      count: fc.integer({ min: 1, max: 2 }),
      seed: fc.integer({ min: 0, max: 2_147_483_647 }),
      prompt: arbitraryWords(1_000),
    },
    { requiredKeys: ["eventType", "answers", "shapes"], noNullPrototype: true },
  ),
);

/** Any brief whose prompt is built, not edited. */
export const arbitraryBuiltBrief = arbitraryBody.map(({ prompt: _, ...body }) => getBrief(body));
