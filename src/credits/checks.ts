/**
 * The questions that reconcile.ts asks, each about the people with ?1 < id <= ?2, so that each is answered by an index
 * and its cost is theirs alone. A row in the answer is a disagreement.
 */

export type Disagreement =
  | "balance_differs_from_entries"
  | "held_differs_from_open_generations"
  | "negative_balance"
  | "generation_without_hold"
  | "hold_without_generation"
  | "settlement_without_hold"
  | "ended_generation_without_settlement"
  | "open_generation_with_settlement"
  | "settlement_of_wrong_kind"
  | "settlement_differs_from_cost"
  | "brief_with_missing_generations"
  | "image_of_unfinished_generation"
  | "image_of_other_user"
  | "user_without_account";

export interface Check {
  kind: Disagreement;
  sql: string;
}

const BALANCE_CHECKS: Check[] = [
  {
    kind: "balance_differs_from_entries",
    sql: `SELECT a.user_id AS subjectId,
            'balance ' || a.available || '+' || a.held || ', entries ' || coalesce(e.available, 0) || '+' || coalesce(e.held, 0) AS detail
          FROM credit_accounts a LEFT JOIN
            (SELECT user_id, sum(available) AS available, sum(held) AS held FROM credit_entries
             WHERE user_id > ?1 AND user_id <= ?2 GROUP BY user_id) e ON e.user_id = a.user_id
          WHERE a.user_id > ?1 AND a.user_id <= ?2
            AND (a.available <> coalesce(e.available, 0) OR a.held <> coalesce(e.held, 0))`,
  },
  {
    kind: "held_differs_from_open_generations",
    sql: `SELECT a.user_id AS subjectId, 'held ' || a.held || ', open ' || coalesce(g.cost, 0) AS detail
          FROM credit_accounts a LEFT JOIN
            (SELECT user_id, sum(cost) AS cost FROM generations
             WHERE status IN ('queued', 'processing') AND user_id > ?1 AND user_id <= ?2 GROUP BY user_id) g
            ON g.user_id = a.user_id
          WHERE a.user_id > ?1 AND a.user_id <= ?2 AND a.held <> coalesce(g.cost, 0)`,
  },
  {
    kind: "negative_balance",
    sql: `SELECT user_id AS subjectId, available || '+' || held AS detail FROM credit_accounts
          WHERE user_id > ?1 AND user_id <= ?2 AND (available < 0 OR held < 0)`,
  },
  {
    kind: "user_without_account",
    sql: `SELECT u.id AS subjectId, 'no credit account' AS detail FROM users u
          WHERE u.id > ?1 AND u.id <= ?2 AND NOT EXISTS (SELECT 1 FROM credit_accounts a WHERE a.user_id = u.id)`,
  },
];

/** A generation that its person's erasure deleted leaves a hold and its settlement, which agree with each other. */
const HOLD_CHECKS: Check[] = [
  {
    kind: "generation_without_hold",
    sql: `SELECT g.id AS subjectId, 'cost ' || g.cost AS detail FROM generations g
          WHERE g.user_id > ?1 AND g.user_id <= ?2 AND NOT EXISTS (SELECT 1 FROM credit_entries e
            WHERE e.op_key = 'hold:' || g.id AND e.user_id = g.user_id AND e.held = g.cost)`,
  },
  {
    kind: "hold_without_generation",
    sql: `SELECT e.generation_id AS subjectId, 'held ' || e.held AS detail FROM credit_entries e
          WHERE e.user_id > ?1 AND e.user_id <= ?2 AND e.kind = 'hold'
            AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.id = e.generation_id)
            AND NOT EXISTS (SELECT 1 FROM credit_entries s WHERE s.op_key = 'settle:' || e.generation_id)`,
  },
  {
    kind: "settlement_without_hold",
    sql: `SELECT e.generation_id AS subjectId, e.kind || ' of ' || -e.held AS detail FROM credit_entries e
          WHERE e.user_id > ?1 AND e.user_id <= ?2 AND e.kind IN ('capture', 'release')
            AND NOT EXISTS (SELECT 1 FROM credit_entries h
              WHERE h.op_key = 'hold:' || e.generation_id AND h.user_id = e.user_id AND h.held = -e.held)`,
  },
];

const SETTLEMENT_CHECKS: Check[] = [
  {
    kind: "ended_generation_without_settlement",
    sql: `SELECT g.id AS subjectId, g.status AS detail FROM generations g
          WHERE g.user_id > ?1 AND g.user_id <= ?2 AND g.status IN ('succeeded', 'failed', 'canceled')
            AND NOT EXISTS (SELECT 1 FROM credit_entries e WHERE e.op_key = 'settle:' || g.id)`,
  },
  {
    kind: "open_generation_with_settlement",
    sql: `SELECT g.id AS subjectId, g.status AS detail FROM generations g
          WHERE g.user_id > ?1 AND g.user_id <= ?2 AND g.status IN ('queued', 'processing')
            AND EXISTS (SELECT 1 FROM credit_entries e WHERE e.op_key = 'settle:' || g.id)`,
  },
  {
    kind: "settlement_of_wrong_kind",
    sql: `SELECT g.id AS subjectId, g.status || ' with ' || e.kind AS detail
          FROM generations g JOIN credit_entries e ON e.op_key = 'settle:' || g.id
          WHERE g.user_id > ?1 AND g.user_id <= ?2 AND ((g.status = 'succeeded' AND e.kind <> 'capture')
            OR (g.status IN ('failed', 'canceled') AND e.kind <> 'release'))`,
  },
  {
    kind: "settlement_differs_from_cost",
    sql: `SELECT g.id AS subjectId, 'cost ' || g.cost || ', settled ' || -e.held AS detail
          FROM generations g JOIN credit_entries e ON e.op_key = 'settle:' || g.id
          WHERE g.user_id > ?1 AND g.user_id <= ?2 AND e.held <> -g.cost`,
  },
];

const PICTURE_CHECKS: Check[] = [
  {
    kind: "brief_with_missing_generations",
    sql: `SELECT b.id AS subjectId, 'asked for ' || b.pictures AS detail FROM briefs b
          WHERE b.user_id > ?1 AND b.user_id <= ?2
            AND (b.pictures <> (SELECT count(*) FROM generations g WHERE g.brief_id = b.id)
              OR b.cost <> (SELECT sum(cost) FROM generations g WHERE g.brief_id = b.id))`,
  },
  {
    kind: "image_of_unfinished_generation",
    sql: `SELECT i.id AS subjectId, 'generation is ' || coalesce(g.status, 'missing') AS detail
          FROM images i LEFT JOIN generations g ON g.id = i.generation_id
          WHERE i.user_id > ?1 AND i.user_id <= ?2 AND (g.status IS NULL OR g.status <> 'succeeded')`,
  },
  {
    kind: "image_of_other_user",
    sql: `SELECT i.id AS subjectId, 'generation belongs to somebody else' AS detail
          FROM images i JOIN generations g ON g.id = i.generation_id
          WHERE i.user_id > ?1 AND i.user_id <= ?2 AND i.user_id <> g.user_id`,
  },
];

export const CHECKS: readonly Check[] = [
  ...BALANCE_CHECKS,
  ...HOLD_CHECKS,
  ...SETTLEMENT_CHECKS,
  ...PICTURE_CHECKS,
];
