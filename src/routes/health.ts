/** `GET /api/health`: which build and schema this is, and whether it can serve. Names settings, never their values. */
import { Hono } from "hono";
import { countWaitingLetters } from "../db/mail-outbox.ts";
import { EXPECTED_MIGRATION, EXPECTED_TRIGGERS, findAppliedSchema } from "../db/schema-version.ts";
import { type ConfigIssue, parseConfig } from "../env.ts";
import { logError } from "../log.ts";
import { LOOPBACK_HOSTNAMES } from "../loopback.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { version } from "./frame.ts";

export const health = new Hono<AppEnv>().get("/api/health", async (c) => {
  const parsed = parseConfig(c.env);
  const schema = await checkSchema(c);
  const isServing = parsed.ok && schema.problem === null;
  const warnings = parsed.ok && isServing ? await listWarnings(c, parsed.value.origin) : [];
  return c.json(
    {
      status: isServing ? "ok" : "unavailable",
      version,
      commit: parsed.ok ? parsed.value.commit : (c.env.COMMIT ?? "unknown"),
      schema: { expected: EXPECTED_MIGRATION, applied: schema.applied },
      time: new Date().toISOString(),
      ...(isServing ? {} : { problems: listProblems(parsed, schema.problem) }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
    isServing ? 200 : 503,
  );
});

interface SchemaCheck {
  applied: string | null;
  problem: string | null;
}

async function checkSchema(c: AppContext): Promise<SchemaCheck> {
  if (c.env.DB === undefined) return { applied: null, problem: "DB is not bound" };
  try {
    const applied = await findAppliedSchema(c.env.DB);
    return { applied: applied.migration, problem: explainSchema(applied) };
  } catch (error) {
    logError("health_database", error, { requestId: c.get("requestId") });
    return { applied: null, problem: "the database does not answer" };
  }
}

function explainSchema(applied: { migration: string | null; triggers: number }): string | null {
  if (applied.migration !== EXPECTED_MIGRATION) return "the database's schema is not the one this code needs";
  if (applied.triggers !== EXPECTED_TRIGGERS) return "the database lacks triggers that guard the ledger";
  return null;
}

/** What an operator should look at, although everything is being served. */
async function listWarnings(c: AppContext, configured: string): Promise<ConfigIssue[]> {
  const warnings: ConfigIssue[] = [];
  const { failing } = await countWaitingLetters(c.env.DB, Date.now());
  if (failing > 0) {
    const message = `could not send ${failing === 1 ? "a letter" : `${failing} letters`} so far, and tries again`;
    warnings.push({ field: "MAILER", message });
  }
  if (isOtherHost(c.req.url, configured)) {
    warnings.push({ field: "APP_ORIGIN", message: "is another host than the one that this was asked at" });
  }
  return warnings;
}

/** The loopback has several names, and each of them is this machine. */
function isOtherHost(asked: string, configured: string): boolean {
  const hosts = [new URL(asked).hostname, new URL(configured).hostname];
  if (hosts.every((host) => LOOPBACK_HOSTNAMES.has(host))) return false;
  return hosts[0] !== hosts[1];
}

function listProblems(parsed: ReturnType<typeof parseConfig>, schemaProblem: string | null) {
  const problems = parsed.ok ? [] : parsed.error.map(({ field, message }) => ({ field, message }));
  return schemaProblem === null ? problems : [...problems, { field: "schema", message: schemaProblem }];
}
