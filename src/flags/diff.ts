/** What differs between two texts, line by line, with a little of what surrounds it. Pure and bounded. */

export type DiffLine =
  | { kind: "same" | "added" | "removed"; text: string }
  /** So many lines that are the same on both sides. */
  | { kind: "skipped"; count: number };

const CONTEXT_LINES = 2;
/** Lines that differ on one side: beyond that the whole middle counts as replaced. */
const COMPARED_MAX_LINES = 1_500;

export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [splitLines(before), splitLines(after)];
  const head = countSame(a, b, (index) => [a[index], b[index]]);
  const tail = countSame(a.slice(head), b.slice(head), (index) => [a.at(-1 - index), b.at(-1 - index)]);
  const middle = compareMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: "same", text }));
  return shorten([...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))]);
}

export function hasDifference(lines: readonly DiffLine[]): boolean {
  return lines.some(({ kind }) => kind === "added" || kind === "removed");
}

function splitLines(text: string): string[] {
  return text === "" ? [] : text.replaceAll("\r\n", "\n").split("\n");
}

function countSame(
  a: readonly string[],
  b: readonly string[],
  pairAt: (index: number) => [string | undefined, string | undefined],
): number {
  const most = Math.min(a.length, b.length);
  for (let index = 0; index < most; index++) {
    const [left, right] = pairAt(index);
    if (left !== right) return index;
  }
  return most;
}

/** The longest common subsequence, by the textbook's table. */
function compareMiddle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: "removed", text });
  const added = (text: string): DiffLine => ({ kind: "added", text });
  if (a.length > COMPARED_MAX_LINES || b.length > COMPARED_MAX_LINES) {
    return [...a.map(removed), ...b.map(added)];
  }
  const common = buildTable(a, b);
  const lengthAt = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left });
      i += 1;
      j += 1;
    } else if (right === undefined || (left !== undefined && lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      lines.push(removed(left ?? ""));
      i += 1;
    } else {
      lines.push(added(right));
      j += 1;
    }
  }
  return lines;
}

/** At [i][j]: how many lines a from i on and b from j on have in common, in order. */
function buildTable(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    const [row, below] = [table[i], table[i + 1]];
    if (row === undefined || below === undefined) continue;
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

/** Leaves out what is the same and far from any difference. */
function shorten(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = lines.map((_, index) =>
    hasDifference(lines.slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1)),
  );
  const shown: DiffLine[] = [];
  for (const [index, line] of lines.entries()) {
    const last = shown.at(-1);
    if (isNear[index] === true) shown.push(line);
    else if (last?.kind === "skipped") last.count += 1;
    else shown.push({ kind: "skipped", count: 1 });
  }
  return shown;
}
