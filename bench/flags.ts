/**
 * What it costs to evaluate all five flags for one request, once the isolate has its snapshot: `npm run bench -- --flags`.
 * That it reads nothing from KV then is counted by a test (test/routes/flags-behaviour.test.ts).
 */
import { buildContext } from "../src/flags/context.ts";
import { evaluateFlag } from "../src/flags/evaluate.ts";
import { FLAG_KEYS } from "../src/flags/registry.ts";
import { buildSnapshot, type FlagSnapshot, NOTHING_STORED } from "../src/flags/snapshot.ts";

const ROUNDS = 9;
const REQUESTS = 20_000;
export const FLAGS_MAX_MS = 0.1;

const TARGETED = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "on",
  targeting: {
    if: [
      { "==": [{ var: "role" }, "HERO"] },
      "on",
      { ends_with: [{ var: "emailDomain" }, "example.test"] },
      {
        fractional: [
          ["on", 50],
          ["off", 50],
        ],
      },
      "off",
    ],
  },
};

const CASES: Record<string, Promise<FlagSnapshot>> = {
  "nothing stored": snapshotOf({}),
  "five switches": snapshotOf(Object.fromEntries(FLAG_KEYS.map((key) => [key, "on"]))),
  "five shares": snapshotOf(Object.fromEntries(FLAG_KEYS.map((key) => [key, "25%"]))),
  "five targeted rules": snapshotOf({
    "rules.json": JSON.stringify({ flags: Object.fromEntries(FLAG_KEYS.map((key) => [key, TARGETED])) }),
  }),
};

function snapshotOf(texts: Record<string, string>): Promise<FlagSnapshot> {
  const values = Object.entries(texts).map(([key, value]) => [key, { value, metadata: null }]);
  return buildSnapshot(
    { ...NOTHING_STORED, ...Object.fromEntries(values) },
    { environment: "production", source: "kv", readAt: 0 },
  );
}

/** Milliseconds of one request with five flags: the best round, because a shared machine only ever adds. */
function measure(snapshot: FlagSnapshot): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    for (let request = 0; request < REQUESTS; request++) evaluateAll(snapshot, request);
    best = Math.min(best, (performance.now() - startedAt) / REQUESTS);
  }
  return best;
}

function evaluateAll(snapshot: FlagSnapshot, request: number): void {
  const person = { id: `person-${request}`, role: "USER", email: "somebody@example.test" };
  const context = buildContext({ person, visitorId: null, country: "DE", environment: "production" });
  for (const key of FLAG_KEYS) evaluateFlag(snapshot, key, context);
}

export interface FlagCost {
  /** What the namespace holds. */
  stored: string;
  /** Of one request that asks for all five. */
  ms: number;
}

export async function measureFlags(): Promise<FlagCost[]> {
  const costs: FlagCost[] = [];
  for (const [stored, snapshot] of Object.entries(CASES)) costs.push({ stored, ms: measure(await snapshot) });
  return costs;
}
