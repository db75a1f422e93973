/** The fixed tables of the JPEG encoder, from ITU-T T.81: cell order, quanta, and the example Huffman codes. */

// biome-ignore format: the order in which the cells of a block are written, as a square
export const ZIGZAG = [
   0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/** Table K.1 at about quality 90, in natural order. */
// biome-ignore format: a square of cells
export const QUANTA = [
   3,  2,  2,  3,  5,  8, 10, 12,
   2,  2,  3,  4,  5, 12, 12, 11,
   3,  3,  3,  5,  8, 11, 14, 11,
   3,  3,  4,  6, 10, 17, 16, 12,
   4,  4,  7, 11, 14, 22, 21, 15,
   5,  7, 11, 13, 16, 21, 23, 18,
  10, 13, 16, 17, 21, 24, 24, 20,
  14, 18, 19, 20, 22, 20, 21, 20,
];

/** Number of codes of each length from 1 to 16, and the symbols in order of their codes (tables K.3, K.5). */
export interface HuffmanTable {
  counts: readonly number[];
  symbols: readonly number[];
}

export const DC_TABLE: HuffmanTable = {
  counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  symbols: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};
export const AC_TABLE: HuffmanTable = {
  counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
  symbols: parseHex(
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a" +
      "3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a9293" +
      "9495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6" +
      "e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
  ),
};

function parseHex(digits: string): number[] {
  return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
