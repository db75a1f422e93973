/** All switches and the rules as one file, and such a file back again. Pure. */
import * as z from "zod/mini";
import { fail, type Result, succeed } from "../result.ts";
import { isJsonObject, type JsonObject, parseJson } from "./json.ts";
import { AUTO, EMPTY_RULES, RULES_KEY } from "./keys.ts";
import { FLAG_KEYS, type FlagKey, isFlagKey } from "./registry.ts";
import type { FlagSnapshot } from "./snapshot.ts";

const FORMAT = "eventide-flags/1";

export interface FlagsExport {
  format: typeof FORMAT;
  exportedAt: string;
  environment: string;
  switches: Record<string, string>;
  /** A flagd document, or the text that is stored when that is no JSON. */
  rules: unknown;
}

export function buildExport(snapshot: FlagSnapshot, exportedAt: string): FlagsExport {
  const text = snapshot.values[RULES_KEY].value ?? EMPTY_RULES;
  const parsed = parseJson(text);
  return {
    format: FORMAT,
    exportedAt,
    environment: snapshot.environment,
    switches: Object.fromEntries(FLAG_KEYS.map((key) => [key, snapshot.flags[key].raw ?? AUTO])),
    rules: parsed.ok ? parsed.value : text,
  };
}

export interface ParsedImport {
  switches: Partial<Record<FlagKey, string>>;
  /** Null when the file says nothing about them. */
  rules: JsonObject | null;
}

const exportSchema = z.object({
  format: z.literal(FORMAT),
  switches: z._default(z.record(z.string(), z.string()), {}),
  rules: z.optional(z.record(z.string(), z.unknown())),
});

/** An export, or a flagd document alone. The error is a sentence for whoever gave the text. */
export function parseImport(text: string): Result<ParsedImport, string> {
  const parsed = parseJson(text);
  if (!parsed.ok) return fail(`This is not JSON: ${parsed.error}.`);
  if (!isJsonObject(parsed.value)) return fail("This is not a JSON object.");
  if (isJsonObject(parsed.value["flags"])) return succeed({ switches: {}, rules: parsed.value });
  const file = exportSchema.safeParse(parsed.value);
  if (!file.success) return fail("This is neither an export of this product nor a flagd document.");
  const stranger = Object.keys(file.data.switches).find((key) => !isFlagKey(key));
  if (stranger !== undefined) return fail(`${stranger} is not a flag.`);
  return succeed({ switches: file.data.switches, rules: file.data.rules ?? null });
}
