/**
 * What the browser says about a passkey ceremony: for what, for which challenge, and on which site. The signature
 * covers it, so that an answer that a person gave to another site is worth nothing here.
 * https://www.w3.org/TR/webauthn-3/#dictdef-collectedclientdata
 */
import * as z from "zod";

const clientDataSchema = z.object({
  type: z.enum(["webauthn.create", "webauthn.get"]),
  /** As it was sent to the browser: base64url without padding. */
  challenge: z.string(),
  origin: z.string(),
  /** True in a frame of another site. */
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});

export type ClientData = z.infer<typeof clientDataSchema>;

/** Null unless it is of this ceremony and of this site itself. Whether the challenge is ours is told by the database. */
export function parseClientData(
  bytes: Uint8Array,
  expected: { type: ClientData["type"]; origin: string },
): ClientData | null {
  const parsed = clientDataSchema.safeParse(parseJson(bytes));
  if (!parsed.success) return null;
  const { type, origin, crossOrigin, topOrigin } = parsed.data;
  if (type !== expected.type || origin !== expected.origin) return null;
  return crossOrigin === true || topOrigin !== undefined ? null : parsed.data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    // Neither text nor JSON: there is nothing in it to refuse field by field.
    return null;
  }
}
