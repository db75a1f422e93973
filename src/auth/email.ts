/**
 * E-mail addresses: one normal form, and one rule for which addresses letters go to.
 * ASCII only: an address that looks like another one (a full-width @, a Cyrillic a) is refused, not folded.
 */

export const EMAIL_MAX_CHARACTERS = 254;
const LOCAL_PART_MAX_CHARACTERS = 64;

/** Unquoted local part and a domain with at least one dot. No quotes, commas, spaces, line breaks or second @. */
const EMAIL_PATTERN =
  /^[a-z0-9!#$%&'*+/=?^_{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The one normal form of an address: trimmed and lower case. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** The normal form of an address that a letter can be sent to, or null. */
export function parseEmail(text: string): string | null {
  if (text.length > EMAIL_MAX_CHARACTERS + 2) return null;
  const email = normalizeEmail(text);
  if (email.length > EMAIL_MAX_CHARACTERS || email.indexOf("@") > LOCAL_PART_MAX_CHARACTERS) return null;
  return EMAIL_PATTERN.test(email) ? email : null;
}

/** Enough to recognise one's own address, and too little to learn somebody else's: `i…@example.test`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return `${email.slice(0, 1)}…${email.slice(at)}`;
}
