/** Each kind of disagreement, made by taking away the guard that makes it impossible, in this file's own storage. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { findNextRange, type PeopleRange, reconcile } from "../../src/credits/reconcile.ts";
import { cancelJob } from "../../src/db/generation-jobs.ts";
import { advanceJob } from "../../src/generations/advance-job.ts";
import { createAccount } from "../support/accounts.ts";
import { createWorkshop, order } from "../support/jobs.ts";

const LIMIT = 20;

/** Runs SQL without these triggers and puts them back. */
async function tamper(triggers: string[], ...statements: D1PreparedStatement[]): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN (SELECT value FROM json_each(?1))",
  )
    .bind(JSON.stringify(triggers))
    .all<{ name: string; sql: string }>();
  expect(results.map(({ name }) => name).sort()).toEqual([...triggers].sort());
  await env.DB.batch([
    ...results.map(({ name }) => env.DB.prepare(`DROP TRIGGER ${name}`)),
    ...statements,
    ...results.map(({ sql }) => env.DB.prepare(sql)),
  ]);
}

function sql(text: string, ...values: (string | number)[]): D1PreparedStatement {
  return env.DB.prepare(text).bind(...values);
}

/** A person with one picture that succeeded, one that was canceled and one that is queued. */
async function createHistory() {
  const { id: userId } = await createAccount({ credits: 10 });
  const [succeeded = "", canceled = "", queued = ""] = await order(userId, 3);
  await advanceJob(createWorkshop().context, succeeded);
  await cancelJob(env.DB, userId, canceled);
  const imageId = await sql("SELECT id FROM images WHERE generation_id = ?1", succeeded).first<string>("id");
  const briefId = await sql("SELECT brief_id FROM generations WHERE id = ?1", queued).first<string>(
    "brief_id",
  );
  return { userId, succeeded, canceled, queued, imageId: imageId ?? "", briefId: briefId ?? "" };
}

type History = Awaited<ReturnType<typeof createHistory>>;

const DELETE_ENTRY = "DELETE FROM credit_entries WHERE op_key = ?1";

const CASES: {
  kind: string;
  also?: string[];
  without: string[];
  statements: (history: History) => D1PreparedStatement[];
  subject: (history: History) => string;
}[] = [
  {
    kind: "balance_differs_from_entries",
    without: ["credit_accounts_guard"],
    statements: ({ userId }) => [
      sql("UPDATE credit_accounts SET available = available + 1 WHERE user_id = ?1", userId),
    ],
    subject: ({ userId }) => userId,
  },
  {
    kind: "held_differs_from_open_generations",
    also: ["balance_differs_from_entries"],
    without: ["credit_accounts_guard"],
    statements: ({ userId }) => [
      sql("UPDATE credit_accounts SET held = held + 1 WHERE user_id = ?1", userId),
    ],
    subject: ({ userId }) => userId,
  },
  {
    kind: "generation_without_hold",
    also: ["balance_differs_from_entries"],
    without: ["credit_entries_no_delete"],
    statements: ({ queued }) => [sql(DELETE_ENTRY, `hold:${queued}`)],
    subject: ({ queued }) => queued,
  },
  {
    kind: "hold_without_generation",
    also: ["held_differs_from_open_generations", "brief_with_missing_generations"],
    without: ["generations_no_delete"],
    statements: ({ queued }) => [sql("DELETE FROM generations WHERE id = ?1", queued)],
    subject: ({ queued }) => queued,
  },
  {
    kind: "settlement_without_hold",
    also: ["balance_differs_from_entries", "generation_without_hold"],
    without: ["credit_entries_no_delete"],
    statements: ({ canceled }) => [sql(DELETE_ENTRY, `hold:${canceled}`)],
    subject: ({ canceled }) => canceled,
  },
  {
    kind: "ended_generation_without_settlement",
    also: ["balance_differs_from_entries"],
    without: ["credit_entries_no_delete"],
    statements: ({ succeeded }) => [sql(DELETE_ENTRY, `settle:${succeeded}`)],
    subject: ({ succeeded }) => succeeded,
  },
  {
    kind: "open_generation_with_settlement",
    also: ["held_differs_from_open_generations"],
    without: ["credit_entries_follow_generation"],
    statements: ({ userId, queued }) => [
      sql(
        `INSERT INTO credit_entries (user_id, kind, available, held, op_key, generation_id, created_at)
         VALUES (?1, 'release', 1, -1, 'settle:' || ?2, ?2, 0)`,
        userId,
        queued,
      ),
    ],
    subject: ({ queued }) => queued,
  },
  {
    kind: "settlement_of_wrong_kind",
    without: ["credit_entries_no_update", "credit_accounts_guard"],
    statements: ({ userId, canceled }) => [
      sql(
        "UPDATE credit_entries SET kind = 'capture', available = 0 WHERE op_key = ?1",
        `settle:${canceled}`,
      ),
      sql("UPDATE credit_accounts SET available = available - 1 WHERE user_id = ?1", userId),
    ],
    subject: ({ canceled }) => canceled,
  },
  {
    kind: "settlement_differs_from_cost",
    also: ["generation_without_hold", "brief_with_missing_generations"],
    without: ["generations_frozen"],
    statements: ({ succeeded }) => [sql("UPDATE generations SET cost = 3 WHERE id = ?1", succeeded)],
    subject: ({ succeeded }) => succeeded,
  },
  {
    kind: "brief_with_missing_generations",
    without: ["briefs_frozen"],
    statements: ({ briefId }) => [sql("UPDATE briefs SET pictures = 4 WHERE id = ?1", briefId)],
    subject: ({ briefId }) => briefId,
  },
  {
    kind: "image_of_unfinished_generation",
    without: ["images_frozen"],
    statements: ({ imageId, canceled }) => [
      sql("UPDATE images SET generation_id = ?2 WHERE id = ?1", imageId, canceled),
    ],
    subject: ({ imageId }) => imageId,
  },
  {
    kind: "image_of_other_user",
    without: ["images_frozen"],
    statements: ({ userId, imageId }) => [
      sql("UPDATE images SET user_id = ?2 WHERE id = ?1", imageId, neighbourOf(userId)),
    ],
    subject: ({ imageId }) => imageId,
  },
  {
    kind: "user_without_account",
    without: ["users_open_account"],
    statements: ({ userId }) => [
      sql("INSERT INTO users (id, email, created_at, updated_at) VALUES (?1, ?1, 0, 0)", neighbourOf(userId)),
    ],
    subject: ({ userId }) => neighbourOf(userId),
  },
];

