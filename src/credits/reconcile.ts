/**
 * Compares balances, entries, generations and images with each other and lists every disagreement.
 * It only looks. An empty list is what "the books balance" means.
 */

export type Disagreement =
  | "balance_differs_from_entries"
  | "held_differs_from_open_generations"
  | "negative_balance"
  | "generation_without_hold"
  | "hold_without_generation"
  | "ended_generation_without_settlement"
  | "open_generation_with_settlement"
  | "settlement_of_wrong_kind"
  | "settlement_differs_from_cost"
  | "brief_with_missing_generations"
  | "image_of_unfinished_generation"
  | "image_of_other_user"
  | "user_without_account";

export interface Finding {
  kind: Disagreement;
  /** The id of the row that disagrees. */
  subjectId: string;
  /** Numbers that don't match, in words. */
  detail: string;
}

/** Every disagreement, at most `limit` of each kind; one D1 round trip. */
export async function reconcile(db: D1Database, limit: number): Promise<Finding[]> {
  const results = await db.batch<{ subjectId: string; detail: string }>(
    CHECKS.map((check) => db.prepare(`${check.sql} LIMIT ?1`).bind(limit)),
  );
  return results.flatMap((result, index) => {
    const check = CHECKS[index];
    return check === undefined ? [] : result.results.map((row) => ({ kind: check.kind, ...row }));
  });
}

const CHECKS: { kind: Disagreement; sql: string }[] = [
  {
    kind: "balance_differs_from_entries",
    sql: `SELECT a.user_id AS subjectId,
            'balance ' || a.available || '+' || a.held || ', entries ' || coalesce(e.available, 0) || '+' || coalesce(e.held, 0) AS detail
          FROM credit_accounts a LEFT JOIN
            (SELECT user_id, sum(available) AS available, sum(held) AS held FROM credit_entries GROUP BY user_id) e
            ON e.user_id = a.user_id
          WHERE a.available <> coalesce(e.available, 0) OR a.held <> coalesce(e.held, 0)`,
  },
  {
    kind: "held_differs_from_open_generations",
    sql: `SELECT a.user_id AS subjectId, 'held ' || a.held || ', open ' || coalesce(g.cost, 0) AS detail
          FROM credit_accounts a LEFT JOIN
            (SELECT user_id, sum(cost) AS cost FROM generations WHERE status IN ('queued', 'processing') GROUP BY user_id) g
            ON g.user_id = a.user_id
          WHERE a.held <> coalesce(g.cost, 0)`,
  },
  {
    kind: "negative_balance",
    sql: `SELECT user_id AS subjectId, available || '+' || held AS detail FROM credit_accounts
          WHERE available < 0 OR held < 0`,
  },
  {
    kind: "generation_without_hold",
    sql: `SELECT g.id AS subjectId, 'cost ' || g.cost AS detail FROM generations g
          WHERE NOT EXISTS (SELECT 1 FROM credit_entries e
            WHERE e.op_key = 'hold:' || g.id AND e.user_id = g.user_id AND e.held = g.cost)`,
  },
  {
    kind: "hold_without_generation",
    sql: `SELECT e.generation_id AS subjectId, 'held ' || e.held AS detail FROM credit_entries e
          WHERE e.kind = 'hold' AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = e.generation_id)
            AND NOT EXISTS (SELECT 1 FROM credit_entries s WHERE s.op_key = 'settle:' || e.generation_id)`,
  },
  {
    kind: "ended_generation_without_settlement",
    sql: `SELECT g.id AS subjectId, g.status AS detail FROM generations g
          WHERE g.status IN ('succeeded', 'failed', 'canceled')
            AND NOT EXISTS (SELECT 1 FROM credit_entries e WHERE e.op_key = 'settle:' || g.id)`,
  },
  {
    kind: "open_generation_with_settlement",
    sql: `SELECT g.id AS subjectId, g.status AS detail FROM generations g
          WHERE g.status IN ('queued', 'processing')
            AND EXISTS (SELECT 1 FROM credit_entries e WHERE e.op_key = 'settle:' || g.id)`,
  },
  {
    kind: "settlement_of_wrong_kind",
    sql: `SELECT g.id AS subjectId, g.status || ' with ' || e.kind AS detail
          FROM generations g JOIN credit_entries e ON e.op_key = 'settle:' || g.id
          WHERE (g.status = 'succeeded' AND e.kind <> 'capture')
            OR (g.status IN ('failed', 'canceled') AND e.kind <> 'release')`,
  },
  {
    kind: "settlement_differs_from_cost",
    sql: `SELECT g.id AS subjectId, 'cost ' || g.cost || ', settled ' || -e.held AS detail
          FROM generations g JOIN credit_entries e ON e.op_key = 'settle:' || g.id WHERE e.held <> -g.cost`,
  },
  {
    kind: "brief_with_missing_generations",
    sql: `SELECT b.id AS subjectId, 'asked for ' || b.pictures AS detail FROM briefs b
          WHERE b.pictures <> (SELECT count(*) FROM generations g WHERE g.brief_id = b.id)
            OR b.cost <> (SELECT sum(cost) FROM generations g WHERE g.brief_id = b.id)`,
  },
  {
    kind: "image_of_unfinished_generation",
    sql: `SELECT i.id AS subjectId, 'generation is ' || coalesce(g.status, 'missing') AS detail
          FROM images i LEFT JOIN generations g ON g.id = i.generation_id
          WHERE g.status IS NULL OR g.status <> 'succeeded'`,
  },
  {
    kind: "image_of_other_user",
    sql: `SELECT i.id AS subjectId, 'generation belongs to somebody else' AS detail
          FROM images i JOIN generations g ON g.id = i.generation_id WHERE i.user_id <> g.user_id`,
  },
  {
    kind: "user_without_account",
    sql: `SELECT u.id AS subjectId, 'no credit account' AS detail FROM users u
          WHERE NOT EXISTS (SELECT 1 FROM credit_accounts a WHERE a.user_id = u.id)`,
  },
];
