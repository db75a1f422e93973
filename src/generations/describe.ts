/**
 * How a picture is called and described to people who see it in a list or can't see it.
 * Both may be public: they hold no details, and no free answer but the one that names the event.
 */
import { listAnswers } from "./answers.ts";
import type { Brief } from "./brief.ts";
import { getEventType, getShape, getStyle, type ShapeKey } from "./catalogue.ts";
import { listTextLines } from "./lettering.ts";
import { buildTitlePart } from "./questions.ts";

/** For example "Birthday Party, age 7". */
export function buildTitle(brief: Brief): string {
  return [getEventType(brief.eventType).name, ...listTitleParts(brief)].join(", ");
}

/** For example "Picture for a birthday party, age 7, in Pop Art style, flyer 3:4. Text: Mia turns 7 / Saturday". */
export function buildAltText(brief: Brief, shape: ShapeKey): string {
  const facts = [`Picture for ${getEventType(brief.eventType).occasion}`, ...listTitleParts(brief)];
  if (brief.style !== undefined) facts.push(`in ${getStyle(brief.style).name} style`);
  facts.push(`${getShape(shape).use} ${shape}`);
  const lines = listWrittenLines(brief);
  return `${facts.join(", ")}.${lines.length === 0 ? "" : ` Text: ${lines.join(" / ")}`}`;
}

function listTitleParts(brief: Brief): string[] {
  return listAnswers(brief).flatMap(({ question, answer }) => buildTitlePart(question, answer) ?? []);
}

/** The lines of the exact text that the prompt really asks for: an edited prompt may have dropped some. */
function listWrittenLines({ text, prompt }: Brief): string[] {
  if (text === undefined) return [];
  return listTextLines(text).filter((line) => prompt === undefined || prompt.includes(line));
}
