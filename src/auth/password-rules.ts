/**
 * Which passwords may be chosen: length, and not one of those that are tried first. No rules about kinds of
 * characters, as NIST SP 800-63B advises: they make passwords harder to remember and no harder to guess.
 */
import { COMMON_PASSWORDS, COMMON_WORDS, KEY_ROWS } from "./common-passwords.ts";
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from "./password.ts";

export type PasswordProblem = "too_short" | "too_long" | "too_common" | "like_the_address";

/** Null when the password may be used. `email` is the account's address. */
export function findPasswordProblem(password: string, email: string): PasswordProblem | null {
  const normal = password.normalize("NFKC");
  const characters = Array.from(normal).length;
  if (characters < PASSWORD_MIN_CHARACTERS) return "too_short";
  if (characters > PASSWORD_MAX_CHARACTERS) return "too_long";
  const lower = normal.toLowerCase();
  if (isLikeAddress(lower, email)) return "like_the_address";
  return isCommon(lower) ? "too_common" : null;
}

/** The problem as a sentence for the person. */
export function describePasswordProblem(problem: PasswordProblem): string {
  switch (problem) {
    case "too_short":
      return `Use at least ${PASSWORD_MIN_CHARACTERS} characters. A few words in a row are easy to remember.`;
    case "too_long":
      return `Use at most ${PASSWORD_MAX_CHARACTERS} characters.`;
    case "too_common":
      return "This is one of the passwords that are tried first. A few unrelated words in a row are better.";
    case "like_the_address":
      return "This is too much like your e-mail address. Choose something that can't be known from it.";
  }
}

/** The address or its first part with only a little around it. */
const AROUND_ADDRESS_MAX_CHARACTERS = 4;
const LOCAL_PART_MIN_CHARACTERS = 4;

function isLikeAddress(lower: string, email: string): boolean {
  const localPart = email.slice(0, email.lastIndexOf("@"));
  return [email, localPart].some(
    (part) =>
      part.length >= LOCAL_PART_MIN_CHARACTERS &&
      lower.includes(part) &&
      lower.length - part.length <= AROUND_ADDRESS_MAX_CHARACTERS,
  );
}

function isCommon(lower: string): boolean {
  return (
    COMMON_PASSWORDS.has(lower) ||
    isRepeatedBlock(lower) ||
    isWalkAlongRows(lower) ||
    isCommonWordWithTail(unleet(lower)) ||
    isCommonWordWithTail(lower)
  );
}

/** aaaaaaaaaaaa, 121212121212, abcabcabcabca. */
function isRepeatedBlock(text: string): boolean {
  for (const length of [1, 2, 3, 4]) {
    const block = text.slice(0, length);
    if (text === block.repeat(Math.ceil(text.length / length)).slice(0, text.length)) return true;
  }
  return false;
}

const PIECE_MIN_CHARACTERS = 3;
/** One or two characters at the end make no walk a secret. */
const REST_MAX_CHARACTERS = 2;
const WALKS = KEY_ROWS.flatMap((row) => [row, Array.from(row).reverse().join("")]);

function isWalkAlongRows(text: string): boolean {
  let rest = text;
  while (rest.length > REST_MAX_CHARACTERS) {
    const piece = longestPiece(rest);
    if (piece < PIECE_MIN_CHARACTERS) return false;
    rest = rest.slice(piece);
  }
  return true;
}

/** How many characters at the start follow one row without a gap. */
function longestPiece(text: string): number {
  let longest = 0;
  while (longest < text.length && WALKS.some((walk) => walk.includes(text.slice(0, longest + 1)))) longest++;
  return longest;
}

const TAIL_PATTERN = /^[^a-z]*$/;

function isCommonWordWithTail(text: string): boolean {
  return COMMON_WORDS.some((word) => {
    if (!text.startsWith(word)) return false;
    let rest = text;
    while (rest.startsWith(word)) rest = rest.slice(word.length);
    return TAIL_PATTERN.test(rest) && rest.length <= text.length / 2 + 2;
  });
}

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "@": "a",
  $: "s",
};

/** Signs that stand for letters, up to where the word ends: p@ssw0rd2026 → password2026. */
function unleet(text: string): string {
  const end = text.search(/[^a-z]{3,}/);
  const word = end < 0 ? text : text.slice(0, end);
  return word.replace(/[01345@$]/g, (sign) => LEET[sign] ?? sign) + text.slice(word.length);
}
