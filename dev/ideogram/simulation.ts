/** What every handler works with: the settings, the memory, and time and chance as given from outside. */

import type { SimulatorState } from "./state.ts";

export interface SimulatorSettings {
  /** The only value of the Api-Key header that is accepted. */
  apiKey: string;
  /** 1 = as slow as the real provider; 0 = everything is done at once. */
  latencyScale: number;
  /** The provider's limit for one organization, counted in pictures. */
  maxInFlightImages: number;
  /** What a download answers after its address has expired. */
  expiredStatus: 403 | 404;
  /** The real provider refuses them; a product on the same machine needs them. */
  allowsLoopbackWebhooks: boolean;
  /** Signs picture addresses. Not a secret: it guards drawings made on the spot. */
  signingKey: string;
}

export interface Simulation {
  readonly settings: SimulatorSettings;
  readonly state: SimulatorState;
  /** Milliseconds UTC of the virtual clock. */
  now(): number;
  /** 0 ≤ n < 1. */
  random(): number;
  /** Real waiting, ended early with the signal's reason. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const SIMULATOR_API_KEY = "simulator-key";

export const DEFAULT_SETTINGS: SimulatorSettings = {
  apiKey: SIMULATOR_API_KEY,
  latencyScale: 0.01,
  maxInFlightImages: 10,
  expiredStatus: 403,
  allowsLoopbackWebhooks: false,
  signingKey: "eventide-simulator",
};

/** A real client gives up long before. The bound keeps a forgotten request from living for ever. */
const HANG_MAX_MILLISECONDS = 10 * 60 * 1_000;

/** What a client sees when the connection breaks; the text is that of workerd's fetch. */
export class ConnectionLost extends Error {
  constructor() {
    super("Network connection lost.");
    this.name = "ConnectionLost";
  }
}

/** Never answers: ends only with the signal's reason, or as a broken connection. */
export async function hang(simulation: Simulation, signal: AbortSignal): Promise<never> {
  await simulation.wait(HANG_MAX_MILLISECONDS, signal);
  throw new ConnectionLost();
}

/** Waits with a timer; a signal ends it at once. */
export function waitWithTimer(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
