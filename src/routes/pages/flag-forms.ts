/**
 * What the forms of one switch do. Each answers with a sentence about what was done, or throws what was wrong with
 * the names of the form's own fields.
 */
import { buildLastFlagChangesQuery, type FlagChangeRow } from "../../db/flag-changes.ts";
import { cancelFlagSchedule, FLAG_SCHEDULES_MAX, insertFlagSchedule } from "../../db/flag-schedules.ts";
import { runQuery } from "../../db/query.ts";
import { AppError, type FieldError } from "../../errors.ts";
import { setGuard } from "../../flags/edit-document.ts";
import { RULES_KEY, STORED_KEYS } from "../../flags/keys.ts";
import { type FlagKey, getDefinition } from "../../flags/registry.ts";
import { shortenValue } from "../../flags/switch-value.ts";
import { newId } from "../../ids.ts";
import { parseValue } from "../body.ts";
import { type AppContext, requireUser } from "../context.ts";
import {
  applyChange,
  findNewestRules,
  noticeNow,
  requireSwitchChange,
  type SwitchChange,
  switchChangeSchema,
} from "../flags-change.ts";
import { nameOfValue } from "../views/admin/flag-words.ts";
import { typedValue } from "../views/form-values.ts";
import type { FormValues } from "../views/model.ts";

const SHARE = "share";
const PLAN_MAX_DAYS = 366;
const DAY_MS = 86_400_000;
const DATE_TIME_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/;

/** The form's three texts under the names that its fields have. */
interface Fields {
  value: string;
  note: string;
  confirm: string;
}

export async function changeByForm(c: AppContext, key: FlagKey, values: FormValues): Promise<string> {
  const fields = { value: "value", note: "note", confirm: "confirm" };
  const change = readChange(c, key, values, { ...fields, share: "share" });
  await applyChange(c, key, change.value, change.note);
  return `${getDefinition(key).name}: ${nameOfValue(change.value)}. It is served here at once, and normally within a minute elsewhere.`;
}

function readChange(
  c: AppContext,
  key: FlagKey,
  values: FormValues,
  fields: Fields & { share?: string },
): SwitchChange {
  const chosen = typedValue(values, fields.value);
  const share = fields.share === undefined ? "" : typedValue(values, fields.share).trim();
  // The quick buttons of the list say nothing about confirming: they aren't there for critical flags.
  const errors = listConfirmErrors(key, values, fields.confirm);
  try {
    const change = parseValue(
      { value: chosen === SHARE ? `${share}%` : chosen, note: typedValue(values, fields.note) },
      switchChangeSchema,
    );
    requireSwitchChange(c, key, change);
    if (errors.length === 0) return change;
  } catch (error) {
    if (!(error instanceof AppError) || error.errors === undefined) throw error;
    errors.unshift(...error.errors.map((issue) => renameField(issue, fields, chosen === SHARE)));
  }
  throw new AppError("invalid_request", { errors });
}

function renameField(issue: FieldError, fields: Fields & { share?: string }, isShare: boolean): FieldError {
  if (issue.field === "note") return { ...issue, field: fields.note };
  if (isShare && fields.share !== undefined) {
    return { field: fields.share, message: "Say a number from 0 to 100." };
  }
  return { ...issue, field: fields.value };
}

function listConfirmErrors(key: FlagKey, values: FormValues, field: string): FieldError[] {
  if (!getDefinition(key).critical || typedValue(values, field).trim() === key) return [];
  return [{ field, message: `Type ${key}, so that it is certainly this one.` }];
}

/** The newest change of each key. */
async function listLastChanges(c: AppContext): Promise<FlagChangeRow[]> {
  const ask = async () => ({ last: await runQuery(buildLastFlagChangesQuery(c.env.DB, STORED_KEYS)) });
  return (await noticeNow(c, ask)).last;
}

/** Back to what was before the newest change, if that is still the one that the person saw. */
export async function undoLast(c: AppContext, key: FlagKey, values: FormValues): Promise<string> {
  const last = await listLastChanges(c);
  const newest = last.find((row) => row.key === key);
  if (newest === undefined || newest.changeId !== typedValue(values, "change")) {
    throw new AppError("conflict", {
      detail: "Somebody has changed it since you opened this page. Nothing was undone; look again.",
    });
  }
  const errors = listConfirmErrors(key, values, "undoConfirm");
  if (errors.length > 0) throw new AppError("invalid_request", { errors });
  const change = { value: newest.old, note: `Undoes "${shortenValue(newest.new)}"` };
  requireSwitchChange(c, key, change);
  await applyChange(c, key, change.value, change.note);
  return `Undone: ${getDefinition(key).name} is back to “${nameOfValue(newest.old)}”.`;
}

export async function planByForm(c: AppContext, key: FlagKey, values: FormValues): Promise<string> {
  const change = readChange(c, key, values, {
    value: "planValue",
    note: "planNote",
    confirm: "planConfirm",
  });
  const dueAt = parseMoment(typedValue(values, "planAt"), Date.now());
  if (typeof dueAt === "string") throw refuseMoment(dueAt);
  const refusal = await insertFlagSchedule(c.env.DB, {
    id: newId(),
    key,
    value: change.value,
    note: change.note,
    dueAt,
    createdBy: requireUser(c).id,
  });
  if (refusal === "minute_taken") {
    throw refuseMoment("Something is planned for it at this minute. Choose another one, or call that off.");
  }
  if (refusal === "too_many") {
    throw new AppError("conflict", {
      detail: `${FLAG_SCHEDULES_MAX} plans wait already. Call one off first; nothing was planned.`,
    });
  }
  return `Planned: ${getDefinition(key).name} to “${nameOfValue(change.value)}”. The minute's cron makes it.`;
}

function refuseMoment(message: string): AppError {
  return new AppError("invalid_request", { errors: [{ field: "planAt", message }] });
}

/** Milliseconds UTC, or what is wrong with the text. */
function parseMoment(text: string, now: number): number | string {
  const at = DATE_TIME_PATTERN.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  // The 31st of February is read as a day in March.
  const isReal = !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
  if (!isReal) return "Say a day and a time, such as 2026-12-24T18:00.";
  if (at <= now) return "This moment has passed. Times are in UTC.";
  return at - now > PLAN_MAX_DAYS * DAY_MS ? "Plan at most a year ahead." : at;
}

export async function callOffPlan(c: AppContext, key: FlagKey, values: FormValues): Promise<string> {
  if (await cancelFlagSchedule(c.env.DB, key, typedValue(values, "plan"))) return "The plan is called off.";
  throw new AppError("conflict", { detail: "This plan isn't there any more, or was carried out just now." });
}

/** The guard is asked for in the flag's rule, so that it travels with the rules and has their history. */
export async function watchByForm(c: AppContext, key: FlagKey, values: FormValues): Promise<string> {
  if (getDefinition(key).critical) throw new AppError("forbidden", { reason: "critical_flag" });
  const isOn = typedValue(values, "guard") === "on";
  const edited = setGuard(findNewestRules(await listLastChanges(c)), key, isOn);
  if (!edited.ok) throw new AppError("conflict", { detail: edited.error });
  const note = isOn ? `Asks the guard to watch ${key}` : `No longer asks the guard to watch ${key}`;
  await applyChange(c, RULES_KEY, edited.value, note);
  return isOn ? "It is watched from now on." : "Nobody watches it from now on.";
}
