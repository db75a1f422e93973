/** Waiting for what other processes do. The bound is for what never happens: no machine is as slow as that. */
import { vi } from "vitest";

export const PATIENCE_MS = 120_000;
const INTERVAL_MS = 50;

/** Resolves once `check` throws nothing; rejects with what it threw last. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: PATIENCE_MS, interval: INTERVAL_MS });
}
