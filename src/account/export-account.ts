/**
 * Everything that is kept about one person as one JSON document, written while it is read: however much there is,
 * a page of one list is all that is in memory.
 */
import {
  EXPORT_LISTS,
  type ExportFirstPages,
  type ExportList,
  type ExportRow,
  readExportPage,
} from "../db/export.ts";

export const EXPORT_PAGE_ROWS = 500;
/** Pages of one list: more rows than D1 can hold of one person. */
const PAGES_MAX = 100_000;

/** The pieces of the document, in order. `links` says where the pictures themselves are. */
export async function* writeExport(
  db: D1Database,
  first: ExportFirstPages,
  exportedAt: number,
  links: readonly string[],
): AsyncGenerator<string> {
  const user = String(first.user["id"]);
  yield `{\n"exportedAt": ${JSON.stringify(new Date(exportedAt).toISOString())}`;
  yield `,\n"user": ${JSON.stringify(present(first.user))}`;
  yield `,\n"pictures": ${JSON.stringify(links)}`;
  for (const [index, list] of EXPORT_LISTS.entries()) {
    yield `,\n${JSON.stringify(list.name)}: [`;
    yield* writeRows(db, list, user, first.pages[index] ?? []);
    yield "]";
  }
  yield "\n}\n";
}

async function* writeRows(
  db: D1Database,
  list: ExportList,
  userId: string,
  firstPage: ExportRow[],
): AsyncGenerator<string> {
  let page = firstPage;
  for (let count = 0; count < PAGES_MAX && page.length > 0; count++) {
    yield (count === 0 ? "\n" : ",\n") + page.map((row) => JSON.stringify(present(row))).join(",\n");
    const last = page.at(-1);
    if (last === undefined || page.length < EXPORT_PAGE_ROWS) return;
    page = await readExportPage(db, list, userId, last.id, EXPORT_PAGE_ROWS);
  }
}

/** Columns that hold JSON. */
const JSON_COLUMNS = new Set(["body", "tags", "scopes", "transports", "details"]);

/** Columns that hold 0 or 1. */
const YES_OR_NO_COLUMNS = new Set(["favourite"]);

/** Times as ISO 8601, yes and no as such, stored JSON as JSON, bytes (which D1 gives as numbers) as base64. */
function present(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value === "number" && /(?:^at|At)$/.test(name)) return [name, new Date(value).toISOString()];
      if (YES_OR_NO_COLUMNS.has(name)) return [name, value === 1];
      if (Array.isArray(value)) return [name, Buffer.from(value).toString("base64")];
      if (typeof value === "string" && JSON_COLUMNS.has(name)) return [name, JSON.parse(value)];
      return [name, value];
    }),
  );
}
