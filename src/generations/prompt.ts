/**
 * The prompt of a brief: one function for the preview and for the generation, so that what was shown is what is sent.
 * It never cuts what a person wrote. Our own embellishments give way when there is little room.
 */
import type { MagicPrompt } from "../ideogram/capabilities.ts";
import { listAnswers } from "./answers.ts";
import type { Brief } from "./brief.ts";
import { getEventType, getStyle, WILD_CARD } from "./catalogue.ts";
import { buildLettering, withoutQuotationMarks } from "./lettering.ts";
import { PROMPT_MAX_CHARACTERS } from "./limits.ts";
import { buildPhrase } from "./questions.ts";

export interface BuiltPrompt {
  readonly prompt: string;
  /** Whether the provider may rewrite the prompt. */
  readonly magicPrompt: MagicPrompt;
}

const COMPOSITION =
  "One clear focal point, balanced composition with generous space around the edges, layered depth, expressive light, rich detail.";

/** How much of our own goes in, the most first. */
const EMBELLISHMENTS = [
  { hasScene: true, hasComposition: true },
  { hasScene: true, hasComposition: false },
  { hasScene: false, hasComposition: false },
] as const;

type Embellishment = (typeof EMBELLISHMENTS)[number];

/** The result can be longer than the limit only while a brief is being parsed, which then refuses it. */
export function buildPrompt(brief: Brief): BuiltPrompt {
  if (brief.prompt !== undefined) return { prompt: brief.prompt, magicPrompt: "off" };
  return { prompt: buildFittingPrompt(brief), magicPrompt: chooseMagicPrompt(brief) };
}

/** Wording that has to stay is not to be rewritten; a wild card is meant to be. */
function chooseMagicPrompt(brief: Brief): MagicPrompt {
  if (brief.text !== undefined) return "off";
  return brief.style === WILD_CARD ? "on" : "auto";
}

function buildFittingPrompt(brief: Brief): string {
  let prompt = "";
  for (const embellishment of EMBELLISHMENTS) {
    prompt = buildWholePrompt(brief, embellishment);
    if (prompt.length <= PROMPT_MAX_CHARACTERS) break;
  }
  return prompt;
}

/** Subject, answers, details, style, composition, lettering: from what matters most to how it is done. */
function buildWholePrompt(brief: Brief, { hasScene, hasComposition }: Embellishment): string {
  const { occasion, scene } = getEventType(brief.eventType);
  const sentences = [`Striking artwork for ${occasion}${hasScene ? `: ${scene}` : ""}`];
  for (const { question, answer } of listAnswers(brief)) {
    sentences.push(buildPhrase(question, withoutQuotationMarks(answer)));
  }
  if (brief.details !== undefined) sentences.push(withoutQuotationMarks(brief.details));
  if (brief.style !== undefined) {
    const { name, look } = getStyle(brief.style);
    sentences.push(`${name} style: ${look}`);
  }
  if (hasComposition) sentences.push(COMPOSITION);
  sentences.push(buildLettering(brief.text));
  return sentences.map(endSentence).join(" ");
}

function endSentence(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
