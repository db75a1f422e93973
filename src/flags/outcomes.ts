/**
 * Counts in the isolate how requests end with a guarded flag on and off, so that the database is written once in half
 * a minute and not once a request. What an isolate has counted when it is discarded is lost, which a guard can bear.
 */
import type { FlagStore } from "./store.ts";

export interface Outcome {
  key: string;
  isOn: boolean;
  hasFailed: boolean;
}

export interface OutcomeCount {
  key: string;
  isOn: boolean;
  samples: number;
  errors: number;
}

const KEPT_MS = 30_000;

interface Counter {
  counts: Map<string, OutcomeCount>;
  /** When the oldest count began, in milliseconds UTC. */
  since: number;
}

// Mutable on purpose: the isolate's counters, keyed by the binding, emptied each time that they are handed out.
const counters = new WeakMap<FlagStore, Counter>();

/** The counts that it is time to write down, or null: then they are kept for later. */
export function countOutcomes(
  store: FlagStore,
  outcomes: readonly Outcome[],
  now: number,
): OutcomeCount[] | null {
  const counter = counters.get(store) ?? { counts: new Map(), since: now };
  counters.set(store, counter);
  for (const outcome of outcomes) addOutcome(counter.counts, outcome);
  if (now - counter.since < KEPT_MS) return null;
  counters.delete(store);
  return [...counter.counts.values()];
}

function addOutcome(counts: Map<string, OutcomeCount>, { key, isOn, hasFailed }: Outcome): void {
  const id = `${key}:${isOn}`;
  const known = counts.get(id) ?? { key, isOn, samples: 0, errors: 0 };
  counts.set(id, {
    ...known,
    samples: known.samples + 1,
    errors: known.errors + Number(hasFailed),
  });
}
