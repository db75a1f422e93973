/**
 * Switches a flag off that makes requests fail. It watches flags whose rule says `"metadata": {"guard": true}`, never
 * critical ones, and acts only on a clear difference: it can't tell a bad flag from a bad day, so it compares.
 */
import { newId } from "../ids.ts";
import { logAlarm } from "../log.ts";
import { type ChangeTools, changeValue } from "./change.ts";
import { FLAG_KEYS, type FlagKey, getDefinition } from "./registry.ts";
import type { FlagSnapshot } from "./snapshot.ts";

export const GUARD_WINDOW_MS = 5 * 60_000;
/** Fewer requests say nothing. */
export const GUARD_SAMPLES_MIN = 50;
/** At least this share of requests has to fail … */
export const GUARD_ERROR_SHARE = 0.05;
/** … and so many times the share without the flag, or with it before. */
export const GUARD_FACTOR = 3;
/** Where nothing is known to compare with, things are taken to have gone this well. */
const ASSUMED_ERROR_SHARE = 0.01;

/** Requests of the last minutes, and with the flag on in the hour before them. */
export interface GuardCounts {
  onSamples: number;
  onErrors: number;
  offSamples: number;
  offErrors: number;
  earlierSamples: number;
  earlierErrors: number;
}

export interface GuardVerdict {
  isWorse: boolean;
  /** Of requests with the flag on, 0 to 1. */
  share: number;
  /** What it is compared with. */
  baseline: number;
}

export function isGuarded(snapshot: FlagSnapshot, key: FlagKey): boolean {
  return !getDefinition(key).critical && snapshot.flags[key].rule?.metadata["guard"] === true;
}

/** Pure. */
export function judge(counts: GuardCounts): GuardVerdict {
  const share = shareOf(counts.onErrors, counts.onSamples);
  const baseline = findBaseline(counts);
  const isWorse =
    counts.onSamples >= GUARD_SAMPLES_MIN && share > GUARD_ERROR_SHARE && share > GUARD_FACTOR * baseline;
  return { isWorse, share, baseline };
}

/** Without the flag at the same time is the best comparison, with it an hour ago the second best. */
function findBaseline(counts: GuardCounts): number {
  if (counts.offSamples >= GUARD_SAMPLES_MIN) return shareOf(counts.offErrors, counts.offSamples);
  if (counts.earlierSamples >= GUARD_SAMPLES_MIN) return shareOf(counts.earlierErrors, counts.earlierSamples);
  return ASSUMED_ERROR_SHARE;
}

function shareOf(errors: number, samples: number): number {
  return samples === 0 ? 0 : errors / samples;
}

/** Returns the flags that were switched off. */
export async function runGuard(
  tools: ChangeTools,
  snapshot: FlagSnapshot,
  readCounts: () => Promise<readonly (GuardCounts & { key: string })[]>,
  now: number,
): Promise<FlagKey[]> {
  const watched = FLAG_KEYS.filter((key) => isGuarded(snapshot, key) && !isSwitchedOff(snapshot, key));
  if (watched.length === 0) return [];
  const counts = new Map((await readCounts()).map((row) => [row.key, row]));
  const acted: FlagKey[] = [];
  for (const key of watched) {
    const known = counts.get(key);
    const verdict = known === undefined ? null : judge(known);
    if (known === undefined || verdict?.isWorse !== true) continue;
    const note = explain(verdict, known.onSamples);
    logAlarm("flag_guard_acted", { key, note });
    const change = { id: newId(now), key, value: "off", via: "guard" as const, actor: null, note };
    const applied = await changeValue(tools, { ...change, requestId: null, apiKeyId: null, now });
    if (applied.ok) acted.push(key);
    else logAlarm("flag_guard_failed", { key, error: String(applied.error.cause) });
  }
  return acted;
}

function isSwitchedOff(snapshot: FlagSnapshot, key: FlagKey): boolean {
  const { switch: parsed } = snapshot.flags[key];
  return parsed.kind === "variant" && parsed.variant === "off";
}

function explain({ share, baseline }: GuardVerdict, samples: number): string {
  return `${toPercent(share)} of ${samples} requests failed with it on, ${toPercent(baseline)} otherwise.`;
}

function toPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
