/**
 * A delivery whose n-th call to the database, the bucket or the provider goes wrong, in each of the ways in which
 * a call can: it never happened, it happened and its answer was lost, or the process died before or after it.
 */
import type { JobContext } from "../../src/generations/job-context.ts";

export const FAULTS = ["fails", "answer_lost", "dies_before", "dies_after", "outage"] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultLine {
  context: JobContext;
  /** What was called, in order. */
  calls: string[];
  /** Settles when the process has died: nothing that it was about to do happens any more. */
  death: Promise<void>;
}

const NAME_MAX_CHARACTERS = 60;

type Around = <Value>(name: string, call: () => Promise<Value>) => Promise<Value>;

/** `n` counts from 1. Infinity: nothing goes wrong. */
export function breakAt(context: JobContext, n: number, fault: Fault): FaultLine {
  const calls: string[] = [];
  const death = Promise.withResolvers<void>();
  const around: Around = async (name, call) => {
    calls.push(name);
    const isTheOne = calls.length === n || (fault === "outage" && calls.length > n);
    if (!isTheOne) return await call();
    if (fault === "answer_lost" || fault === "dies_after") await call();
    if (fault === "dies_before" || fault === "dies_after") {
      death.resolve();
      return await new Promise<never>(() => undefined);
    }
    throw new Error(`broken on purpose: ${name.trim().slice(0, NAME_MAX_CHARACTERS)}`);
  };
  return {
    context: {
      ...context,
      db: interceptDatabase(context.db, around),
      bucket: interceptBucket(context.bucket, around),
      provider: interceptProvider(context.provider, around),
    },
    calls,
    death: death.promise,
  };
}

function interceptProvider(provider: JobContext["provider"], around: Around): JobContext["provider"] {
  const { fetch, baseUrl } = provider;
  return {
    ...provider,
    fetch: (request) => {
      const get = request.url.startsWith(baseUrl) ? "poll" : "download";
      return around(request.method === "POST" ? "buy" : get, () => fetch(request));
    },
  };
}

function interceptBucket(bucket: R2Bucket, around: Around): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => around(`bucket.${String(name)}`, () => member.apply(target, args));
    },
  });
}

const EXECUTIONS: ReadonlySet<unknown> = new Set(["first", "all", "run", "raw"]);

/** Each execution is one call, a batch too; it is named by the words that its SQL begins with. */
export function interceptDatabase(real: D1Database, around: Around): D1Database {
  const realOf = new WeakMap<object, { statement: D1PreparedStatement; sql: string }>();
  const wrap = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const wrapped = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => wrap(target.bind(...values), sql);
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function" || !EXECUTIONS.has(name)) return member;
        return (...args: unknown[]) => around(sql, () => member.apply(target, args));
      },
    });
    realOf.set(wrapped, { statement, sql });
    return wrapped;
  };
  const unwrap = (wrapped: D1PreparedStatement) => {
    const known = realOf.get(wrapped);
    if (known === undefined) throw new Error("interceptDatabase: a statement of another binding");
    return known;
  };
  return new Proxy(real, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => wrap(target.prepare(sql), sql);
      if (name === "batch") {
        return (wrapped: D1PreparedStatement[]) => {
          const statements = wrapped.map(unwrap);
          const text = statements.map(({ sql }) => sql).join(";\n");
          return around(text, () => target.batch(statements.map(({ statement }) => statement)));
        };
      }
      return Reflect.get(target, name);
    },
  });
}
