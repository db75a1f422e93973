/**
 * The answers to the questions of an event type: the schema that takes them and the order they are read in.
 * An answer to a question that the type doesn't have is refused.
 */
import * as z from "zod/mini";
import { type EventType, type EventTypeKey, getEventType } from "./catalogue.ts";
import type { ChoiceQuestion, NumberQuestion, Question } from "./questions.ts";
import { singleLine, trimWords } from "./wording.ts";

/** By question key; a question without an answer is absent. */
export type Answers = Readonly<Record<string, string | number>>;

/** The schema of the `answers` of one event type. Empty answers come out as undefined. */
export function buildAnswersSchema(type: EventType) {
  const entries = type.questions.map((question) => [question.key, buildAnswerSchema(question)] as const);
  return z.strictObject(Object.fromEntries(entries), {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `${type.name} has no such question.`
        : "Send the answers as an object of question keys and answers.",
  });
}

/** The given answers of a brief, in the order of the questions, as words. */
export function listAnswers(brief: { eventType: EventTypeKey; answers: Answers }) {
  return getEventType(brief.eventType).questions.flatMap((question) => {
    const answer = brief.answers[question.key];
    return answer === undefined ? [] : [{ question, answer: String(answer) }];
  });
}

function buildAnswerSchema(question: Question): z.ZodMiniType<string | number | undefined> {
  const given = buildGivenSchema(question);
  return z.pipe(z.transform(dropEmpty), question.required ? given : z.optional(given));
}

function buildGivenSchema(question: Question): z.ZodMiniType<string | number> {
  switch (question.type) {
    case "text":
      return singleLine(question.maxLength, explain(question, "Write this as text."));
    case "number":
      return buildNumberSchema(question);
    case "choice":
      return buildChoiceSchema(question);
  }
}

function buildNumberSchema(question: NumberQuestion): z.ZodMiniType<number> {
  const { min, max } = question;
  const error = explain(question, `Enter a whole number from ${min} to ${max}.`);
  const number = z.int({ error }).check(z.minimum(min), z.maximum(max));
  return z.pipe(z.transform(parseNumeral), number);
}

function buildChoiceSchema(question: ChoiceQuestion): z.ZodMiniType<string> {
  const { choices, other, maxLength } = question;
  if (other) return singleLine(maxLength, explain(question, "Choose one, or write your own."));
  return z.enum(choices, { error: explain(question, `Choose one of: ${choices.join(", ")}.`) });
}

/** A required answer that is missing is asked for by its question; another wrong one gets the other message. */
function explain(question: Question, otherwise: string) {
  return (issue: { input?: unknown }) =>
    issue.input === undefined ? `Please answer: ${question.label}` : otherwise;
}

/** A form sends an empty string for a field that was left alone. */
function dropEmpty(value: unknown): unknown {
  const trimmed = typeof value === "string" ? trimWords(value) : value;
  return trimmed === "" || trimmed === null ? undefined : trimmed;
}

/** A form sends a number as a string. Anything but plain digits stays what it is, and is refused. */
function parseNumeral(value: unknown): unknown {
  return typeof value === "string" && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}
