/** Which variants a rule may answer with, as far as that can be read from it without evaluating. Pure. */
import { isJsonObject } from "./json.ts";

/** The names that stand where an answer stands. What is computed can't be known and isn't here. */
export function listTargetingAnswers(targeting: unknown): string[] {
  // flagd takes true and false for variants of these names.
  if (typeof targeting === "string" || typeof targeting === "boolean") return [String(targeting)];
  if (!isJsonObject(targeting)) return [];
  const [operator, operands] = Object.entries(targeting)[0] ?? [];
  if (!Array.isArray(operands)) return [];
  if (operator === "if") return operands.filter(isBranch).flatMap(listTargetingAnswers);
  if (operator === "fractional")
    return operands.filter(Array.isArray).flatMap(([name]) => listTargetingAnswers(name));
  return [];
}

/** Conditions and answers take turns; what is left over at the end is the answer for everybody else. */
function isBranch(_: unknown, index: number, operands: readonly unknown[]): boolean {
  return index % 2 === 1 || index === operands.length - 1;
}
