/** Which words stand on a picture: the prompt's exact quoted text when there is one, else a short title. */

import { spellOut } from "./spelling.ts";

const TITLE_WORDS_MAX = 4;
const WORDING_MAX_LINES = 9;
const WORDING_MAX_CHARACTERS = 400;

/** Words that say what kind of thing is wanted, not what it is about. */
const FILLER = new Set(
  "a an the of for with and or in on at to by from please create make generate draw design me my our image picture photo poster flyer invitation card illustration artwork scene beautiful vibrant professional high quality style styled showing featuring depicting that is event".split(
    " ",
  ),
);

/** The lines to letter, the headline first, in characters that can be lettered. Never empty. */
export function findWording(prompt: string): string[] {
  const plain = prompt.replace(/\[\[sim:[^\]]*\]\]/g, " ");
  const exact = findStructuredText(plain) ?? findQuotedText(plain);
  return (exact.length > 0 ? limitLines(exact) : [buildTitle(plain)]).map(spellOut);
}

/** The texts of a structured JSON prompt, or null when the prompt is not one. */
function findStructuredText(prompt: string): string[] | null {
  if (!prompt.trimStart().startsWith("{")) return null;
  const texts = [...prompt.matchAll(/"text"\s*:\s*("(?:[^"\\]|\\.)*")/g)].flatMap(([, literal]) => {
    const text: unknown = JSON.parse(literal ?? '""');
    return typeof text === "string" && text !== "text" ? text.split("\n") : [];
  });
  return texts.length > 0 ? texts : null;
}

function findQuotedText(prompt: string): string[] {
  const quoted = [...prompt.matchAll(/"([^"]+)"|“([^”]+)”|«([^»]+)»/g)];
  return quoted.flatMap(([, straight, curly, angled]) =>
    (straight ?? curly ?? angled ?? "").split(/\r?\n|\\n/),
  );
}

function limitLines(lines: readonly string[]): string[] {
  let left = WORDING_MAX_CHARACTERS;
  const kept: string[] = [];
  for (const line of lines.map((text) => text.trim()).filter((text) => text !== "")) {
    if (kept.length === WORDING_MAX_LINES || left <= 0) break;
    kept.push(line.slice(0, left));
    left -= line.length;
  }
  return kept;
}

function buildTitle(prompt: string): string {
  const words = prompt.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*|[,.;:!?\n]/gu) ?? [];
  const title: string[] = [];
  for (const word of words) {
    const isBreak = /^[,.;:!?\n]$/.test(word);
    if (title.length === TITLE_WORDS_MAX || (isBreak && title.length > 0)) break;
    if (!isBreak && !FILLER.has(word.toLowerCase())) title.push(word);
  }
  return title.length === 0 ? "Eventide" : title.map(capitalize).join(" ");
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
