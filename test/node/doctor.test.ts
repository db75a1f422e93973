import { describe, expect, it } from "vitest";
import { examine, type Fetch, type Finding, formatFinding } from "../../scripts/doctor/examine.ts";

const EXPECTED = { commit: "abc1234", migration: "0003_identity.sql" };
const HEALTH = {
  status: "ok",
  version: "0.1.0",
  commit: "abc1234",
  schema: { expected: "0003_identity.sql", applied: "0003_identity.sql" },
};

interface Answers {
  health?: unknown;
  healthStatus?: number;
  home?: number;
  admin?: number;
  login?: number;
}

/** A copy that answers as it should, but for what a test changes. */
function answerAs(answers: Answers): Fetch {
  return async (url) => {
    switch (new URL(url).pathname) {
      case "/api/health":
        return Response.json(answers.health ?? HEALTH, { status: answers.healthStatus ?? 200 });
      case "/api/admin/users":
        return new Response(null, { status: answers.admin ?? 401 });
      case "/api/auth/login":
        return new Response(null, { status: answers.login ?? 403 });
      default:
        return new Response(null, { status: answers.home ?? 200 });
    }
  };
}

async function listFailures(fetch: Fetch): Promise<Finding[]> {
  return (await examine("https://eventide.example", EXPECTED, fetch)).filter((finding) => !finding.isGood);
}

describe("examine", () => {
  it("finds everything good when it is", async () => {
    const findings = await examine("https://eventide.example", EXPECTED, answerAs({}));
    expect(findings.map(formatFinding)).toEqual([
      "ok    health: 200",
      "ok    commit: abc1234",
      "ok    schema: 0003_identity.sql",
      "ok    home page: 200",
      "ok    an admin's door, for nobody: 401",
      "ok    a form of another site: 403",
    ]);
  });

  it.each([
    [
      "the copy says itself that it can't serve",
      { healthStatus: 503, health: { ...HEALTH, problems: [{ field: "AUTH_SECRET" }] } },
      /^FAIL {2}health: 503 .*AUTH_SECRET/,
    ],
    [
      "another commit runs",
      { health: { ...HEALTH, commit: "older77" } },
      /^FAIL {2}commit: older77, expected abc1234$/,
    ],
    [
      "the database is behind",
      { health: { ...HEALTH, schema: { ...HEALTH.schema, applied: "0001_foundation.sql" } } },
      /^FAIL {2}schema: database 0001_foundation\.sql, code 0003_identity\.sql, expected 0003/,
    ],
    [
      "the database is empty",
      { health: { ...HEALTH, schema: { ...HEALTH.schema, applied: null } } },
      /^FAIL {2}schema: database empty/,
    ],
    [
      "code and database are both behind",
      { health: { ...HEALTH, schema: { expected: "0002_flags.sql", applied: "0002_flags.sql" } } },
      /^FAIL {2}schema: database 0002_flags\.sql, code 0002_flags\.sql, expected 0003/,
    ],
    ["something else lives there", { health: { hello: "world" } }, /and not Eventide's report: .*world/],
    ["the home page is gone", { home: 404 }, /^FAIL {2}home page: 404, expected 200$/],
    ["an admin's list is open", { admin: 200 }, /^FAIL {2}an admin's door, for nobody: 200, expected 401$/],
    ["another site may post", { login: 422 }, /^FAIL {2}a form of another site: 422, expected 403$/],
  ])("finds exactly one thing wrong when %s", async (_name, answers, line) => {
    const failures = await listFailures(answerAs(answers));
    expect(failures).toHaveLength(1);
    expect(failures.map(formatFinding)[0]).toMatch(line);
  });

  it("says what happened when nothing answers", async () => {
    const failures = await listFailures(() => Promise.reject(new TypeError("fetch failed")));
    expect(failures.map(formatFinding)).toEqual([
      "FAIL  health: no answer (TypeError: fetch failed)",
      "FAIL  home page: no answer (TypeError: fetch failed)",
      "FAIL  an admin's door, for nobody: no answer (TypeError: fetch failed)",
      "FAIL  a form of another site: no answer (TypeError: fetch failed)",
    ]);
  });

  it("reports an answer that isn't JSON", async () => {
    const failures = await listFailures(async () => new Response("<html>", { status: 502 }));
    expect(failures[0]).toMatchObject({ check: "health", detail: "502, and not Eventide's report: <html>" });
  });
});
