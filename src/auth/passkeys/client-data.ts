/**
 * What the browser says about a passkey ceremony, as far as it has to be known before the library looks at it: the
 * challenge, which the database is asked about. Refuses what happened in a frame of another site, which the library
 * leaves to its callers. https://www.w3.org/TR/webauthn-3/#dictdef-collectedclientdata
 */
import { decodeClientDataJSON } from "@simplewebauthn/server/helpers";
import * as z from "zod/mini";

const clientDataSchema = z.object({
  /** As it was sent to the browser: base64url without padding. */
  challenge: z.string(),
  /** True in a frame of another site. */
  crossOrigin: z.optional(z.literal(false)),
  /** Whose frame it is. */
  topOrigin: z.optional(z.undefined()),
});

/** Null when there is none, or when the page was in somebody else's. Everything else is still unverified. */
export function readChallenge(clientDataJson: string): string | null {
  const parsed = clientDataSchema.safeParse(decode(clientDataJson));
  return parsed.success ? parsed.data.challenge : null;
}

function decode(clientDataJson: string): unknown {
  try {
    return decodeClientDataJSON(clientDataJson);
  } catch {
    // Neither text nor JSON: there is nothing in it to refuse field by field.
    return null;
  }
}
