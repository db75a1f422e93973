/**
 * The bounds of a brief, each with its unit. The form, the API's validation, the catalogue answer and the
 * documentation take them from here. Characters are UTF-16 code units, as in a form's maxlength.
 */

/** After building, or as the person edited it. */
export const PROMPT_MAX_CHARACTERS = 2_000;
/** The exact text on the image, line breaks included. */
export const TEXT_MAX_CHARACTERS = 300;
export const DETAILS_MAX_CHARACTERS = 1_000;
/** A free answer to a question. */
export const ANSWER_MAX_CHARACTERS = 200;
/** An own answer to a choice that has "Other". */
export const OTHER_MAX_CHARACTERS = 100;
/** Shapes times count. */
export const PICTURES_MAX = 8;
/** The provider's largest seed. */
export const SEED_MAX = 2_147_483_647;
