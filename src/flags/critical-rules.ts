/** Which critical flags a new document would decide about differently. Pure. */
import { isJsonObject, parseJson } from "./json.ts";
import { FLAG_KEYS, type FlagKey, getDefinition } from "./registry.ts";

/** `before` is the stored text, and `after` a document. Shared expressions may matter to every rule. */
export function listChangedCriticalRules(before: string, after: unknown): FlagKey[] {
  const parsed = parseJson(before);
  const [old, wanted] = [parsed.ok ? parsed.value : null, after];
  const areShared = isSame(readMember(old, "$evaluators"), readMember(wanted, "$evaluators"));
  return FLAG_KEYS.filter((key) => {
    if (!getDefinition(key).critical) return false;
    const [was, is] = [old, wanted].map((document) => readMember(readMember(document, "flags"), key));
    return !(isSame(was, is) && (areShared || is === undefined));
  });
}

function readMember(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
