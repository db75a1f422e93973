/**
 * Turns the provider's words into one bounded line that may be shown and stored.
 * It never lets the key, the prompt or the signature of a picture's address through.
 */

import * as z from "zod/mini";
import { orElse } from "../fields.ts";

/** The sentence of an error body, whatever its dialect; the start of the text when it has none. */
export function readProviderMessage(json: unknown, text: string, status: number, secrets: string[]): string {
  const body = errorSchema.safeParse(json);
  const words = body.success ? (body.data.error ?? body.data.message ?? body.data.detail) : undefined;
  return redactText(words ?? text, secrets) || `The provider answered ${status} without a message.`;
}

/** Why a 402 or 429 was answered, as the provider's own short code. */
export function readRejectReason(json: unknown): string | null {
  const body = rejectSchema.safeParse(json);
  return body.success ? body.data.reject_reason : null;
}

/** Removes the secrets and all queries of addresses, joins lines, and cuts to the length that is kept. */
export function redactText(text: string, secrets: string[]): string {
  let redacted = text;
  for (const secret of secrets.filter((secret) => secret.length >= SECRET_MIN_CHARACTERS)) {
    redacted = redacted
      .replaceAll(secret, REDACTED)
      .replaceAll(JSON.stringify(secret).slice(1, -1), REDACTED);
  }
  return redacted
    .slice(0, SEARCHED_MAX_CHARACTERS)
    .replace(ADDRESS_QUERY, "$1")
    .replace(CONTROL_OR_SPACE, " ")
    .trim()
    .slice(0, MESSAGE_MAX_CHARACTERS);
}

const MESSAGE_MAX_CHARACTERS = 500;
// The patterns below look back over what they have seen; a hostile page of many addresses must not make that slow.
const SEARCHED_MAX_CHARACTERS = 4_000;
// Replacing every "a" of a message because the prompt is "a" would hide the message and protect nothing.
const SECRET_MIN_CHARACTERS = 4;
const REDACTED = "[removed]";
const ADDRESS_QUERY = /(https?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/gi;
const CONTROL_OR_SPACE = /[\p{Cc}\s]+/gu;

const sentenceSchema = orElse(z.optional(z.string().check(z.trim(), z.minLength(1))), undefined);
const errorSchema = z.object({ error: sentenceSchema, message: sentenceSchema, detail: sentenceSchema });
const rejectSchema = z.object({ reject_reason: z.string().check(z.regex(/^[a-z_]{1,64}$/)) });
