/**
 * What an operator wrote under a flag's key: on, off, auto, a variant, or a percentage. Pure.
 * Anything else is invalid and changes nothing; it is never guessed at.
 */

export type Switch =
  /** Follow the rules: the key is absent, or says so. */
  | { kind: "auto" }
  | { kind: "variant"; variant: string }
  /** On for a sticky part of all people: 0 to 100, with at most two decimals. */
  | { kind: "percentage"; percentage: number }
  | { kind: "invalid" };

/** Longer values can't be any of the accepted forms. */
const VALUE_MAX_CHARACTERS = 100;

const SYNONYMS: Readonly<Record<string, Switch>> = {
  on: { kind: "variant", variant: "on" },
  true: { kind: "variant", variant: "on" },
  "1": { kind: "variant", variant: "on" },
  enabled: { kind: "variant", variant: "on" },
  off: { kind: "variant", variant: "off" },
  false: { kind: "variant", variant: "off" },
  "0": { kind: "variant", variant: "off" },
  disabled: { kind: "variant", variant: "off" },
  auto: { kind: "auto" },
};

const PERCENTAGE_PATTERN = /^(\d{1,3}(?:\.\d{1,2})?)\s?%$/;
export const PERCENTAGE_MAX = 100;

/** Anything longer means nothing anyway. */
const SHOWN_MAX_CHARACTERS = 200;

/** For the history and for people: what somebody put into the namespace may be megabytes long. */
export function shortenValue(raw: string): string {
  if (raw.length <= SHOWN_MAX_CHARACTERS) return raw;
  // Half a character would come back from the database as another one.
  return `${raw.slice(0, SHOWN_MAX_CHARACTERS - 1).toWellFormed()}…`;
}

/** `raw` is null when the key is absent. `variants` are the names that the flag's own rule defines. */
export function parseSwitch(raw: string | null, variants: readonly string[] = []): Switch {
  if (raw === null) return { kind: "auto" };
  const text = raw.trim();
  if (text === "" || text.length > VALUE_MAX_CHARACTERS) return { kind: "invalid" };
  const word = text.toLowerCase();
  const synonym = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
  if (synonym !== undefined) return synonym;
  if (variants.includes(text)) return { kind: "variant", variant: text };
  const [, digits] = PERCENTAGE_PATTERN.exec(text) ?? [];
  if (digits === undefined) return { kind: "invalid" };
  const percentage = Number(digits);
  return percentage <= PERCENTAGE_MAX ? { kind: "percentage", percentage } : { kind: "invalid" };
}
