/** Switches and rules from a file: shown first, applied when asked, each of them through the one way to change. */
import { Hono } from "hono";
import { AppError, type FieldError } from "../../errors.ts";
import { checkDocument } from "../../flags/check-document.ts";
import { listChangedCriticalRules } from "../../flags/critical-rules.ts";
import { diffLines, hasDifference } from "../../flags/diff.ts";
import type { FlagDocument } from "../../flags/document.ts";
import { formatDocument, toDocumentText } from "../../flags/edit-document.ts";
import { type ParsedImport, parseImport } from "../../flags/export.ts";
import { AUTO, EMPTY_RULES, RULES_KEY } from "../../flags/keys.ts";
import { FLAG_KEYS, type FlagKey, getDefinition } from "../../flags/registry.ts";
import { type FlagSnapshot, listSwitchVariants } from "../../flags/snapshot.ts";
import { parseSwitch, shortenValue } from "../../flags/switch-value.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { requireSnapshot } from "../flags.ts";
import { applyChange } from "../flags-change.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { ADMIN_FLAGS } from "../views/addresses.ts";
import { FlagsImportPage, type ImportPlan } from "../views/admin/flags-import.tsx";
import { typedValue } from "../views/form-values.ts";
import type { FieldErrors } from "../views/model.ts";
import { countOf } from "../views/words.ts";
import { type Assurance, listMissingAssurances, readAssurance } from "./critical-change.ts";
import { readFile, readForm, refuseFields } from "./form.ts";

const FILE_MAX_BYTES = 60_000;

export const flagsImportPages = new Hono<AppEnv>()
  .get("/admin/flags/import", (c) => render(c, { text: "", note: "", confirm: "" }, null))
  .post("/admin/flags/import", async (c) => {
    const { intent, ...form } = await readImport(c);
    const parsed = parseImport(form.text);
    if (!parsed.ok) return refuse(c, form, null, [{ field: "text", message: parsed.error }]);
    const snapshot = requireSnapshot(c);
    const { plan, errors } = planImport(snapshot, parsed.value);
    if (errors.length > 0) return refuse(c, form, null, errors);
    if (intent !== "apply") return render(c, form, plan);
    const missing = listMissingAssurances(plan.confirm, form);
    if (missing.length > 0) return refuse(c, form, plan, missing);
    const changes = await applyImport(c, plan, parsed.value, form.note);
    setNotice(c, { kind: "success", text: `${countOf(changes, "change")} imported.` });
    return c.redirect(ADMIN_FLAGS, 303);
  });

interface ImportForm extends Assurance {
  text: string;
}

/** The file where one was chosen, else the text. */
async function readImport(c: AppContext): Promise<ImportForm & { intent: string }> {
  const values = await readForm(c);
  const file = await readFile(c, "file");
  if (file.length > FILE_MAX_BYTES) throw new AppError("payload_too_large");
  const text = file.length > 0 ? new TextDecoder().decode(file) : typedValue(values, "text");
  return {
    ...readAssurance(values),
    text: text.replaceAll("\r\n", "\n"),
    intent: typedValue(values, "intent"),
  };
}

/** What would change, or what keeps the file from being imported. */
function planImport(
  snapshot: FlagSnapshot,
  { switches, rules }: ParsedImport,
): { plan: ImportPlan; errors: FieldError[] } {
  const checked = rules === null ? null : checkDocument(rules);
  const changes = listSwitchChanges(snapshot, switches);
  const errors = [
    ...(checked?.errors ?? []).map(({ field, message }) => `${field}: ${message}`),
    ...changes.filter(isMeaningless(checked?.document ?? snapshot.document)).map(describeMeaningless),
  ].map((message) => ({ field: "text", message }));
  const stored = snapshot.values[RULES_KEY].value ?? EMPTY_RULES;
  const isComparable = rules !== null && errors.length === 0;
  const difference = isComparable ? diffLines(formatDocument(stored), toDocumentText(rules)) : [];
  const ruled = isComparable ? listChangedCriticalRules(stored, rules) : [];
  const plan = {
    switches: changes.map(({ key, from, to }) => ({ key, from: shortenValue(from), to: shortenValue(to) })),
    rules: hasDifference(difference) ? difference : [],
    warnings: checked?.warnings ?? [],
    confirm: listCritical([...changes.map(({ key }) => key), ...ruled]).join(" "),
  };
  return { plan, errors };
}

interface SwitchImport {
  key: FlagKey;
  from: string;
  to: string;
}

function listSwitchChanges(snapshot: FlagSnapshot, switches: ParsedImport["switches"]): SwitchImport[] {
  return FLAG_KEYS.flatMap((key) => {
    const [from, to] = [snapshot.flags[key].raw ?? AUTO, switches[key]];
    return to === undefined || to === from ? [] : [{ key, from, to }];
  });
}

/** `document` is the one that will hold then: a switch may name a variant of its rules. */
function isMeaningless(document: FlagDocument): (change: SwitchImport) => boolean {
  return ({ key, to }) =>
    parseSwitch(to, listSwitchVariants(document.rules.get(key) ?? null)).kind === "invalid";
}

function describeMeaningless({ key, to }: SwitchImport): string {
  return `${key}: “${shortenValue(to)}” means nothing.`;
}

/** In the order of the table, each once. */
function listCritical(keys: readonly FlagKey[]): FlagKey[] {
  return FLAG_KEYS.filter((key) => getDefinition(key).critical && keys.includes(key));
}

/** Rules first, because a switch may name a variant of theirs. The number of changes. */
async function applyImport(
  c: AppContext,
  plan: ImportPlan,
  parsed: ParsedImport,
  note: string,
): Promise<number> {
  const why = note === "" ? "Imported" : note;
  const hasRules = parsed.rules !== null && plan.rules.length > 0;
  if (hasRules) await applyChange(c, RULES_KEY, toDocumentText(parsed.rules), why);
  const changed = FLAG_KEYS.filter((key) => plan.switches.some((change) => change.key === key));
  for (const key of changed) await applyChange(c, key, parsed.switches[key] ?? AUTO, why);
  return changed.length + Number(hasRules);
}

function refuse(c: AppContext, form: ImportForm, plan: ImportPlan | null, errors: FieldError[]) {
  return render(c, form, plan, refuseFields(c, errors).errors);
}

function render(c: AppContext, form: ImportForm, plan: ImportPlan | null, errors: FieldErrors = {}) {
  return c.html(
    <FlagsImportPage
      frame={buildFrame(c, takeNotice(c))}
      text={form.text}
      note={form.note}
      confirm={form.confirm}
      errors={errors}
      plan={plan}
    />,
  );
}
