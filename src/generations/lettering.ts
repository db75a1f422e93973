/**
 * The text on the image. Two modes and no third: no lettering, or exactly this text. A prompt that asked for
 * both made gibberish, so only this file writes about lettering, and only the exact text stands in quotes.
 */
import { trimWords } from "./wording.ts";

type Quotes = readonly [open: string, close: string];

/** In order of preference: straight double quotes are what the provider is documented with. */
const QUOTES: readonly Quotes[] = [
  ['"', '"'],
  ["“", "”"],
  ["«", "»"],
  ["‹", "›"],
  ["「", "」"],
  ["『", "』"],
];

const ANY_QUOTATION_MARK = /["“”„‟«»‹›「」『』＂]/g;

/** A kind of quotation marks that the text itself doesn't use, or null when it uses every kind. */
export function findQuotes(text: string): Quotes | null {
  return QUOTES.find(([open, close]) => !text.includes(open) && !text.includes(close)) ?? null;
}

/** The lines of the exact text, without blanks around them and without empty ones. */
export function listTextLines(text: string): string[] {
  return text
    .split("\n")
    .map(trimWords)
    .filter((line) => line !== "");
}

/** The sentence of the prompt that decides the text mode. */
export function buildLettering(text: string | undefined): string {
  if (text === undefined) return "No lettering: the picture contains no text, letters, numbers or logos.";
  const quotes = findQuotes(text);
  if (quotes === null)
    throw new Error("A text without usable quotation marks has passed the brief's schema.");
  const [open, close] = quotes;
  const lines = listTextLines(text).map((line) => `${open}${line}${close}`);
  const placing = lines.length === 1 ? "this line" : "these lines, in this order, the first as the headline";
  return `The only lettering is ${placing}, crisp, legible and exactly as quoted: ${lines.join(", ")}.`;
}

/** Words for the prompt that are not lettering: double quotation marks would make the provider write them. */
export function withoutQuotationMarks(words: string): string {
  return words.replace(ANY_QUOTATION_MARK, "'");
}
