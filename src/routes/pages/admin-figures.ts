/** What the admins' first page says: figures counted from the tables, and what somebody has to look at. */
import type { DailyPictures } from "../../db/daily-pictures.ts";
import type { AdminFigures } from "../../db/jobs.ts";
import type { Reconciliation } from "../../db/reconciliations.ts";
import type { Diagnosis } from "../diagnostics.ts";
import { ADMIN_FLAGS, ADMIN_GENERATIONS } from "../views/addresses.ts";
import type { Day } from "../views/admin/daily-pictures.tsx";
import type { Concern, Figure } from "../views/admin/home.tsx";
import { countOf } from "../views/words.ts";

export function listFigures(figures: AdminFigures): Figure[] {
  return [
    { name: "People", value: figures.people, note: "with an account" },
    { name: "In the making", value: figures.open, note: "pictures right now" },
    { name: "Pictures made", value: figures.succeededToday, note: "in the last 24 hours" },
    {
      name: "Given back",
      value: figures.failedToday,
      note: "pictures failed or cancelled in the last 24 hours",
    },
    { name: "Credits to spend", value: figures.creditsAvailable, note: "over all people" },
    { name: "Credits set aside", value: figures.creditsHeld, note: "for pictures in the making" },
  ];
}

export function presentDay({ dayAt, made, givenBack }: DailyPictures): Day {
  return { at: new Date(dayAt).toISOString(), made, givenBack };
}

export function listConcerns(figures: AdminFigures, last: Reconciliation | null): Concern[] {
  const concerns: Concern[] = [];
  const findings = last === null ? 0 : countFindings(last.findings);
  if (findings > 0) {
    concerns.push({
      severity: "error",
      text: `The last reconciliation found ${countOf(findings, "disagreement")} between balances, entries, jobs and pictures. The log names each one.`,
      href: null,
    });
  }
  if (last === null) {
    concerns.push({
      severity: "warning",
      text: "The books have not been compared yet. The first comparison comes with the next run of the cron.",
      href: null,
    });
  }
  if (figures.overdue > 0) {
    concerns.push({
      severity: "error",
      text: `${countOf(figures.overdue, "job")} waited for minutes without being looked at: the cron does not run.`,
      href: ADMIN_GENERATIONS,
    });
  }
  if (figures.toReview > 0) {
    concerns.push({
      severity: "warning",
      text: `${countOf(figures.toReview, "picture")} may have been paid at the provider without being delivered. The credits are back; compare with the provider's bill.`,
      href: ADMIN_GENERATIONS,
    });
  }
  return concerns;
}

/** One line for all that is wrong with the flags: each has its own words where they are changed. */
export function listFlagConcerns(diagnoses: readonly Diagnosis[]): Concern[] {
  const serious = diagnoses.filter(({ severity }) => severity !== "info");
  if (serious.length === 0) return [];
  const severity = serious.some((one) => one.severity === "error") ? "error" : "warning";
  const text = `${countOf(serious.length, "finding")} about the switches and their rules.`;
  return [{ severity, text, href: ADMIN_FLAGS }];
}

function countFindings(text: string): number {
  const findings: unknown = JSON.parse(text);
  return Array.isArray(findings) ? findings.length : 0;
}
