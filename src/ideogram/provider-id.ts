/** The provider's generation id: written into our rows and into the path of every poll. */

import * as z from "zod/mini";

/**
 * Documented as 22 characters of base64url, but any printable id is taken: the picture behind it is already paid for.
 * Not "." or "..", which no encoding keeps in a path.
 */
export const providerIdSchema = z.string().check(z.regex(/^(?!\.{1,2}$)[\x21-\x7e]{1,200}$/));
