/**
 * In the place of src/flags/patience.ts (vitest.config.ts): a test's requests wait for the flags as long as it takes, so
 * that a machine that stalls shows no test old flags. A test about a store that says nothing makes them impatient.
 */
const PATIENT_MS = 10 * 60_000;
const IMPATIENT_MS = 20;

// Mutable on purpose: each importer sees the value of the moment.
export let WARM_WAIT_MS = PATIENT_MS;
export let COLD_WAIT_MS = PATIENT_MS;
export let COPY_WAIT_MS = PATIENT_MS;

export async function impatiently<Value>(work: () => Promise<Value>): Promise<Value> {
  setAll(IMPATIENT_MS);
  try {
    return await work();
  } finally {
    setAll(PATIENT_MS);
  }
}

function setAll(ms: number): void {
  WARM_WAIT_MS = ms;
  COLD_WAIT_MS = ms;
  COPY_WAIT_MS = ms;
}
