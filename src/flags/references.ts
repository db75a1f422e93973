/**
 * Replaces `{"$ref": name}` in a rule by the document's shared expression of that name. Pure and bounded:
 * the library replaces text, and a few evaluators that name each other would grow it without end.
 */
import { fail, type Result, succeed } from "../result.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

const DEPTH_MAX = 64;
/** Values in one rule, after all replacements. */
const NODES_MAX = 20_000;

class TooLarge extends Error {}

/** A name that no evaluator has stays as it is: evaluating the rule then answers PARSE_ERROR, as flagd does. */
export function expandReferences(targeting: unknown, evaluators: JsonObject): Result<unknown, string> {
  let nodes = 0;
  const expand = (value: unknown, depth: number): unknown => {
    nodes += 1;
    if (nodes > NODES_MAX) throw new TooLarge(`The rule has more than ${NODES_MAX} parts.`);
    if (depth > DEPTH_MAX)
      throw new TooLarge(`The rule is nested more than ${DEPTH_MAX} deep, or names itself.`);
    if (Array.isArray(value)) return value.map((item) => expand(item, depth + 1));
    if (!isJsonObject(value)) return value;
    const name = readReference(value);
    if (name !== null && Object.hasOwn(evaluators, name)) return expand(evaluators[name], depth + 1);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, depth + 1)]));
  };
  try {
    return succeed(expand(targeting, 0));
  } catch (error) {
    if (error instanceof TooLarge) return fail(error.message);
    throw error;
  }
}

function readReference(value: JsonObject): string | null {
  const name = value["$ref"];
  return typeof name === "string" && Object.keys(value).length === 1 ? name : null;
}
