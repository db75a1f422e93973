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

/**
 * Every answer that a targeting may come to, null standing for "none of them", which leaves it to the default variant.
 * Null as a whole when an answer is computed: then it may be anything.
 */
export function listPossibleAnswers(targeting: unknown): (string | null)[] | null {
  if (targeting === undefined || targeting === null) return [null];
  if (typeof targeting !== "object") return [String(targeting)];
  if (!isJsonObject(targeting)) return null;
  const [[operator, operands] = [], ...others] = Object.entries(targeting);
  if (!Array.isArray(operands) || others.length > 0) return null;
  if (operator === "if") {
    // Without an answer for everybody else there is none.
    const isOpen = operands.length % 2 === 0;
    return joinAnswers([...operands.filter(isBranch), ...(isOpen ? [null] : [])]);
  }
  if (operator !== "fractional") return null;
  // Whoever has nothing to be chosen by gets no share.
  return joinAnswers([...operands.filter(Array.isArray).map(([name]: unknown[]) => name), null]);
}

function joinAnswers(branches: readonly unknown[]): (string | null)[] | null {
  const answers = branches.map(listPossibleAnswers);
  return answers.includes(null) ? null : answers.flatMap((some) => some ?? []);
}
