/**
 * Looks at a running copy from outside, through the same doors as everybody: is it the build and the schema that it
 * should be, and are the doors shut that have to be? It changes nothing and needs no account.
 */
import * as z from "zod";

export interface Expected {
  /** The short commit that should be running. */
  commit: string;
  /** The file name of the newest migration. */
  migration: string;
}

export interface Finding {
  check: string;
  isGood: boolean;
  detail: string;
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

const REQUEST_TIMEOUT_MS = 15_000;
const ANSWER_SHOWN_MAX_CHARACTERS = 300;

const healthSchema = z.object({
  status: z.string(),
  commit: z.string(),
  schema: z.object({ expected: z.string(), applied: z.string().nullable() }),
});

/** All findings, the good ones too. `origin` is the address without a slash at the end. */
export async function examine(origin: string, expected: Expected, fetch: Fetch): Promise<Finding[]> {
  const ask = (path: string, init?: RequestInit) =>
    fetch(`${origin}${path}`, {
      redirect: "manual",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...init,
    });
  return [
    ...(await examineHealth(ask, expected)),
    await examineDoor("home page", 200, () => ask("/")),
    await examineDoor("an admin's door, for nobody", 401, () => ask("/api/admin/users")),
    await examineDoor("a form of another site", 403, () => ask("/api/auth/login", FOREIGN_REQUEST)),
  ];
}

const FOREIGN_REQUEST: RequestInit = {
  method: "POST",
  headers: { Origin: "https://elsewhere.example", "Content-Type": "application/json" },
  body: "{}",
};

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

async function examineHealth(ask: Ask, expected: Expected): Promise<Finding[]> {
  let text: string;
  let status: number;
  try {
    const response = await ask("/api/health");
    status = response.status;
    text = await response.text();
  } catch (error) {
    return [{ check: "health", isGood: false, detail: `no answer (${String(error)})` }];
  }
  const shown = text.slice(0, ANSWER_SHOWN_MAX_CHARACTERS);
  const health = healthSchema.safeParse(parseJson(text));
  if (!health.success) {
    return [{ check: "health", isGood: false, detail: `${status}, and not Eventide's report: ${shown}` }];
  }
  const { commit, schema } = health.data;
  const isCurrent = schema.applied === expected.migration && schema.expected === expected.migration;
  return [
    { check: "health", isGood: status === 200, detail: status === 200 ? "200" : `${status} ${shown}` },
    compare("commit", commit, expected.commit),
    {
      check: "schema",
      isGood: isCurrent,
      detail: isCurrent
        ? expected.migration
        : `database ${schema.applied ?? "empty"}, code ${schema.expected}, expected ${expected.migration}`,
    },
  ];
}

function compare(check: string, found: string, expected: string): Finding {
  const isGood = found === expected;
  return { check, isGood, detail: isGood ? found : `${found}, expected ${expected}` };
}

async function examineDoor(check: string, status: number, ask: () => Promise<Response>): Promise<Finding> {
  try {
    const response = await ask();
    return compare(check, String(response.status), String(status));
  } catch (error) {
    return { check, isGood: false, detail: `no answer (${String(error)})` };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function formatFinding({ check, isGood, detail }: Finding): string {
  return `${isGood ? "ok  " : "FAIL"}  ${check}: ${detail}`;
}
