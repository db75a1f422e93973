/** The form on /create as a brief, and a brief as the form. Pure: no check is made here that parseBrief makes. */
import type { Brief } from "../../generations/brief.ts";
import { QUALITIES, SHAPES } from "../../generations/catalogue.ts";
import { PICTURES_MAX } from "../../generations/limits.ts";
import { priceOf } from "../../generations/price.ts";
import { buildPrompt } from "../../generations/prompt.ts";
import { answerName, answerOf, editedPromptOf } from "../views/create/fields.ts";
import type { Price } from "../views/create/order-ticket.tsx";
import { typedValue, typedValues } from "../views/form-values.ts";
import type { EventType, FormValues } from "../views/model.ts";

/** What the form says, in the shape of the API's body; parseBrief decides whether it is a brief. */
export function toBriefInput(
  values: FormValues,
  eventType: EventType,
  options: { withPrompt: boolean },
): unknown {
  const prompt = options.withPrompt ? editedPromptOf(values) : null;
  const answers = eventType.questions
    .map((question) => [question.key, answerOf(values, question)] as const)
    .filter(([, answer]) => answer !== "");
  return {
    eventType: eventType.key,
    answers: Object.fromEntries(answers),
    ...givenText("style", values),
    shapes: typedValues(values, "shapes"),
    ...givenText("text", values),
    ...givenText("details", values),
    ...givenText("quality", values),
    ...givenNumber("count", values),
    ...givenNumber("seed", values),
    ...(prompt === null ? {} : { prompt }),
  };
}

/** Browsers send line breaks as CRLF. */
function givenText(name: string, values: FormValues): Record<string, string> {
  const text = typedValue(values, name).replaceAll("\r\n", "\n");
  return text.trim() === "" ? {} : { [name]: text };
}

/** Something that isn't a number stays as it is, so that the check can refuse it by name. */
function givenNumber(name: string, values: FormValues): Record<string, number | string> {
  const text = typedValue(values, name).trim();
  if (text === "") return {};
  return { [name]: /^-?\d+$/.test(text) ? Number(text) : text };
}

/** The form filled with what an earlier brief asked for. */
export function toFormValues(brief: Brief): FormValues {
  const answers = Object.entries(brief.answers).map(([key, answer]) => [answerName(key), String(answer)]);
  return {
    ...Object.fromEntries(answers),
    style: brief.style ?? "",
    shapes: [...brief.shapes],
    text: brief.text ?? "",
    details: brief.details ?? "",
    quality: brief.quality,
    count: String(brief.count),
    seed: brief.seed === undefined ? "" : String(brief.seed),
    ...(brief.prompt === undefined ? {} : { prompt: brief.prompt, builtPrompt: buildPromptOfAnswers(brief) }),
  };
}

/** The prompt that the answers alone would give. */
export function buildPromptOfAnswers(brief: Brief): string {
  const { prompt: _edited, ...answersOnly } = brief;
  return buildPrompt(answersOnly).prompt;
}

/** The price of what is chosen so far, by the function that charges. Nothing chosen costs nothing. */
export function priceOfForm(values: FormValues, model: string): Price {
  const chosen = typedValues(values, "shapes");
  const shapes = SHAPES.map(({ key }) => key).filter((key) => chosen.includes(key));
  const quality = QUALITIES.find(({ key }) => key === typedValue(values, "quality"))?.key;
  const count = Number(typedValue(values, "count"));
  const isPriced = quality !== undefined && Number.isInteger(count) && count >= 1;
  if (!isPriced || shapes.length * count > PICTURES_MAX) return { pictures: 0, cost: 0 };
  const { cost, pictures } = priceOf({ shapes, quality, count }, model);
  return { pictures: pictures.length, cost };
}
