/**
 * Compares balances, entries, generations and images with each other and lists every disagreement.
 * It only looks. An empty list is what "the books balance" means.
 */
import { LAST_ID } from "../db/page.ts";
import { CHECKS, type Disagreement } from "./checks.ts";

export interface Finding {
  kind: Disagreement;
  /** The id of the row that disagrees. */
  subjectId: string;
  /** Numbers that don't match, in words. */
  detail: string;
}

/** People by their id: everything behind `after`, up to and including `upTo`. */
export interface PeopleRange {
  after: string;
  upTo: string;
}

export const EVERYBODY: PeopleRange = { after: "", upTo: LAST_ID };

/** Every disagreement of these people, at most `limit` of each kind; one D1 round trip. */
export async function reconcile(
  db: D1Database,
  limit: number,
  range: PeopleRange = EVERYBODY,
): Promise<Finding[]> {
  const results = await db.batch<{ subjectId: string; detail: string }>(
    CHECKS.map((check) => db.prepare(`${check.sql} LIMIT ?3`).bind(range.after, range.upTo, limit)),
  );
  return results.flatMap((result, index) => {
    const check = CHECKS[index];
    return check === undefined ? [] : result.results.map((row) => ({ kind: check.kind, ...row }));
  });
}

/**
 * The next `people` accounts behind `after`, so that a look at the books has a bounded cost however many there are.
 * The last range of a round reaches to the end, and its cursor starts over.
 */
export async function findNextRange(
  db: D1Database,
  after: string | null,
  people: number,
): Promise<{ range: PeopleRange; cursor: string | null }> {
  const start = after ?? "";
  const last = await db
    .prepare("SELECT user_id FROM credit_accounts WHERE user_id > ?1 ORDER BY user_id LIMIT 1 OFFSET ?2")
    .bind(start, people - 1)
    .first<string>("user_id");
  return { range: { after: start, upTo: last ?? LAST_ID }, cursor: last };
}
