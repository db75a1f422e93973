/**
 * A D1 binding that counts its round trips: everything that is executed is one, a batch of statements too.
 * Used where a budget of round trips is held, in tests and in bench/.
 */

export interface RoundTrip {
  kind: "first" | "all" | "run" | "raw" | "batch" | "exec";
  /** The SQL that went along, in order. */
  statements: string[];
  /** As D1 tells them; 0 where the answer doesn't say, which is so for `first`, `raw` and `exec`. */
  rowsRead: number;
  rowsWritten: number;
}

export interface CountedDatabase {
  db: D1Database;
  /** Grows with each round trip that has ended. */
  trips: RoundTrip[];
}

const EXECUTIONS = ["first", "all", "run", "raw"] as const;
type Execution = (typeof EXECUTIONS)[number];

interface Real {
  statement: D1PreparedStatement;
  sql: string;
}

export function countRoundTrips(real: D1Database): CountedDatabase {
  const trips: RoundTrip[] = [];
  // D1's batch reads private fields of its statements, so each counted statement must lead back to the real one.
  const realOf = new WeakMap<object, Real>();

  const wrap = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const counted = new Proxy(statement, {
      get: (target, name) => {
        if (name === "bind") return (...values: unknown[]) => wrap(target.bind(...values), sql);
        if (isExecution(name)) return (...args: unknown[]) => execute(target, name, args, sql);
        return Reflect.get(target, name, target);
      },
    });
    realOf.set(counted, { statement, sql });
    return counted;
  };

  const execute = async (statement: D1PreparedStatement, kind: Execution, args: unknown[], sql: string) => {
    const result: unknown = await Reflect.apply(statement[kind], statement, args);
    trips.push({ kind, statements: [sql], ...sumRows([result]) });
    return result;
  };

  const batch = async (statements: D1PreparedStatement[]) => {
    const sent = statements.map((statement) => {
      const known = realOf.get(statement);
      if (known === undefined) throw new Error("countRoundTrips: a statement of another binding");
      return known;
    });
    const results = await real.batch(sent.map(({ statement }) => statement));
    trips.push({ kind: "batch", statements: sent.map(({ sql }) => sql), ...sumRows(results) });
    return results;
  };

  const exec = async (sql: string) => {
    const result = await real.exec(sql);
    trips.push({ kind: "exec", statements: [sql], ...sumRows([]) });
    return result;
  };

  const counted: Pick<D1Database, "prepare" | "batch" | "exec"> = {
    prepare: (sql) => wrap(real.prepare(sql), sql),
    batch: batch as D1Database["batch"],
    exec,
  };
  // Whatever else D1 offers would go by uncounted, so it is refused instead of passed on.
  const db = new Proxy(real, {
    get: (_target, name) => {
      const member: unknown = Reflect.get(counted, name);
      if (member === undefined) throw new Error(`countRoundTrips: ${String(name)} is not counted yet`);
      return member;
    },
  });
  return { db, trips };
}

function isExecution(name: string | symbol): name is Execution {
  return EXECUTIONS.some((execution) => execution === name);
}

function sumRows(results: readonly unknown[]): Pick<RoundTrip, "rowsRead" | "rowsWritten"> {
  const metas = results.filter(isD1Result).map(({ meta }) => meta);
  return {
    rowsRead: metas.reduce((sum, meta) => sum + meta.rows_read, 0),
    rowsWritten: metas.reduce((sum, meta) => sum + meta.rows_written, 0),
  };
}

function isD1Result(result: unknown): result is D1Result {
  return typeof result === "object" && result !== null && "meta" in result;
}
