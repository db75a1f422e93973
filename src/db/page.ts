/** Pages of a list by keyset: whoever asks takes one row more than a page has, which tells whether another follows. */

export interface Page<Row> {
  items: Row[];
  nextCursor: string | null;
}

/** Sorts after every identifier: the cursor of the first page of a list that begins with the newest. */
export const LAST_ID = "~";

/** From rows that were asked for with LIMIT `limit` + 1. The cursor is the id of the page's last row. */
export function buildPage<Row extends { id: string | number }>(
  rows: readonly Row[],
  limit: number,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? String(last.id) : null };
}