/** The next id but for its last character, which newId never makes. */
function neighbourOf(id: string): string {
  return `${id.slice(0, -1)}~`;
}

/** This person and the neighbour. */
function rangeOf(id: string): PeopleRange {
  return { after: id.slice(0, -1), upTo: neighbourOf(id) };
}

describe("the books", () => {
  it("agree in a history that the guards let through", async () => {
    const { userId } = await createHistory();
    expect(await reconcile(env.DB, LIMIT, rangeOf(userId))).toEqual([]);
  });

  it.each(CASES)(
    "are found to disagree: $kind",
    async ({ kind, also = [], without, statements, subject }) => {
      const history = await createHistory();
      await tamper(without, ...statements(history));
      const findings = await reconcile(env.DB, LIMIT, rangeOf(history.userId));
      expect(findings.map((finding) => finding.kind).sort()).toEqual([kind, ...also].sort());
      expect(findings.find((finding) => finding.kind === kind)?.subjectId).toBe(subject(history));
    },
  );

  it("are found to disagree: negative_balance, which the table itself refuses to hold", async () => {
    const { userId } = await createHistory();
    const poorer = "(SELECT user_id, available - 100 AS available, held FROM credit_accounts)";
    const db = new Proxy(env.DB, {
      get(target, name) {
        if (name === "batch") return target.batch.bind(target);
        return (text: string) => target.prepare(text.replaceAll("credit_accounts", poorer));
      },
    });
    const findings = await reconcile(db, LIMIT, rangeOf(userId));
    expect(findings.map(({ kind }) => kind)).toEqual(["balance_differs_from_entries", "negative_balance"]);
  });

  it("are reported up to a limit of each kind", async () => {
    const histories = [await createHistory(), await createHistory()];
    for (const { userId } of histories) {
      const update = "UPDATE credit_accounts SET available = available + 1 WHERE user_id = ?1";
      await tamper(["credit_accounts_guard"], sql(update, userId));
    }
    const findings = await reconcile(env.DB, 1);
    expect(findings.filter(({ kind }) => kind === "balance_differs_from_entries")).toHaveLength(1);
  });

  it("are looked at in ranges that together hold everybody once", async () => {
    for (let i = 0; i < 7; i++) await createAccount();
    const { results } = await env.DB.prepare("SELECT user_id FROM credit_accounts ORDER BY user_id").all<{
      user_id: string;
    }>();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next = await findNextRange(env.DB, cursor, 3);
      const { after, upTo } = next.range;
      const members = results.filter(({ user_id }) => user_id > after && user_id <= upTo);
      if (next.cursor !== null) expect(members).toHaveLength(3);
      seen.push(...members.map(({ user_id }) => user_id));
      cursor = next.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(results.map(({ user_id }) => user_id));
  });
});
