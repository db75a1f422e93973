/** What SQLite does for a statement: a database that executes nothing and remembers what it was asked, and its plans. */
import { env } from "cloudflare:workers";

export interface RecordedStatement {
  sql: string;
  values: unknown[];
}

/** Every answer is empty. */
export function recordStatements(): { db: D1Database; statements: RecordedStatement[] } {
  const statements: RecordedStatement[] = [];
  const empty = { results: [], success: true, meta: { changes: 0 } };
  const wrap = (statement: RecordedStatement): unknown => ({
    bind: (...values: unknown[]) => {
      statement.values = values;
      return wrap(statement);
    },
    all: async () => empty,
    run: async () => empty,
    raw: async () => [],
    first: async () => null,
  });
  const db = {
    prepare(sql: string) {
      const statement = { sql, values: [] };
      statements.push(statement);
      return wrap(statement);
    },
    batch: async (batch: unknown[]) => batch.map(() => empty),
  };
  return { db: db as unknown as D1Database, statements };
}

const STAND_IN_TEXT = "x";

/** Something that passes for any argument: an id, a number, a row with every property, a list of one. */
export function createStandIn(): unknown {
  const members: Partial<Record<string | symbol, unknown>> = {
    [Symbol.toPrimitive]: () => STAND_IN_TEXT,
    [Symbol.iterator]: function* () {
      yield createStandIn();
    },
    toJSON: () => STAND_IN_TEXT,
    length: 1,
  };
  return new Proxy(() => undefined, {
    get: (_target, name) => {
      // Not a promise, or waiting for it would never end.
      if (name === "then") return undefined;
      return members[name] ?? createStandIn();
    },
    apply: () => createStandIn(),
  });
}

/** Each step of the plan that reads a table or a whole index from one end to the other. */
export async function findScans({ sql, values }: RecordedStatement): Promise<string[]> {
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values.map((value) => (typeof value === "function" ? STAND_IN_TEXT : value)))
    .all<{ detail: string }>();
  const steps = results.map(({ detail }) => detail);
  const madeHere = new Set(
    steps.flatMap((step) => /^(?:MATERIALIZE|CO-ROUTINE) (\S+)/.exec(step)?.[1] ?? []),
  );
  const partial = await listPartialIndexes();
  return steps.filter((step) => {
    const [, name, rest] = /^SCAN (\S+)(.*)$/.exec(step) ?? [];
    if (name === undefined || rest === undefined) return false;
    if (madeHere.has(name) || step === "SCAN CONSTANT ROW" || rest.includes("VIRTUAL TABLE")) return false;
    // A partial index holds the few rows that are open, due or to review.
    return !partial.some((index) => rest.endsWith(` ${index}`));
  });
}

async function listPartialIndexes(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'",
  ).all<{ name: string }>();
  return results.map(({ name }) => name);
}
