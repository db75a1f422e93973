/** Medians and how sure one can be of them. Pure. */

export interface Interval {
  median: number;
  low: number;
  high: number;
}

const RESAMPLES = 2_000;
const TAIL = 0.025;
/** Fixed, so that the same measurements always give the same interval. */
const RESAMPLING_SEED = 20_261_122;

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("median: no values");
  const sorted = [...values].sort((a, b) => a - b);
  return (
    (at(sorted, Math.floor((sorted.length - 1) / 2)) + at(sorted, Math.ceil((sorted.length - 1) / 2))) / 2
  );
}

/** The median with its 95 % bootstrap interval: the values are drawn anew with replacement, many times. */
export function bootstrapMedian(values: readonly number[]): Interval {
  const random = createRandom(RESAMPLING_SEED);
  const draw = () => at(values, Math.floor(random() * values.length));
  const medians = Array.from({ length: RESAMPLES }, () => median(values.map(draw))).sort((a, b) => a - b);
  return {
    median: median(values),
    low: at(medians, Math.floor(RESAMPLES * TAIL)),
    high: at(medians, Math.ceil(RESAMPLES * (1 - TAIL)) - 1),
  };
}

/** Numbers from 0 to 1 by the mulberry32 generator. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new Error(`statistics: no value at ${index} of ${values.length}`);
  return value;
}
