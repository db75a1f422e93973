/** The catalogue as `GET /api/catalogue` answers it: what a client needs to build a form, and nothing of the prompt. */
import { DEFAULT_QUALITY, EVENT_TYPES, QUALITIES, SHAPES, STYLES } from "./catalogue.ts";
import {
  ANSWER_MAX_CHARACTERS,
  DETAILS_MAX_CHARACTERS,
  OTHER_MAX_CHARACTERS,
  PICTURES_MAX,
  PROMPT_MAX_CHARACTERS,
  SEED_MAX,
  TEXT_MAX_CHARACTERS,
} from "./limits.ts";
import type { Question } from "./questions.ts";
import { getPictureSize } from "./shapes.ts";

export interface QuestionJson {
  key: string;
  label: string;
  type: Question["type"];
  required: boolean;
  choices?: readonly string[];
  other?: boolean;
  min?: number;
  max?: number;
  maxLength?: number;
}

/** Sizes are those stored at standard quality, with the model that makes the pictures. */
export function buildCatalogueJson(model: string) {
  return {
    eventTypes: EVENT_TYPES.map(({ key, name, questions }) => ({
      key,
      name,
      questions: questions.map(buildQuestionJson),
    })),
    styles: STYLES.map(({ key, name }) => ({ key, name, thumbnail: buildThumbnailPath(key) })),
    shapes: SHAPES.map(({ key, use }) => {
      const { width, height } = getPictureSize(key, DEFAULT_QUALITY, model);
      return { key, use, width, height };
    }),
    qualities: QUALITIES.map(({ key, name, cost }) => ({ key, name, cost })),
    limits: {
      picturesMax: PICTURES_MAX,
      promptMaxCharacters: PROMPT_MAX_CHARACTERS,
      textMaxCharacters: TEXT_MAX_CHARACTERS,
      detailsMaxCharacters: DETAILS_MAX_CHARACTERS,
      answerMaxCharacters: ANSWER_MAX_CHARACTERS,
      otherMaxCharacters: OTHER_MAX_CHARACTERS,
      seedMax: SEED_MAX,
    },
  };
}

export type CatalogueJson = ReturnType<typeof buildCatalogueJson>;

/** The path of a style's illustration below public/. */
export function buildThumbnailPath(styleKey: string): string {
  return `/styles/${styleKey}.svg`;
}

function buildQuestionJson(question: Question): QuestionJson {
  const { key, label, type, required } = question;
  switch (question.type) {
    case "text":
      return { key, label, type, required, maxLength: question.maxLength };
    case "number":
      return { key, label, type, required, min: question.min, max: question.max };
    case "choice":
      return {
        key,
        label,
        type,
        required,
        choices: question.choices,
        other: question.other,
        ...(question.other ? { maxLength: question.maxLength } : {}),
      };
  }
}
