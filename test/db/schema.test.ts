import { env } from "cloudflare:workers";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import * as schema from "../../src/db/schema.ts";

const members: unknown[] = Object.values(schema);
const TABLES = members.filter((member): member is SQLiteTable => is(member, SQLiteTable));

interface ColumnInfo {
  name: string;
  type: string;
  notnull: number;
  dflt_value: string | null;
  pk: number;
}

async function listColumns(table: string) {
  const { results } = await env.DB.prepare(
    'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?1)',
  )
    .bind(table)
    .all<ColumnInfo>();
  return results.map(({ name, type, notnull, dflt_value, pk }) => ({
    name,
    type: type.toLowerCase(),
    // A key of one text column may be NULL to SQLite, but never in a STRICT table of ours.
    isRequired: notnull === 1 || pk > 0,
    default: dflt_value,
    isKey: pk > 0,
  }));
}

function describeColumns(table: SQLiteTable) {
  const keys = getTableConfig(table).primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
  return Object.values(getTableColumns(table)).map((column) => ({
    name: column.name,
    type: column.getSQLType(),
    isRequired: column.notNull || column.primary,
    default: writeDefault(column.default),
    isKey: column.primary || keys.includes(column.name),
  }));
}

function writeDefault(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? `'${value}'` : String(value);
}

describe("schema.ts", () => {
  it("names every table of the migrations, and no other", async () => {
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_]cf_*' AND name NOT GLOB 'sqlite_*' AND name <> 'd1_migrations' ORDER BY name",
    ).all<{ name: string }>();
    expect(TABLES.map(getTableName).sort()).toEqual(results.map(({ name }) => name));
  });

  it.each(TABLES.map((table) => ({ name: getTableName(table), table })))(
    "has the columns of $name as the migrations make them",
    async ({ name, table }) => {
      const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
      expect(describeColumns(table).sort(byName)).toEqual((await listColumns(name)).sort(byName));
    },
  );
});
