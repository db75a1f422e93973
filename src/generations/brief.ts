/**
 * A brief: what a person asks for, parsed from a body. Strict: an unknown field is refused by name.
 * A parsed brief can be priced, prompted and generated without any further check.
 */
import * as z from "zod/mini";
import type { FieldError } from "../errors.ts";
import { parseFields, wholeNumber } from "../fields.ts";
import { fail, type Result, succeed } from "../result.ts";
import { type Answers, buildAnswersSchema, listAnswers } from "./answers.ts";
import {
  DEFAULT_QUALITY,
  EVENT_TYPES,
  type EventType,
  type EventTypeKey,
  QUALITIES,
  type QualityKey,
  SHAPES,
  type ShapeKey,
  STYLES,
  type StyleKey,
} from "./catalogue.ts";
import { findQuotes } from "./lettering.ts";
import {
  DETAILS_MAX_CHARACTERS,
  PICTURES_MAX,
  PROMPT_MAX_CHARACTERS,
  SEED_MAX,
  TEXT_MAX_CHARACTERS,
} from "./limits.ts";
import { buildPrompt } from "./prompt.ts";
import { multiLine } from "./wording.ts";

export interface Brief {
  readonly eventType: EventTypeKey;
  readonly answers: Answers;
  readonly style?: StyleKey;
  readonly shapes: readonly ShapeKey[];
  /** Exactly this is written on the image, lines separated by LF. Absent: no lettering. */
  readonly text?: string;
  readonly details?: string;
  readonly quality: QualityKey;
  /** Pictures of each shape. */
  readonly count: number;
  readonly seed?: number;
  /** The person's edited prompt; replaces the built one. */
  readonly prompt?: string;
}

const COMMON_FIELDS = {
  style: z.optional(
    z.enum(
      STYLES.map(({ key }) => key),
      "Choose one of the styles.",
    ),
  ),
  shapes: z
    .array(
      z.enum(
        SHAPES.map(({ key }) => key),
        "Choose one of the shapes.",
      ),
      "Choose at least one shape.",
    )
    .check(
      z.minLength(1),
      z.maxLength(SHAPES.length, `Choose at most ${SHAPES.length} shapes.`),
      z.superRefine((shapes, context) => {
        shapes.forEach((shape, index) => {
          if (shapes.indexOf(shape) === index) return;
          context.addIssue({ code: "custom", path: [index], message: `${shape} is already chosen.` });
        });
      }),
    ),
  text: z.optional(
    multiLine(TEXT_MAX_CHARACTERS).check(
      z.refine(
        (text) => findQuotes(text) !== null,
        "This uses every kind of quotation mark. Leave one kind out, so that the text can be quoted.",
      ),
    ),
  ),
  details: z.optional(multiLine(DETAILS_MAX_CHARACTERS)),
  quality: z._default(
    z.enum(
      QUALITIES.map(({ key }) => key),
      "Choose one of the qualities.",
    ),
    DEFAULT_QUALITY,
  ),
  count: z._default(wholeNumber(1, PICTURES_MAX), 1),
  seed: z.optional(wholeNumber(0, SEED_MAX)),
  prompt: z.optional(
    multiLine(PROMPT_MAX_CHARACTERS).check(
      z.minLength(1, "Write a prompt, or leave it out to use the one built from your answers."),
    ),
  ),
};

function buildVariant(type: EventType<EventTypeKey>) {
  return z.strictObject({
    eventType: z.literal(type.key),
    // prefault: a brief without answers still has its required questions checked.
    answers: z.prefault(buildAnswersSchema(type), {}),
    ...COMMON_FIELDS,
  });
}

const [FIRST_TYPE, ...OTHER_TYPES] = EVENT_TYPES;

/** The body of a brief as the API takes it; bounds that concern several fields at once are parseBrief's. */
export const briefSchema = z.discriminatedUnion(
  "eventType",
  [buildVariant(FIRST_TYPE), ...OTHER_TYPES.map(buildVariant)],
  {
    error: ({ input }) =>
      typeof input !== "object" || input === null || Array.isArray(input)
        ? "Send the brief as an object."
        : "Choose one of the event types.",
  },
);

/** Never throws. One message a field. */
export function parseBrief(input: unknown): Result<Brief, FieldError[]> {
  const parsed = parseFields(briefSchema, input);
  if (!parsed.ok) return parsed;
  const brief = buildBrief(parsed.value);
  const problem = findTooManyPictures(brief) ?? findTooLongPrompt(brief);
  return problem === null ? succeed(brief) : fail([problem]);
}

function buildBrief(parsed: z.output<typeof briefSchema>): Brief {
  const { eventType, answers, style, shapes, text, details, quality, count, seed, prompt } = parsed;
  return {
    eventType,
    answers: buildGivenAnswers(answers),
    ...(style === undefined ? {} : { style }),
    shapes,
    ...(text === undefined || text === "" ? {} : { text }),
    ...(details === undefined || details === "" ? {} : { details }),
    quality,
    count,
    ...(seed === undefined ? {} : { seed }),
    ...(prompt === undefined ? {} : { prompt }),
  };
}

function buildGivenAnswers(answers: Readonly<Record<string, string | number | undefined>>): Answers {
  const given: [string, string | number][] = [];
  for (const [key, answer] of Object.entries(answers)) {
    if (answer !== undefined) given.push([key, answer]);
  }
  return Object.fromEntries(given);
}

function findTooManyPictures({ shapes, count }: Brief): FieldError | null {
  const pictures = shapes.length * count;
  if (pictures <= PICTURES_MAX) return null;
  return {
    field: "count",
    message: `${shapes.length} shapes times ${count} are ${pictures} pictures; at most ${PICTURES_MAX} can be made at once.`,
  };
}

/** Blames the longest thing that the person wrote, because shortening that helps most. */
function findTooLongPrompt(brief: Brief): FieldError | null {
  const excess = buildPrompt(brief).prompt.length - PROMPT_MAX_CHARACTERS;
  if (excess <= 0) return null;
  const candidates = [
    { field: "details", length: brief.details?.length ?? 0 },
    { field: "text", length: brief.text?.length ?? 0 },
    ...listAnswers(brief).map(({ question, answer }) => ({
      field: `answers.${question.key}`,
      length: answer.length,
    })),
  ];
  const { field } = candidates.reduce((longest, next) => (next.length > longest.length ? next : longest));
  return {
    field,
    message: `All together this is ${excess} characters too long for one prompt. Shorten this or another answer.`,
  };
}
