/**
 * Looks at a document before it is saved: what would break is an error and is refused, what looks wrong but is only
 * about one outside flag is a warning. Reading what is stored never refuses; this does. Pure.
 */
import { type FlagDocument, loadDocument } from "./document.ts";
import { isJsonObject } from "./json.ts";
import { getDefinition, isFlagKey } from "./registry.ts";
import { listRequirementFaults } from "./requirements.ts";
import { listSchemaProblems, type Rule } from "./rule.ts";
import { listTargetingAnswers } from "./targeting-answers.ts";

export interface DocumentIssue {
  /** A path in the document, such as `flags.charts`. */
  field: string;
  message: string;
}

export interface CheckedDocument {
  document: FlagDocument;
  errors: readonly DocumentIssue[];
  warnings: readonly DocumentIssue[];
}

export function checkDocument(value: unknown): CheckedDocument {
  const document = loadDocument(value);
  const errors: DocumentIssue[] = [];
  const warnings: DocumentIssue[] = [];
  for (const { key, message } of document.problems) {
    const isFatal = key === null || !document.rules.has(key) || isFlagKey(key);
    (isFatal ? errors : warnings).push({ field: key === null ? "flags" : fieldOf(key), message });
  }
  for (const [key, rule] of document.rules) {
    if (isFlagKey(key)) errors.push(...listWrongTypes(key, rule.variants));
    warnings.push(...listWrongAnswers(key, rule, value), ...listIdleGuards(key, rule));
  }
  warnings.push(
    ...listRequirementFaults(document).map(({ key, message }) => ({
      field: `${fieldOf(key)}.metadata.requires`,
      message,
    })),
  );
  const isReadable = document.problems.every(({ key }) => key !== null);
  if (isJsonObject(value) && isReadable)
    warnings.push(...listSchemaProblems(value).filter(isNews([...errors, ...warnings])));
  return { document, errors, warnings };
}

function fieldOf(key: string): string {
  return `flags.${key}`;
}

function listWrongTypes(key: string, variants: ReadonlyMap<string, unknown>): DocumentIssue[] {
  return [...variants]
    .filter(([, value]) => typeof value !== "boolean")
    .map(([name]) => ({ field: `${fieldOf(key)}.variants.${name}`, message: "This flag is true or false." }));
}

/** A misspelt answer breaks the rule for those who get it, and for nobody else: it would be noticed late. */
function listWrongAnswers(key: string, rule: Rule, document: unknown): DocumentIssue[] {
  const flags = isJsonObject(document) && isJsonObject(document["flags"]) ? document["flags"] : {};
  const definition = flags[key];
  const targeting = isJsonObject(definition) ? definition["targeting"] : undefined;
  const wrong = new Set(listTargetingAnswers(targeting).filter((name) => !rule.variants.has(name)));
  return [...wrong].map((name) => ({
    field: `${fieldOf(key)}.targeting`,
    message: `It may answer “${name}”, which is no variant of it: whoever gets it gets the code's default.`,
  }));
}

/** Whoever asks the guard for something relies on it. */
function listIdleGuards(key: string, rule: Rule): DocumentIssue[] {
  if (rule.metadata["guard"] !== true) return [];
  const whose = isFlagKey(key) ? getDefinition(key).critical && "a critical flag" : "a flag of others";
  if (whose === false) return [];
  return [
    {
      field: `${fieldOf(key)}.metadata.guard`,
      message: `The guard doesn't watch ${whose}: this asks in vain.`,
    },
  ];
}

/** The schema repeats what was said already in other words. */
function isNews(known: readonly DocumentIssue[]): (issue: DocumentIssue) => boolean {
  return (issue) => !known.some((other) => issue.field.startsWith(other.field));
}
