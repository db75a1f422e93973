/** Small edits of the rules document that pages offer, so that nobody has to write JSON for them. Pure. */
import { fail, type Result, succeed } from "../result.ts";
import { DOCUMENT_DEPTH_MAX } from "./document.ts";
import { isJsonObject, isNestedWithin, type JsonObject, parseJson } from "./json.ts";

/** Beyond this the indentation of deep rules can be many times the rules, and more than a document may have. */
const INDENTED_MAX_CHARACTERS = 60_000;

/** The text under which a document is stored: indented, as people read and compare it, unless it is very long. */
export function toDocumentText(value: unknown): string {
  const indented = JSON.stringify(value, null, 2);
  return indented.length <= INDENTED_MAX_CHARACTERS ? indented : JSON.stringify(value);
}

/** Text that isn't JSON, or can't be a document because of its depth, stays as it is. */
export function formatDocument(text: string): string {
  const parsed = parseJson(text);
  return parsed.ok && isNestedWithin(parsed.value, DOCUMENT_DEPTH_MAX) ? toDocumentText(parsed.value) : text;
}

/**
 * Asks the guard to watch a flag, or no longer. A flag without a rule gets one that decides nothing: without a
 * default variant, the code's default goes on to hold.
 */
export function setGuard(text: string, key: string, isOn: boolean): Result<string, string> {
  const parsed = parseJson(text);
  const document = parsed.ok && isJsonObject(parsed.value) ? parsed.value : null;
  const flags = document?.["flags"];
  if (document === null || !isJsonObject(flags)) {
    return fail("The rules can't be read, so nothing can be added to them. Mend them first.");
  }
  const known = flags[key] ?? { state: "ENABLED", variants: { on: true, off: false } };
  if (!isJsonObject(known)) return fail("The flag's rule can't be read. Mend it first.");
  const rule = isOn ? withGuard(known) : withoutGuard(known);
  return succeed(toDocumentText({ ...document, flags: { ...flags, [key]: rule } }));
}

function withGuard(rule: JsonObject): JsonObject {
  const metadata = isJsonObject(rule["metadata"]) ? rule["metadata"] : {};
  return { ...rule, metadata: { ...metadata, guard: true } };
}

function withoutGuard(rule: JsonObject): JsonObject {
  const { metadata, ...rest } = rule;
  const { guard: _, ...others } = isJsonObject(metadata) ? metadata : {};
  return Object.keys(others).length === 0 ? rest : { ...rest, metadata: others };
}
