/** Says in the provider's words what is wrong with a request's fields. */

import type * as z from "zod";
import { fail, type Result, succeed } from "../../../src/result.ts";
import type { Refusal } from "./model.ts";

/** Parses the fields of a request; the first thing wrong is refused, as the provider does. */
export function parseFields<Schema extends z.ZodType>(
  schema: Schema,
  values: Record<string, unknown>,
): Result<z.output<Schema>, Refusal> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return succeed(parsed.data);
  const [issue] = parsed.error.issues;
  return fail({
    kind: "schema",
    message: issue === undefined ? "Invalid request" : describeIssue(issue, values),
  });
}

export function describeChoice(value: unknown, choices: readonly unknown[], field: string): string {
  return `${quote(value)} is not one of [${choices.map(quote).join(", ")}] - '${field}'`;
}

function describeIssue(issue: z.core.$ZodIssue, values: Record<string, unknown>): string {
  const field = issue.path.join(".");
  const value = issue.path.reduce<unknown>(readMember, values);
  switch (issue.code) {
    case "unrecognized_keys":
      return `Additional properties are not allowed (${issue.keys.map(quote).join(", ")} was unexpected)`;
    case "invalid_value":
      return value === undefined ? describeMissing(field) : describeChoice(value, issue.values, field);
    case "too_big":
      return typeof value === "number"
        ? `${value} is greater than the maximum of ${issue.maximum} - '${field}'`
        : `${quote(value)} is too long - '${field}'`;
    case "too_small":
      return typeof value === "number"
        ? `${value} is less than the minimum of ${issue.minimum} - '${field}'`
        : `${quote(value)} is too short - '${field}'`;
    case "invalid_type":
      return value === undefined
        ? describeMissing(field)
        : `${quote(value)} is not of type '${issue.expected}' - '${field}'`;
    default:
      return `${quote(value)} is not valid - '${field}'`;
  }
}

function describeMissing(field: string): string {
  return `${quote(field)} is a required property`;
}

const QUOTED_MAX_CHARACTERS = 60;

function quote(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return `'${value.slice(0, QUOTED_MAX_CHARACTERS)}'`;
}

function readMember(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
