/**
 * What words a person may send: trimmed, within a length, without characters that nobody can see.
 * Nothing is repaired beyond surrounding blanks and the kind of line break: a broken text is refused.
 */
import * as z from "zod";

const LINE_BREAKS = /\r\n?|[\u2028\u2029]/g;
const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const CONTROL_CHARACTERS_BUT_LINE_FEED = /[^\P{Cc}\n]/u;

/** Words on one line. The empty string passes: whether it counts as given is the caller's question. */
export function singleLine(maxCharacters: number, error: z.core.$ZodErrorMap) {
  return z
    .string({ error })
    .trim()
    .max(maxCharacters, { error: `Use at most ${maxCharacters} characters.` })
    .refine((words) => !CONTROL_CHARACTERS.test(words), {
      error: "Keep this on one line, without control characters.",
    })
    .refine(isWhole, { error: BROKEN });
}

/** Words on any number of lines. A form sends CRLF, which would count twice: every line break becomes LF. */
export function multiLine(maxCharacters: number) {
  return z
    .string({ error: "Write this as text." })
    .trim()
    .overwrite((words) => words.replace(LINE_BREAKS, "\n"))
    .max(maxCharacters, { error: `Use at most ${maxCharacters} characters.` })
    .refine((words) => !CONTROL_CHARACTERS_BUT_LINE_FEED.test(words), {
      error: "Remove the tabs and control characters; line breaks may stay.",
    })
    .refine(isWhole, { error: BROKEN });
}

const BROKEN = "This has half a character in it. Type it again.";

/** Half of a surrogate pair can be neither stored nor sent as UTF-8. */
function isWhole(words: string): boolean {
  return words.isWellFormed();
}
