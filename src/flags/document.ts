/**
 * The flagd document under the key rules.json, taken apart flag by flag. A document that can't be read defines
 * nothing and says so; a flag that can't be loaded is left out and named. Pure.
 */
import { isJsonObject, isNestedWithin, type JsonObject, parseJson } from "./json.ts";
import { expandReferences } from "./references.ts";
import { loadRule, type Rule } from "./rule.ts";

export interface DocumentProblem {
  /** Null when the document as a whole is meant. */
  key: string | null;
  message: string;
}

export interface FlagDocument {
  rules: ReadonlyMap<string, Rule>;
  /** Flags that the document names, loaded or not. */
  keys: readonly string[];
  problems: readonly DocumentProblem[];
}

export const DOCUMENT_MAX_CHARACTERS = 256 * 1024;
export const DOCUMENT_MAX_FLAGS = 500;
/** With room around the deepest rule. Writing deeper JSON would end the stack. */
export const DOCUMENT_DEPTH_MAX = 128;

export const EMPTY_DOCUMENT: FlagDocument = { rules: new Map(), keys: [], problems: [] };

/** `text` is null when there is no document. */
export function parseDocument(text: string | null): FlagDocument {
  if (text === null) return EMPTY_DOCUMENT;
  if (text.length > DOCUMENT_MAX_CHARACTERS) {
    return unreadable(`It is longer than ${DOCUMENT_MAX_CHARACTERS} characters.`);
  }
  const parsed = parseJson(text);
  if (!parsed.ok) return unreadable(`It is not JSON: ${parsed.error}.`);
  return loadDocument(parsed.value);
}

/** The parsed JSON of a document. */
export function loadDocument(value: unknown): FlagDocument {
  if (!isJsonObject(value)) return unreadable("It is not a JSON object.");
  if (!isNestedWithin(value, DOCUMENT_DEPTH_MAX)) {
    return unreadable(`It is nested more than ${DOCUMENT_DEPTH_MAX} deep.`);
  }
  const flags = value["flags"];
  if (!isJsonObject(flags)) return unreadable("It has no object named flags.");
  const keys = Object.keys(flags);
  if (keys.length > DOCUMENT_MAX_FLAGS)
    return unreadable(`It defines more than ${DOCUMENT_MAX_FLAGS} flags.`);
  const rules = new Map<string, Rule>();
  const problems: DocumentProblem[] = [];
  for (const key of keys) {
    const loaded = loadFlag(key, flags[key], value);
    if (typeof loaded === "string") problems.push({ key, message: loaded });
    else rules.set(key, loaded);
    if (typeof loaded !== "string" && loaded.defect !== null) problems.push({ key, message: loaded.defect });
  }
  return { rules, keys, problems };
}

function unreadable(message: string): FlagDocument {
  return { rules: new Map(), keys: [], problems: [{ key: null, message }] };
}

/** The rule, or what is wrong with it. */
function loadFlag(key: string, definition: unknown, document: JsonObject): Rule | string {
  if (!isJsonObject(definition)) return "The definition is not an object.";
  if (!isJsonObject(definition["variants"])) return "It has no object named variants.";
  const evaluators = isJsonObject(document["$evaluators"]) ? document["$evaluators"] : {};
  const expanded = expandReferences(definition["targeting"], evaluators);
  if (!expanded.ok) return expanded.error;
  const own = { ...definition };
  if (expanded.value !== undefined) own["targeting"] = expanded.value;
  const loaded = loadRule(key, own, readMetadata(document["metadata"]));
  return loaded.ok ? loaded.value : loaded.error;
}

/** What a flag's metadata may hold by the specification; anything else is left out. */
function readMetadata(value: unknown): Record<string, string | number | boolean> {
  const metadata: Record<string, string | number | boolean> = {};
  for (const [name, item] of Object.entries(isJsonObject(value) ? value : {})) {
    if (typeof item === "string" || typeof item === "number" || typeof item === "boolean")
      metadata[name] = item;
  }
  return metadata;
}
