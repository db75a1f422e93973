/** Table generations as admins see it: every job with whose it is, and the figures of their first page. No prompts. */
import { DATABASE_NOW_MS as NOW } from "./client.ts";
import { buildPage, LAST_ID, type Page } from "./page.ts";
import { type Query, runQuery } from "./query.ts";
import type { GenerationStatus } from "./schema.ts";

export interface JobListRow {
  id: string;
  userId: string;
  userEmail: string | null;
  status: GenerationStatus;
  cost: number;
  shape: string;
  eventType: string;
  style: string | null;
  quality: string;
  step: string;
  stepAt: number;
  errorCode: string | null;
  review: string | null;
  imageId: string | null;
  createdAt: number;
  updatedAt: number;
}

export interface JobFilter {
  status?: GenerationStatus | undefined;
  userId?: string | undefined;
}

export type JobPage = Page<JobListRow>;

export interface JobPageRequest {
  /** The id of the last row of the page before. */
  cursor?: string | undefined;
  limit: number;
}

/** Newest first. */
export function buildJobsQuery(db: D1Database, filter: JobFilter, page: JobPageRequest): Query<JobPage> {
  const owner = filter.userId === undefined ? "" : "AND g.user_id = ?4";
  const statement = db
    .prepare(
      `SELECT g.id, g.user_id AS userId, u.email AS userEmail, g.status, g.cost, g.shape, b.event_type AS eventType, b.style,
         b.quality, g.step, g.step_at AS stepAt, g.error_code AS errorCode, g.review, i.id AS imageId,
         g.created_at AS createdAt, g.updated_at AS updatedAt
       FROM generations g JOIN briefs b ON b.id = g.brief_id LEFT JOIN users u ON u.id = g.user_id
         LEFT JOIN images i ON i.generation_id = g.id
       WHERE g.id < ?1 AND (?2 IS NULL OR g.status = ?2) ${owner} ORDER BY g.id DESC LIMIT ?3`,
    )
    .bind(
      page.cursor ?? LAST_ID,
      filter.status ?? null,
      page.limit + 1,
      ...(filter.userId === undefined ? [] : [filter.userId]),
    );
  return {
    statement,
    parse: (rows: JobListRow[]) => buildPage(rows, page.limit),
  };
}

export function listJobs(db: D1Database, filter: JobFilter, page: JobPageRequest): Promise<JobPage> {
  return runQuery(buildJobsQuery(db, filter, page));
}

export interface AdminFigures {
  people: number;
  open: number;
  succeededToday: number;
  failedToday: number;
  toReview: number;
  /** Open jobs whose time to be looked at passed minutes ago: the cron isn't running. */
  overdue: number;
  creditsAvailable: number;
  creditsHeld: number;
}

const OVERDUE_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** Counted when asked. */
export function buildAdminFiguresQuery(db: D1Database): Query<AdminFigures> {
  return {
    statement: db.prepare(
      `SELECT (SELECT count(*) FROM users) AS people,
         (SELECT count(*) FROM generations WHERE due_at IS NOT NULL) AS open,
         (SELECT count(*) FROM credit_entries WHERE kind = 'capture' AND created_at > ${NOW} - ${DAY_MS}) AS succeededToday,
         (SELECT count(*) FROM credit_entries WHERE kind = 'release' AND created_at > ${NOW} - ${DAY_MS}) AS failedToday,
         (SELECT count(*) FROM generations WHERE review IS NOT NULL) AS toReview,
         (SELECT count(*) FROM generations WHERE due_at < ${NOW} - ${OVERDUE_MS}) AS overdue,
         (SELECT coalesce(sum(available), 0) FROM credit_accounts) AS creditsAvailable,
         (SELECT coalesce(sum(held), 0) FROM credit_accounts) AS creditsHeld`,
    ),
    parse: ([row]: AdminFigures[]) => {
      if (row === undefined) throw new Error("buildAdminFiguresQuery: no row");
      return row;
    },
  };
}
