/** Huffman codes of limited length, in the canonical form that DEFLATE and lossless WebP share. */

export const CODE_LENGTH_MAX = 15;

/** Huffman code lengths, none above the limit; all zero when only one symbol occurs. */
export function buildLengths(counts: Float64Array): Uint8Array {
  let weights = counts;
  for (;;) {
    const lengths = buildFreeLengths(weights);
    if (Math.max(...lengths) <= CODE_LENGTH_MAX) return lengths;
    // Flatter weights make a flatter tree; after at most 32 rounds all weights are equal.
    weights = weights.map((weight) => Math.ceil(weight / 2));
  }
}

function buildFreeLengths(weights: Float64Array): Uint8Array {
  const lengths = new Uint8Array(weights.length);
  let nodes = [...weights.entries()]
    .filter(([, weight]) => weight > 0)
    .map(([symbol, weight]) => ({ weight, symbols: [symbol] }));
  while (nodes.length > 1) {
    nodes.sort((a, b) => a.weight - b.weight);
    const [first, second, ...rest] = nodes;
    if (first === undefined || second === undefined) break;
    const symbols = [...first.symbols, ...second.symbols];
    for (const symbol of symbols) lengths[symbol] = (lengths[symbol] ?? 0) + 1;
    nodes = [...rest, { weight: first.weight + second.weight, symbols }];
  }
  return lengths;
}

/** Canonical codes, as in DEFLATE. */
export function buildWords(lengths: Uint8Array): Uint16Array {
  const words = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= CODE_LENGTH_MAX; length++) {
    for (const [symbol, own] of lengths.entries())
      if (own === length) words[symbol] = reverseBits(code++, length);
    code <<= 1;
  }
  return words;
}

export function reverseBits(value: number, count: number): number {
  let reversed = 0;
  for (let bit = 0; bit < count; bit++) reversed |= ((value >> bit) & 1) << (count - 1 - bit);
  return reversed;
}
