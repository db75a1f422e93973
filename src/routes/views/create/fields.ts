/**
 * The contract between the form on /create and its route: field names, values, and how they are read back.
 * The form posts to /create with `intent` = switch: show the questions of `switchTo`, keeping what was typed;
 * preview: show prompt and price; rebuild: the same, dropping the edited prompt; create: make the pictures.
 */
import { OTHER, otherName } from "../components/choice.tsx";
import { typedValue } from "../form-values.ts";
import type { Catalogue, FormValues, Question } from "../model.ts";

/** The radio button for "no style at all". */
export const NO_STYLE = "";

export function answerName(questionKey: string): string {
  return `answers.${questionKey}`;
}

/** The answer that a person gave to a question; own words win over the choice "something else". Empty when none. */
export function answerOf(values: FormValues, question: Question): string {
  const name = answerName(question.key);
  const value = typedValue(values, name).trim();
  const ownWords = typedValue(values, otherName(name)).trim();
  return value === OTHER && ownWords !== "" ? ownWords : value;
}

/**
 * The prompt that the person wrote, or null when it is still the one that was built for the preview:
 * then the answers decide, also those that changed since. Browsers send line breaks as CRLF.
 */
export function editedPromptOf(values: FormValues): string | null {
  const prompt = withPlainLineBreaks(typedValue(values, "prompt"));
  if (prompt === "" || prompt === withPlainLineBreaks(typedValue(values, "builtPrompt"))) return null;
  return prompt;
}

function withPlainLineBreaks(text: string): string {
  return text.replaceAll("\r\n", "\n").trim();
}

/** A form that nobody has touched yet. */
export function initialValues(catalogue: Catalogue): FormValues {
  const square = catalogue.shapes.find((shape) => shape.width === shape.height) ?? catalogue.shapes[0];
  return {
    style: NO_STYLE,
    shapes: square === undefined ? [] : [square.key],
    quality: catalogue.qualities[0]?.key ?? "",
    count: "1",
  };
}
