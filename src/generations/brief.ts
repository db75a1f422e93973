/**
 * A brief: what a person asks for, parsed from a body. Strict: an unknown field is refused by name.
 * A parsed brief can be priced, prompted and generated without any further check.
 */
import * as z from "zod";
import type { FieldError } from "../errors.ts";
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
  FIELD_ERRORS_MAX,
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

const COUNT_ERROR = `Choose a whole number from 1 to ${PICTURES_MAX}.`;
const SEED_ERROR = `Give a whole number from 0 to ${SEED_MAX}.`;

const COMMON_FIELDS = {
  style: z
    .enum(
      STYLES.map(({ key }) => key),
      { error: "Choose one of the styles." },
    )
    .optional(),
  shapes: z
    .array(
      z.enum(
        SHAPES.map(({ key }) => key),
        { error: "Choose one of the shapes." },
      ),
      { error: "Choose at least one shape." },
    )
    .min(1, { error: "Choose at least one shape." })
    .max(SHAPES.length, { error: `Choose at most ${SHAPES.length} shapes.` })
    .superRefine((shapes, context) => {
      shapes.forEach((shape, index) => {
        if (shapes.indexOf(shape) === index) return;
        context.addIssue({ code: "custom", path: [index], message: `${shape} is already chosen.` });
      });
    }),
  text: multiLine(TEXT_MAX_CHARACTERS)
    .refine((text) => findQuotes(text) !== null, {
      error: "This uses every kind of quotation mark. Leave one kind out, so that the text can be quoted.",
    })
    .optional(),
  details: multiLine(DETAILS_MAX_CHARACTERS).optional(),
  quality: z
    .enum(
      QUALITIES.map(({ key }) => key),
      { error: "Choose one of the qualities." },
    )
    .default(DEFAULT_QUALITY),
  count: z
    .int({ error: COUNT_ERROR })
    .min(1, { error: COUNT_ERROR })
    .max(PICTURES_MAX, { error: COUNT_ERROR })
    .default(1),
  seed: z
    .int({ error: SEED_ERROR })
    .min(0, { error: SEED_ERROR })
    .max(SEED_MAX, { error: SEED_ERROR })
    .optional(),
  prompt: multiLine(PROMPT_MAX_CHARACTERS)
    .min(1, { error: "Write a prompt, or leave it out to use the one built from your answers." })
    .optional(),
};

function buildVariant(type: EventType<EventTypeKey>) {
  return z.strictObject(
    {
      eventType: z.literal(type.key),
      // prefault: a brief without answers still has its required questions checked.
      answers: buildAnswersSchema(type).prefault({}),
      ...COMMON_FIELDS,
    },
    { error: "There is no such field." },
  );
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

/** Never throws. One message a field, in the order of the schema, at most FIELD_ERRORS_MAX. */
export function parseBrief(input: unknown): Result<Brief, FieldError[]> {
  const parsed = briefSchema.safeParse(input);
  if (!parsed.success) return fail(buildFieldErrors(parsed.error));
  const brief = buildBrief(parsed.data);
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

function buildFieldErrors(error: z.ZodError): FieldError[] {
  const messages = new Map<string, string>();
  for (const issue of error.issues) {
    for (const field of listFields(issue)) {
      if (messages.size < FIELD_ERRORS_MAX && !messages.has(field)) messages.set(field, issue.message);
    }
  }
  return Array.from(messages, ([field, message]) => ({ field, message }));
}

function listFields(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => [...issue.path, key].map(String).join("."));
  }
  return [issue.path.length === 0 ? "body" : issue.path.map(String).join(".")];
}
