/**
 * The operators that flagd defines for targeting. The library behind it knows more: some end the process that asks
 * ("constructor"), throw ("try") or write to the log, and none of them would work on another flagd server. Pure.
 */
import { isJsonObject } from "./json.ts";

const OPERATORS: ReadonlySet<string> = new Set([
  ...["var", "missing", "missing_some"],
  ...["if", "==", "===", "!=", "!==", "!", "!!", "or", "and"],
  ...[">", ">=", "<", "<=", "max", "min", "+", "-", "*", "/", "%"],
  ...["map", "filter", "reduce", "all", "none", "some", "merge", "in", "cat", "substr"],
  ...["fractional", "sem_ver", "starts_with", "ends_with"],
  // What is left of one that names no shared expression: the library answers that by itself.
  "$ref",
]);

/** The first name that stands where an operator stands and isn't one. Null when there is none. */
export function findForeignOperator(targeting: unknown): string | null {
  if (Array.isArray(targeting)) return findFirst(targeting);
  if (!isJsonObject(targeting)) return null;
  const foreign = Object.keys(targeting).find((name) => !OPERATORS.has(name));
  return foreign ?? findFirst(Object.values(targeting));
}

function findFirst(values: readonly unknown[]): string | null {
  for (const value of values) {
    const foreign = findForeignOperator(value);
    if (foreign !== null) return foreign;
  }
  return null;
}
