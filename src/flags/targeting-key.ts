/** Finds out whether a rule chooses a share of people by their targeting key. Pure. */
import { isJsonObject } from "./json.ts";

/**
 * True when a `fractional` names no value to choose by: it then uses the targeting key, and without one flagd
 * silently answers with the default variant, so that "100 %" would be off.
 */
export function needsTargetingKey(targeting: unknown): boolean {
  if (Array.isArray(targeting)) return targeting.some(needsTargetingKey);
  if (!isJsonObject(targeting)) return false;
  return Object.entries(targeting).some(
    ([operator, operands]) =>
      (operator === "fractional" && isImplicit(operands)) || needsTargetingKey(operands),
  );
}

/** The first operand is a share already, not something to choose by. */
function isImplicit(operands: unknown): boolean {
  return Array.isArray(operands) && Array.isArray(operands[0]);
}
