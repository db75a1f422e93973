/** Jobs for tests: ordered through the ledger, delivered by hand, and with time that passes when a test says so. */
import { env } from "cloudflare:workers";
import {
  type ReserveLimits,
  type ReserveOutcome,
  type ReserveRequest,
  reserveBrief,
} from "../../src/credits/reserve.ts";
import { advanceJob } from "../../src/generations/advance-job.ts";
import type { JobContext } from "../../src/generations/job-context.ts";
import { reconcileIfDue } from "../../src/generations/reconciler.ts";
import { sweepJobs } from "../../src/generations/sweeper.ts";
import { newId } from "../../src/ids.ts";
import { createAccount } from "./accounts.ts";
import { createProvider, type TestProvider } from "./provider.ts";
import { type RecordingQueue, recordingQueue } from "./queue.ts";

export const GENEROUS: ReserveLimits = { maxOpen: 100_000, maxPerHour: 100_000 };
export const MAX_AGE_MS = 3_600_000;

/** One place to work: a provider, a queue that records, and what a delivery needs. */
export interface Workshop {
  context: JobContext;
  provider: TestProvider;
  sent: RecordingQueue["sent"];
}

export function createWorkshop(changes: Partial<JobContext> = {}): Workshop {
  const provider = createProvider();
  const { queue, sent } = recordingQueue();
  const context: JobContext = {
    db: env.DB,
    bucket: env.BUCKET,
    images: env.IMAGES,
    queue,
    provider: provider.settings,
    maxInFlight: 1_000,
    maxAgeMs: MAX_AGE_MS,
    isCloudOn: () => Promise.resolve(true),
    sleep: () => Promise.resolve(),
    ...changes,
  };
  return { context, provider, sent };
}

/** A request for pictures at one credit each. */
export function buildRequest(userId: string, changes: Partial<ReserveRequest> & { count?: number } = {}) {
  const { count = 1, ...rest } = changes;
  const request: ReserveRequest = {
    userId,
    briefId: newId(),
    idempotencyKey: newId(),
    requestHash: "hash",
    eventType: "birthday-party",
    style: null,
    quality: "standard",
    body: "{}",
    title: "Birthday Party",
    prompt: "A lantern festival at dusk",
    magicPrompt: "auto",
    pictures: Array.from({ length: count }, () => ({
      id: newId(),
      cost: 1,
      shape: "1:1",
      alt: "Picture for a birthday party",
      model: "ideogram-4-5",
      providerSize: "1024x1024",
      width: 1024,
      height: 1024,
      seed: null,
    })),
    ...rest,
  };
  return request;
}

export async function reserve(
  userId: string,
  changes: Partial<ReserveRequest> & { count?: number } = {},
): Promise<ReserveOutcome> {
  return reserveBrief(env.DB, buildRequest(userId, changes), GENEROUS);
}

/** The ids of a new brief's generations. */
export async function order(userId: string, count = 1): Promise<string[]> {
  const outcome = await reserve(userId, { count });
  if (outcome.kind !== "created") throw new Error(`order: ${outcome.kind}`);
  return outcome.generations.map(({ id }) => id);
}

/** A new person's only picture, ordered and not begun, out of two credits. */
export async function orderOne(): Promise<{ userId: string; id: string }> {
  const { id: userId } = await createAccount({ credits: 2 });
  const [id = ""] = await order(userId);
  return { userId, id };
}

export interface StoredJob {
  status: string;
  step: string;
  attempt: number;
  failures: number;
  lease: string | null;
  due_at: number | null;
  resume_at: number;
  submit_started_at: number | null;
  provider_generation_id: string | null;
  error_code: string | null;
  review: string | null;
}

export async function readJob(id: string): Promise<StoredJob> {
  const row = await env.DB.prepare("SELECT * FROM generations WHERE id = ?1").bind(id).first<StoredJob>();
  if (row === null) throw new Error("readJob: no such job");
  return row;
}

/** Sets columns of a job that the application never changes. */
export async function changeRow(id: string, assignments: string): Promise<void> {
  await env.DB.prepare(`UPDATE generations SET ${assignments} WHERE id = ?1`).bind(id).run();
}

/** Everything of these open jobs moves into the past by so much, as if the database's clock had gone on. */
export async function letTimePass(ms: number, ...ids: string[]): Promise<void> {
  await env.DB.prepare(
    `UPDATE generations SET created_at = created_at - ?1, due_at = due_at - ?1, resume_at = resume_at - ?1,
       submit_started_at = submit_started_at - ?1
     WHERE due_at IS NOT NULL AND (?2 = '[]' OR id IN (SELECT value FROM json_each(?2)))`,
  )
    .bind(ms, JSON.stringify(ids))
    .run();
}

const DELIVERIES_MAX = 500;

/**
 * Delivers one job as often as it asks to come again, with the time between that it asked for. `onWait` moves a clock
 * that isn't the database's.
 */
export async function deliverToTheEnd(
  context: JobContext,
  id: string,
  onWait: (seconds: number) => void = () => undefined,
): Promise<number> {
  for (let deliveries = 1; deliveries <= DELIVERIES_MAX; deliveries++) {
    const delivery = await advanceJob(context, id);
    if (delivery.kind === "done") return deliveries;
    await letTimePass(delivery.delaySeconds * 1000, id);
    onWait(delivery.delaySeconds);
  }
  throw new Error(`deliverToTheEnd: not done after ${DELIVERIES_MAX} deliveries`);
}

const MINUTE_MS = 60_000;
const ROUNDS_MAX = 80;

/** Cron and queue for as many minutes as it takes until no job is open; how many minutes that were. */
export async function runMinutes(workshop: Workshop): Promise<number> {
  const { context, sent } = workshop;
  for (let minutes = 0; minutes <= ROUNDS_MAX; minutes++) {
    const startedAt = Date.now();
    const deliveries = sent.splice(0).map(async ({ id }) => {
      const delivery = await advanceJob(context, id);
      if (delivery.kind === "again") sent.push({ v: 1, id });
    });
    await Promise.all(deliveries);
    const open = await env.DB.prepare("SELECT count(*) AS n FROM generations WHERE due_at IS NOT NULL").first(
      "n",
    );
    if (open === 0) return minutes;
    await letTimePass(MINUTE_MS + 1_000 - (Date.now() - startedAt));
    await sweepJobs(context);
  }
  throw new Error(`runMinutes: jobs are open after ${ROUNDS_MAX} minutes`);
}

const HOUR_MS = 3_600_000;

/** The reconciler's next run, an hour from now: nothing that is stored is young then. */
export async function reconcileLater(): Promise<void> {
  await env.DB.prepare("UPDATE reconciliations SET at = at - ?1").bind(HOUR_MS).run();
  const hasRun = await reconcileIfDue(env.DB, env.BUCKET, Date.now() + HOUR_MS);
  if (!hasRun) throw new Error("reconcileLater: it was not due");
}
