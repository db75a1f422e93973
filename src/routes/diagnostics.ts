/**
 * What the system knows to be wrong with itself, for administrators' programs: findings in words, with what to do.
 * Each part of the product adds its own. It looks and never mends.
 */
import { Hono } from "hono";
import { buildFlagSchedulesQuery } from "../db/flag-schedules.ts";
import { runQuery } from "../db/query.ts";
import { evaluateFlag } from "../flags/evaluate.ts";
import {
  type FlagFinding,
  listFlagFindings,
  listPlanFindings,
  type UnknownKey,
  type WaitingPlan,
} from "../flags/findings.ts";
import { describeReach, judgeReach } from "../flags/reach.ts";
import { FLAG_KEYS, type FlagKey, getDefinition } from "../flags/registry.ts";
import type { FlagSnapshot } from "../flags/snapshot.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { buildOwnContext, requireSnapshot } from "./flags.ts";
import { findUnknownKeys } from "./flags-admin.ts";

export interface Diagnosis {
  /** Stays the same while the same thing is wrong. */
  id: string;
  severity: "info" | "warning" | "error";
  title: string;
  detail: string;
  fix: string;
}

export const diagnostics = new Hono<AppEnv>().get("/api/admin/diagnostics", async (c) => {
  const findings = await diagnoseFlags(c);
  return c.json({
    status: findStatus(findings),
    time: new Date().toISOString(),
    findings,
    flags: describeFlags(c),
  });
});

function findStatus(findings: readonly Diagnosis[]): "ok" | "warning" | "error" {
  const has = (severity: Diagnosis["severity"]) => findings.some((finding) => finding.severity === severity);
  if (has("error")) return "error";
  return has("warning") ? "warning" : "ok";
}

async function diagnoseFlags(c: AppContext): Promise<Diagnosis[]> {
  const [unknown, plans] = await Promise.all([
    findUnknownKeys(c),
    runQuery(buildFlagSchedulesQuery(c.env.DB)),
  ]);
  return listFlagDiagnoses(requireSnapshot(c), unknown, plans);
}

/** Everything about the flags, for whoever has read already what it takes. */
export function listFlagDiagnoses(
  snapshot: FlagSnapshot,
  unknown: readonly UnknownKey[],
  plans: readonly WaitingPlan[],
): Diagnosis[] {
  const findings = [...listFlagFindings(snapshot, unknown), ...listPlanFindings(plans, Date.now())];
  return [...findings.map(toDiagnosis), ...listCriticalFlagsOff(snapshot)];
}

const TITLES: Readonly<Record<FlagFinding["code"], string>> = {
  flags_unreadable: "The switches can't be read",
  flags_stale: "The switches are old",
  switch_invalid: "A switch means nothing",
  rules_unreadable: "The rules can't be read",
  rule_broken: "A rule is broken",
  requirement_unknown: "A rule requires what isn't there",
  requirement_circular: "Rules require each other",
  key_unknown: "A key that no flag has",
  plan_overdue: "A plan was not carried out",
};

function toDiagnosis({ code, key, severity, message, fix }: FlagFinding): Diagnosis {
  const id = key === null ? `flags.${code}` : `flags.${code}.${key}`;
  return { id, severity, title: TITLES[code], detail: message, fix };
}

/** Done on purpose most likely, and still the first answer to "why doesn't it work?". Never judged by who is asking. */
function listCriticalFlagsOff(snapshot: FlagSnapshot): Diagnosis[] {
  return FLAG_KEYS.filter((key) => getDefinition(key).critical).flatMap((key) => {
    const { name, whenOff } = getDefinition(key);
    const reach = judgeReach(snapshot, key);
    const words = describeReach(reach);
    if (words === null) return [];
    const isPartly = reach.kind === "some";
    const diagnosis: Diagnosis = {
      id: `flags.${isPartly ? "critical_partly_off" : "critical_off"}.${key}`,
      severity: "warning",
      title: isPartly ? `${name} ${words}` : `${name} is off`,
      detail: whenOff,
      fix: isPartly
        ? `See what decides about it at /admin/flags/${key} and /admin/flags/rules. Its switch set to on holds for everybody.`
        : `See who switched it off and why at /admin/flags/${key}, and switch it on there.`,
    };
    return [diagnosis];
  });
}

/** Where each value comes from. */
function describeFlags(c: AppContext) {
  const { source, rev, readAt } = requireSnapshot(c);
  return {
    source,
    rev,
    readAt: readAt === null ? null : new Date(readAt).toISOString(),
    values: FLAG_KEYS.map((key) => {
      const { value, variant, reason, source: from, error } = evaluate(c, key);
      return { key, value, variant, reason, source: from, error: error?.code ?? null };
    }),
  };
}

function evaluate(c: AppContext, key: FlagKey) {
  return evaluateFlag(requireSnapshot(c), key, buildOwnContext(c));
}
