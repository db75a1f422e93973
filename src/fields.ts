/** Parses what came from outside by a schema: typed values, or one sentence for each field that doesn't fit. */
import * as z from "zod/mini";
import type { FieldError } from "./errors.ts";
import { describeIssue } from "./field-messages.ts";
import { fail, type Result, succeed } from "./result.ts";

/** Whoever sends a thousand unknown fields isn't told about every one of them. */
export const FIELD_ERRORS_MAX = 20;

/** Never throws. One message a field, in the order of the schema, at most FIELD_ERRORS_MAX. */
export function parseFields<Schema extends z.core.$ZodType>(
  schema: Schema,
  input: unknown,
): Result<z.output<Schema>, FieldError[]> {
  const parsed = z.safeParse(schema, input, { error: describeIssue });
  return parsed.success ? succeed(parsed.data) : fail(listFieldErrors(parsed.error.issues));
}

function listFieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  const messages = new Map<string, string>();
  for (const issue of issues) {
    for (const field of listFields(issue)) {
      if (messages.size < FIELD_ERRORS_MAX && !messages.has(field)) messages.set(field, issue.message);
    }
  }
  return Array.from(messages, ([field, message]) => ({ field, message }));
}

/** An unknown field is named itself, and not the object that it is in. */
function listFields(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...path, key].join("."));
  return [path.length === 0 ? "body" : path.join(".")];
}

/**
 * What fits the schema, and the fallback in place of everything else: zod's `catch`, which reaches for one function in a
 * way that brings all of zod's tools into the bundle (docs/decisions/bundle.md).
 */
export function orElse<Schema extends z.core.$ZodType>(
  innerType: Schema,
  fallback: z.output<Schema>,
): z.ZodMiniCatch<Schema> {
  const schema = new z.ZodMiniCatch({ type: "catch", innerType, catchValue: () => fallback });
  // The class isn't generic; zod's own function says the same of what it makes.
  return schema as z.ZodMiniCatch<Schema>;
}

/** A whole number, and one sentence for everything else. */
export function wholeNumber(min: number, max: number, error = `Enter a whole number from ${min} to ${max}.`) {
  return z.int({ error }).check(z.minimum(min), z.maximum(max));
}

const DIGITS = /^\d{1,16}$/;

/** The same, written in digits as in an address. */
export function wholeNumberInDigits(
  min: number,
  max: number,
  error = `Enter a whole number from ${min} to ${max}.`,
) {
  const number = z.pipe(z.string({ error }).check(z.regex(DIGITS)), z.transform(Number));
  return z.pipe(number, wholeNumber(min, max, error));
}
