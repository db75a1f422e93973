/**
 * What words a person may send: trimmed, within a length, without control characters; words without any visible
 * character are none. Nothing is repaired beyond surrounding blanks and the kind of line break: a broken text is refused.
 */
import * as z from "zod/mini";

const BROKEN = "This has half a character in it. Type it again.";
const LINE_BREAKS = /\r\n?|[\u2028\u2029]/g;
/** Anything but blanks and characters that draw nothing by themselves, such as joiners and marks of direction. */
const VISIBLE_CHARACTER = /[^\s\p{Default_Ignorable_Code_Point}]/u;
const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const CONTROL_CHARACTERS_BUT_LINE_FEED = /[^\P{Cc}\n]/u;

/** What nobody can see wasn't given. Between visible characters it stays: emoji and many scripts need it. */
export function trimWords(words: string): string {
  return VISIBLE_CHARACTER.test(words) ? words.trim() : "";
}

/** Words on one line. The empty string passes: whether it counts as given is the caller's question. */
export function singleLine(maxCharacters: number, error: z.core.$ZodErrorMap) {
  return z.string({ error }).check(
    z.overwrite(trimWords),
    z.maxLength(maxCharacters, `Use at most ${maxCharacters} characters.`),
    z.refine(
      (words) => !CONTROL_CHARACTERS.test(words),
      "Keep this on one line, without control characters.",
    ),
    z.refine(isWhole, BROKEN),
  );
}

/** Words on any number of lines. A form sends CRLF, which would count twice: every line break becomes LF. */
export function multiLine(maxCharacters: number) {
  return z.string().check(
    z.overwrite(trimWords),
    z.overwrite((words) => words.replace(LINE_BREAKS, "\n")),
    z.maxLength(maxCharacters, `Use at most ${maxCharacters} characters.`),
    z.refine(
      (words) => !CONTROL_CHARACTERS_BUT_LINE_FEED.test(words),
      "Remove the tabs and control characters; line breaks may stay.",
    ),
    z.refine(isWhole, BROKEN),
  );
}

/** Half of a surrogate pair can be neither stored nor sent as UTF-8. */
function isWhole(words: string): boolean {
  return words.isWellFormed();
}
