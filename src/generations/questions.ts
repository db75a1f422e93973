/**
 * What a question of the catalogue is, and the builders that the catalogue is written with.
 * A question carries how its answer is said in the prompt, so that no answer can be asked for and then lost.
 */
import { ANSWER_MAX_CHARACTERS, OTHER_MAX_CHARACTERS } from "./limits.ts";

interface QuestionBase {
  /** A short kebab-case word, unique within its event type. */
  readonly key: string;
  readonly label: string;
  /** An example for the form. */
  readonly hint?: string;
  readonly required: boolean;
  /** The answer as a sentence of the prompt, without its full stop. Must contain the answer word for word. */
  readonly phrase: (answer: string) => string;
  /** The answer as a part of the picture's title; absent when it has no place there. */
  readonly title?: (answer: string) => string;
}

export interface TextQuestion extends QuestionBase {
  readonly type: "text";
  readonly maxLength: number;
}

export interface NumberQuestion extends QuestionBase {
  readonly type: "number";
  readonly min: number;
  readonly max: number;
}

export interface ChoiceQuestion extends QuestionBase {
  readonly type: "choice";
  readonly choices: readonly string[];
  /** Whether an own answer of up to `maxLength` characters is taken too. */
  readonly other: boolean;
  readonly maxLength: number;
}

export type Question = TextQuestion | NumberQuestion | ChoiceQuestion;

/** The choice at the end of a list that also takes an own answer. */
export const OTHER_CHOICE = "Other";

type Options<Kind extends Question> = Pick<Kind, "label" | "phrase"> &
  Partial<Pick<Kind, "hint" | "required" | "title">>;

export function textQuestion(key: string, options: Options<TextQuestion>): TextQuestion {
  return { key, type: "text", required: false, maxLength: ANSWER_MAX_CHARACTERS, ...options };
}

export function numberQuestion(
  key: string,
  options: Options<NumberQuestion> & { min: number; max: number },
): NumberQuestion {
  return { key, type: "number", required: false, ...options };
}

export function choiceQuestion(
  key: string,
  options: Options<ChoiceQuestion> & { choices: readonly string[] },
): ChoiceQuestion {
  const other = options.choices.includes(OTHER_CHOICE);
  return { key, type: "choice", required: false, other, maxLength: OTHER_MAX_CHARACTERS, ...options };
}

/** An answer as the prompt says it. A bare "Other" would tell the provider nothing. */
export function buildPhrase(question: Question, answer: string): string {
  const isBareOther = question.type === "choice" && answer === OTHER_CHOICE;
  return question.phrase(isBareOther ? `something ${OTHER_CHOICE} than the usual` : answer);
}

/** An answer as the title says it, or null when it has no place there. */
export function buildTitlePart(question: Question, answer: string): string | null {
  if (question.title === undefined || answer === OTHER_CHOICE) return null;
  return question.title(answer);
}
