/** Deadlines that fall due when a test says so and never by the clock, so that no machine is too slow for a test. */
import type { StartDeadline } from "../../src/ideogram/settings.ts";

export interface Deadlines {
  start: StartDeadline;
  /** Lets the time of every deadline that was started run out. */
  pass: () => void;
  /** How many milliseconds were asked for, in order. */
  asked: number[];
}

export function createDeadlines(): Deadlines {
  const running = new Set<AbortController>();
  const asked: number[] = [];
  return {
    asked,
    start: (ms) => {
      const controller = new AbortController();
      running.add(controller);
      asked.push(ms);
      return controller.signal;
    },
    pass: () => {
      for (const controller of running)
        controller.abort(new DOMException("It took too long.", "TimeoutError"));
      running.clear();
    },
  };
}

/** Longer than anything that the simulator waits for, but for what hangs. */
const HANG_MIN_MS = 60_000;
/** So that whoever waits has come as far as it can. If it hasn't, it ends the same way, only earlier. */
const HANG_MS = 20;

/** How a simulator waits in a test: not at all, and what hangs lets the deadlines of its callers pass. */
export function createSimulatorWait(
  deadlines: Deadlines,
): (ms: number, signal: AbortSignal) => Promise<void> {
  return (ms, signal) => {
    if (ms < HANG_MIN_MS) return Promise.resolve();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      setTimeout(deadlines.pass, HANG_MS);
    });
  };
}
