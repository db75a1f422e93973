/** Reads what a caller sent: JSON by a strict schema, query strings, forms. Nothing is cast. */
import * as z from "zod/mini";
import { AppError } from "../errors.ts";
import { parseFields, wholeNumberInDigits } from "../fields.ts";
import { ID_PATTERN } from "../ids.ts";
import type { AppContext } from "./context.ts";

/** JSON is UTF-8. Other bytes would be stored as replacement characters that nobody sent. */
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** 415 for another content type, 400 for text that isn't JSON, 422 with the fields for JSON that doesn't fit. */
export async function parseJsonBody<Schema extends z.core.$ZodType>(
  c: AppContext,
  schema: Schema,
): Promise<z.output<Schema>> {
  return parseValue(await readJson(c), schema);
}

/** The JSON of a body, not yet checked against anything. */
export async function readJson(c: AppContext): Promise<unknown> {
  const contentType = c.req.header("Content-Type") ?? "";
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw new AppError("unsupported_media_type");
  }
  const bytes = await c.req.arrayBuffer();
  try {
    return JSON.parse(STRICT_UTF8.decode(bytes));
  } catch (cause) {
    throw new AppError("malformed_body", { cause });
  }
}

/** A field that a search form sent empty counts as not given. */
export function parseQuery<Schema extends z.core.$ZodType>(c: AppContext, schema: Schema): z.output<Schema> {
  const given = Object.entries(c.req.query()).filter(([, value]) => value !== "");
  return parseValue(Object.fromEntries(given), schema);
}

/** An id in a path that can't be one of ours is simply not there. */
export function parseId(c: AppContext, name = "id"): string {
  const id = c.req.param(name) ?? "";
  if (!ID_PATTERN.test(id)) throw new AppError("not_found");
  return id;
}

export const IDEMPOTENCY_KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

/** The Idempotency-Key header: 1 to 255 printable ASCII characters. How unique a key is, its sender knows. */
export function parseIdempotencyKey(c: AppContext): string {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined || key === "") throw new AppError("idempotency_key_required");
  if (!IDEMPOTENCY_KEY_PATTERN.test(key)) {
    throw new AppError("invalid_request", {
      errors: [{ field: "Idempotency-Key", message: "Use 1 to 255 characters without spaces." }],
    });
  }
  return key;
}

export const PAGE_LIMIT_MAX = 100;
const PAGE_LIMIT_DEFAULT = 24;

const CURSOR_ERROR = "Use the nextCursor of the page before.";

/** The `cursor` and `limit` that every list takes; lists with filters extend it. */
export const pageQuery = z.object({
  cursor: z.optional(z.string().check(z.regex(ID_PATTERN, CURSOR_ERROR))),
  limit: z._default(wholeNumberInDigits(1, PAGE_LIMIT_MAX), PAGE_LIMIT_DEFAULT),
});

/** The same for lists of rows that are numbered. */
export const numberedPageQuery = z.extend(pageQuery, {
  cursor: z.optional(wholeNumberInDigits(1, Number.MAX_SAFE_INTEGER, CURSOR_ERROR)),
});

export function parseValue<Schema extends z.core.$ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const parsed = parseFields(schema, value);
  if (parsed.ok) return parsed.value;
  throw new AppError("invalid_request", { errors: parsed.error });
}
