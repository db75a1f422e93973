/**
 * What a schema refuses, as a sentence for whoever filled the field in. A schema that knows better says so itself;
 * nobody ever reads the words of the library.
 */
import type * as z from "zod/mini";

/** A longer list is no help in a sentence. */
const CHOICES_MAX = 12;

const WRITE_TEXT = "Write this as text.";

/** For the `error` of a parse: it is asked only where the schema has no words of its own. */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined && issue.code !== "unrecognized_keys") return "This is missing.";
  switch (issue.code) {
    case "invalid_type":
      return describeType(issue.expected);
    case "too_small":
      return describeTooSmall(issue);
    case "too_big":
      return describeTooBig(issue);
    case "invalid_format":
      return describeFormat(issue.format);
    case "not_multiple_of":
      return `Enter a multiple of ${issue.divisor}.`;
    case "invalid_value":
      return describeChoices(issue.values);
    case "unrecognized_keys":
      return "This field is not known here.";
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "custom":
      return "This can't be used here.";
  }
}

function describeType(expected: string): string {
  switch (expected) {
    case "string":
      return WRITE_TEXT;
    case "number":
      return "Enter a number.";
    case "int":
      return "Enter a whole number.";
    case "boolean":
      return "Say true or false.";
    case "array":
      return "Send a list.";
    case "object":
    case "record":
      return "Send an object with fields.";
    default:
      return "This is of the wrong kind.";
  }
}

function describeTooSmall({
  origin,
  minimum,
  inclusive,
}: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  switch (origin) {
    case "string":
      return minimum === 1 ? "Fill this in." : `Use at least ${minimum} characters.`;
    case "array":
      return minimum === 1 ? "Give at least one." : `Give at least ${minimum}.`;
    default:
      return inclusive === false
        ? `Enter a number above ${minimum}.`
        : `Enter a number of at least ${minimum}.`;
  }
}

function describeTooBig({ origin, maximum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>): string {
  switch (origin) {
    case "string":
      return maximum === 1 ? "Use one character." : `Use at most ${maximum} characters.`;
    case "array":
      return maximum === 1 ? "Give only one." : `Give at most ${maximum}.`;
    default:
      return inclusive === false
        ? `Enter a number below ${maximum}.`
        : `Enter a number of at most ${maximum}.`;
  }
}

function describeFormat(format: string): string {
  switch (format) {
    case "email":
      return "Enter an e-mail address such as name@example.org.";
    case "url":
      return "Enter an address such as https://example.org.";
    default:
      return "This is not written as it has to be.";
  }
}

function describeChoices(values: readonly z.core.util.Primitive[]): string {
  const [only] = values;
  if (values.length === 1) return `This must be ${String(only)}.`;
  if (values.length > CHOICES_MAX) return "Choose one of those that are offered.";
  return `Choose one of: ${values.map(String).join(", ")}.`;
}
