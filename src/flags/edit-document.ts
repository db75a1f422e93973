/** Small edits of the rules document that pages offer, so that nobody has to write JSON for them. Pure. */
import { fail, type Result, succeed } from "../result.ts";
import { DOCUMENT_DEPTH_MAX } from "./document.ts";
import { isJsonObject, isNestedWithin, type JsonObject, parseJson } from "./json.ts";

/** Beyond this the indentation of deep rules can be many times the rules, and more than a document may have. */
const INDENTED_MAX_CHARACTERS = 60_000;

/** The text under which a document is stored: as people read and compare it, unless it is very long. */
export function toDocumentText(value: unknown): string {
  const text = writeJson(value);
  return text.length <= INDENTED_MAX_CHARACTERS ? text : JSON.stringify(value);
}

const LINE_MAX_CHARACTERS = 80;

/** As people write JSON by hand: what fits on a line stays on it. */
function writeJson(value: unknown, indent = ""): string {
  const line = writeLine(value);
  if (indent.length + line.length <= LINE_MAX_CHARACTERS || typeof value !== "object" || value === null) {
    return line;
  }
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const items = Array.isArray(value)
    ? value.map((item) => inner + writeJson(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${writeJson(item, inner)}`);
  return `${open}\n${items.join(",\n")}\n${indent}${close}`;
}

function writeLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeLine).join(", ")}]`;
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${writeLine(item)}`);
  return items.length === 0 ? "{}" : `{ ${items.join(", ")} }`;
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
