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
import { applyChange, NOTE_MAX_CHARACTERS, NOTE_MIN_CHARACTERS } from "../flags-change.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { ADMIN_FLAGS } from "../views/addresses.ts";
import { FlagsImportPage, type ImportPlan } from "../views/admin/flags-import.tsx";
import { countOf } from "../views/words.ts";
import { toFieldErrors } from "./form.ts";

const FILE_MAX_BYTES = 60_000;

export const flagsImportPages = new Hono<AppEnv>()
  .get("/admin/flags/import", (c) => render(c, { text: "", note: "", confirm: "" }, null, [], 200))
  .post("/admin/flags/import", async (c) => {
    const { intent, ...form } = await readImport(c);
    const parsed = parseImport(form.text);
    if (!parsed.ok) return render(c, form, null, [{ field: "text", message: parsed.error }], 422);
    const snapshot = requireSnapshot(c);
    const { plan, errors } = planImport(snapshot, parsed.value);
    if (errors.length > 0) return render(c, form, null, errors, 422);
    if (intent !== "apply") return render(c, form, plan, [], 200);
    const refusals = listRefusals(plan, form);
    if (refusals.length > 0) return render(c, form, plan, refusals, 422);
    const changes = await applyImport(c, plan, parsed.value, form.note);
    setNotice(c, { kind: "success", text: `${countOf(changes, "change")} imported.` });
    return c.redirect(ADMIN_FLAGS, 303);
  });

interface ImportForm {
  text: string;
  note: string;
  confirm: string;
}

/** The file where one was chosen, else the text. */
async function readImport(c: AppContext): Promise<ImportForm & { intent: string }> {
  const fields = await c.req.parseBody();
  const read = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" ? value : "";
  };
  const file = fields["file"];
  const isFile = file instanceof File && file.size > 0;
  if (isFile && file.size > FILE_MAX_BYTES) throw new AppError("payload_too_large");
  return {
    text: (isFile ? await file.text() : read("text")).replaceAll("\r\n", "\n"),
    note: read("note").trim().slice(0, NOTE_MAX_CHARACTERS),
    confirm: read("confirm").trim(),
    intent: read("intent"),
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

/** The same as for a change by hand. */
function listRefusals(plan: ImportPlan, form: ImportForm): FieldError[] {
  if (plan.confirm === "") return [];
  const errors: FieldError[] = [];
  if (form.note.length < NOTE_MIN_CHARACTERS) {
    errors.push({ field: "note", message: "A critical flag changes: say why." });
  }
  if (form.confirm !== plan.confirm) {
    errors.push({ field: "confirm", message: `Type ${plan.confirm}, so that it is certainly meant.` });
  }
  return errors;
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

function render(
  c: AppContext,
  form: ImportForm,
  plan: ImportPlan | null,
  errors: FieldError[],
  status: 200 | 422,
) {
  c.status(status);
  return c.html(
    <FlagsImportPage
      frame={buildFrame(c, takeNotice(c))}
      text={form.text}
      note={form.note}
      errors={toFieldErrors(errors)}
      plan={plan}
    />,
  );
}
