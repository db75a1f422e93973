/** The editor of the rules: looked at, checked, compared, and only then saved. */
import { Hono } from "hono";
import * as z from "zod/mini";
import {
  buildFlagChangeQuery,
  buildFlagHistoryQuery,
  buildLastFlagChangesQuery,
} from "../../db/flag-changes.ts";
import { runQueries } from "../../db/query.ts";
import { AppError } from "../../errors.ts";
import { checkDocument } from "../../flags/check-document.ts";
import { listChangedCriticalRules } from "../../flags/critical-rules.ts";
import { diffLines, hasDifference } from "../../flags/diff.ts";
import { formatDocument } from "../../flags/edit-document.ts";
import { parseJson } from "../../flags/json.ts";
import { RULES_KEY, STORED_KEYS } from "../../flags/keys.ts";
import { computeRevision } from "../../flags/revision.ts";
import { ID_PATTERN } from "../../ids.ts";
import { parseQuery } from "../body.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { requireSnapshot } from "../flags.ts";
import { applyChange, findNewestRules, noticeNow } from "../flags-change.ts";
import { presentHistoryRow } from "../flags-present.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { ADMIN_FLAGS_RULES } from "../views/addresses.ts";
import { FlagRulesPage, type RulesCheck } from "../views/admin/flags-rules.tsx";
import { typedValue } from "../views/form-values.ts";
import type { FieldErrors, FormValues } from "../views/model.ts";
import { countOf } from "../views/words.ts";
import { type Assurance, listMissingAssurances, readAssurance } from "./critical-change.ts";
import { readForm, refuseFields, refuseForm } from "./form.ts";

const HISTORY_ROWS = 20;
/** No id of a change is this. */
const NO_CHANGE = "";

const rulesQuery = z.object({
  before: z.optional(z.string().check(z.regex(ID_PATTERN, "Give the id of a change."))),
});

export const flagsRulesPages = new Hono<AppEnv>()
  .get("/admin/flags/rules", async (c) => {
    const { before } = parseQuery(c, rulesQuery);
    const known = await readHistory(c, before ?? NO_CHANGE);
    const stored = findNewestRules(known.last);
    const opened = formatDocument(known.before?.old ?? stored);
    const text = fitsEditor(opened) ? opened : null;
    const form = { text, note: "", confirm: "", check: null, base: await nameRules(stored) };
    return renderRules(c, form, known);
  })
  .post("/admin/flags/rules", async (c) => {
    const values = await readForm(c);
    const form = readRules(values);
    const known = await readHistory(c, NO_CHANGE);
    const stored = findNewestRules(known.last);
    const check = checkText(stored, form.text);
    const base = await nameRules(stored);
    const isSaved = typedValue(values, "intent") === "save";
    const missing = isSaved ? listMissingAssurances(check.confirm, form) : [];
    if (check.errors.length + missing.length > 0) {
      return renderRules(c, { ...form, check, refusals: refuseFields(c, missing).errors, base }, known);
    }
    if (!isSaved) return renderRules(c, { ...form, check, base }, known);
    // Somebody saved while this was edited: the difference is shown against theirs, and saving needs another press.
    if (typedValue(values, "base") !== base) {
      const conflict = {
        field: "document",
        message: "Somebody has saved other rules meanwhile. Compare again.",
      };
      refuseForm(c, new AppError("conflict", { reason: "rules_changed_meanwhile" }));
      return renderRules(c, { ...form, check: { ...check, errors: [conflict] }, base }, known);
    }
    await applyChange(c, RULES_KEY, formatDocument(form.text), form.note === "" ? null : form.note);
    setNotice(c, { kind: "success", text: "The rules are saved, and served here at once." });
    return c.redirect(ADMIN_FLAGS_RULES, 303);
  });

/** A short name for the text of a document. */
function nameRules(text: string): Promise<string> {
  return computeRevision({ [RULES_KEY]: text });
}

/** Browsers send line breaks as CRLF. */
function readRules(values: FormValues) {
  return {
    text: typedValue(values, "document").replaceAll("\r\n", "\n"),
    ...readAssurance(values),
  };
}

function checkText(stored: string, text: string): RulesCheck {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const issue = { field: "document", message: `It is not JSON: ${parsed.error}.` };
    return { errors: [issue], warnings: [], difference: null, confirm: "" };
  }
  const { errors, warnings } = checkDocument(parsed.value);
  const difference = diffLines(formatDocument(stored), formatDocument(text));
  return {
    errors,
    warnings,
    difference: hasDifference(difference) ? difference : [],
    confirm: errors.length > 0 ? "" : listChangedCriticalRules(stored, parsed.value).join(" "),
  };
}

/** What the form can send back, with room for its other fields. Browsers send line breaks as CRLF. */
const TEXT_MAX_BYTES = 60_000;

function fitsEditor(text: string): boolean {
  return new TextEncoder().encode(text.replaceAll("\n", "\r\n")).length <= TEXT_MAX_BYTES;
}

const DEFECTS_MAX = 10;

/** What of the stored rules is not in force, for those who are about to mend it. */
function listDefects(c: AppContext): string[] {
  const { problems } = requireSnapshot(c).document;
  const defects = problems.map(({ key, message }) =>
    key === null
      ? `What is stored can't be used, so that no rule is in force. ${message}`
      : `The stored rule of ${key} is not in force. ${message}`,
  );
  const more = defects.length - DEFECTS_MAX;
  return more <= 0
    ? defects
    : [...defects.slice(0, DEFECTS_MAX), `${countOf(more, "further rule")} can't be used.`];
}

interface Form extends Assurance {
  /** Null for a document that is too long. */
  text: string | null;
  check: RulesCheck | null;
  /** What keeps it from being saved beside the document itself. */
  refusals?: FieldErrors;
  base: string;
}

async function readHistory(c: AppContext, changeId: string) {
  return noticeNow(c, async () => {
    const [page, last, before] = await runQueries(c.env.DB, [
      buildFlagHistoryQuery(c.env.DB, RULES_KEY, { limit: HISTORY_ROWS }),
      buildLastFlagChangesQuery(c.env.DB, STORED_KEYS),
      buildFlagChangeQuery(c.env.DB, RULES_KEY, changeId),
    ]);
    return { page, last, before };
  });
}

function renderRules(c: AppContext, form: Form, { page }: Awaited<ReturnType<typeof readHistory>>) {
  return c.html(
    <FlagRulesPage
      frame={buildFrame(c, takeNotice(c))}
      text={form.text}
      defects={listDefects(c)}
      base={form.base}
      note={form.note}
      confirm={form.confirm}
      refusals={form.refusals ?? {}}
      check={form.check}
      history={page.items.map(presentHistoryRow)}
    />,
  );
}
