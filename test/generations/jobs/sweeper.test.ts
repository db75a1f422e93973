import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cancelJob, claimJob } from "../../../src/db/generation-jobs.ts";
import { startSubmit } from "../../../src/db/generation-purchase.ts";
import { runQuery } from "../../../src/db/query.ts";
import { buildLastReconciliationQuery } from "../../../src/db/reconciliations.ts";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import { runSchedule } from "../../../src/generations/schedule.ts";
import { sweepJobs } from "../../../src/generations/sweeper.ts";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { breakAt, interceptDatabase } from "../../support/fault-line.ts";
import {
  changeRow,
  createWorkshop,
  letTimePass,
  order,
  orderOne,
  readJob,
  runMinutes,
} from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { pending } from "../../support/provider.ts";
import { recordingQueue } from "../../support/queue.ts";

afterEach(expectBooksToBalance);

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Sweeps are over everybody: what another test left open would be counted. */
beforeEach(async () => {
  const { results } = await env.DB.prepare("SELECT id FROM generations WHERE due_at IS NOT NULL").all<{
    id: string;
  }>();
  expect(results).toEqual([]);
});

describe("a job whose message was lost", () => {
  it("is sent again within two minutes, once, however many sweep", async () => {
    const { id } = await orderOne();
    const workshop = createWorkshop();
    await letTimePass(MINUTE_MS / 2, id);
    await sweepJobs(workshop.context);
    expect(workshop.sent).toEqual([]);
    await letTimePass(MINUTE_MS / 2 + 1_000, id);
    await Promise.all(Array.from({ length: 10 }, () => sweepJobs(workshop.context)));
    expect(workshop.sent).toEqual([{ v: 1, id }]);
    expect(await readJob(id)).toMatchObject({ status: "queued", failures: 0 });
    await runMinutes(workshop);
    expect(await readJob(id)).toMatchObject({ status: "succeeded", failures: 0 });
  });

  it("is sent less and less often while the queue doesn't deliver, so that a full queue isn't made fuller", async () => {
    const { userId, id } = await orderOne();
    const { context, sent } = createWorkshop();
    for (let minute = 0; minute < 58; minute++) {
      await letTimePass(MINUTE_MS, id);
      await sweepJobs(context);
    }
    expect(sent.length).toBeGreaterThan(4);
    expect(sent.length).toBeLessThan(15);
    await cancelJob(env.DB, userId, id);
  });

  it("is sent by a later round when the queue doesn't take it", async () => {
    const { id } = await orderOne();
    const workshop = createWorkshop();
    await letTimePass(MINUTE_MS + 1_000, id);
    const counts = await sweepJobs({ ...workshop.context, queue: recordingQueue({ fails: true }).queue });
    expect(counts).toEqual({ unknownSubmits: 0, tooOld: 0, resent: 1 });
    await letTimePass(MINUTE_MS + 1_000, id);
    expect(await sweepJobs(workshop.context)).toEqual({ unknownSubmits: 0, tooOld: 0, resent: 1 });
    await runMinutes(workshop);
  });
});

describe("a job whose holder died", () => {
  it("is taken from it, counts a failure, and goes on from the checkpoint", async () => {
    const { id } = await orderOne();
    const workshop = createWorkshop();
    const line = breakAt(workshop.context, 5, "dies_before");
    await Promise.race([advanceJob(line.context, id), line.death]);
    expect(await readJob(id)).toMatchObject({ status: "processing", step: "generating" });
    await letTimePass(2 * MINUTE_MS, id);
    await sweepJobs(workshop.context);
    expect(await readJob(id)).toMatchObject({ lease: null, failures: 1 });
    await runMinutes(workshop);
    expect(await readJob(id)).toMatchObject({ status: "succeeded" });
    expect(workshop.provider.bought).toHaveLength(1);
  });

  it("before it began to buy is queued again, where its owner may cancel it", async () => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    const line = breakAt(workshop.context, 2, "dies_before");
    await Promise.race([advanceJob(line.context, id), line.death]);
    expect(await readJob(id)).toMatchObject({ status: "processing", submit_started_at: null });
    await letTimePass(2 * MINUTE_MS, id);
    await sweepJobs(workshop.context);
    expect(await readJob(id)).toMatchObject({ status: "queued", step: "queued", lease: null, failures: 1 });
    expect(await cancelJob(env.DB, userId, id)).toBe(true);
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
    expect(workshop.provider.seen.submits).toBe(0);
  });

  it.each([
    ["before anything was bought", 2, "provider_failed", null],
    ["with a bought picture", 5, "storage_failed", "paid_not_delivered"],
  ])("four times %s is given back", async (_, call, code, review) => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    for (let deaths = 0; deaths < 4; deaths++) {
      const isBought = (await readJob(id)).provider_generation_id !== null;
      const line = breakAt(workshop.context, isBought ? 2 : call, "dies_before");
      await Promise.race([advanceJob(line.context, id), line.death]);
      await letTimePass(2 * MINUTE_MS, id);
      await sweepJobs(workshop.context);
    }
    await runMinutes(workshop);
    expect(await readJob(id)).toMatchObject({ status: "failed", error_code: code, review });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
  });
});

describe("a job past its age", () => {
  it("is given back once, however many sweep, with what it may have stored, and nobody else's", async () => {
    const { id: userId } = await createAccount({ credits: 3 });
    const [queued = "", bought = "", young = ""] = await order(userId, 3);
    const workshop = createWorkshop();
    workshop.provider.always.poll = pending;
    await advanceJob(workshop.context, bought);
    for (const id of [queued, bought]) await letTimePass(HOUR_MS + 1_000, id);
    await env.BUCKET.put(`u/${userId}/${bought}/1-1.png`, "left by an attempt that died");
    const rounds = await Promise.all(Array.from({ length: 10 }, () => sweepJobs(workshop.context)));
    expect(rounds.reduce((sum, { tooOld }) => sum + tooOld, 0)).toBe(2);
    expect(await readJob(queued)).toMatchObject({ status: "failed", error_code: "timed_out", review: null });
    expect(await readJob(bought)).toMatchObject({ error_code: "timed_out", review: "paid_not_delivered" });
    expect(await readJob(young)).toMatchObject({ status: "queued" });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 1 });
    await cancelJob(env.DB, userId, young);
  });

  it("is left to whoever holds it, until the lease ends", async () => {
    const { id } = await orderOne();
    const { context } = createWorkshop();
    await claimJob(env.DB, id, "lease", MINUTE_MS);
    await changeRow(id, `created_at = created_at - ${2 * HOUR_MS}`);
    expect(await sweepJobs(context)).toEqual({ unknownSubmits: 0, tooOld: 0, resent: 0 });
    await letTimePass(MINUTE_MS + 1_000, id);
    expect(await sweepJobs(context)).toEqual({ unknownSubmits: 0, tooOld: 1, resent: 0 });
  });
});

describe("a purchase that nobody finished", () => {
  it("is given back once, however many sweep", async () => {
    const { userId, id } = await orderOne();
    const { context } = createWorkshop();
    await claimJob(env.DB, id, "lease", MINUTE_MS);
    await startSubmit(env.DB, id, "lease", { leaseMs: 45_000, maxInFlight: 1_000, aheadMax: 1 });
    await letTimePass(46_000, id);
    const rounds = await Promise.all(Array.from({ length: 10 }, () => sweepJobs(context)));
    expect(rounds.reduce((sum, { unknownSubmits }) => sum + unknownSubmits, 0)).toBe(1);
    expect(await readJob(id)).toMatchObject({ error_code: "provider_unreachable", review: "submit_unknown" });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
  });
});

describe("a round that breaks", () => {
  it.each(["fails", "answer_lost", "dies_before", "dies_after", "outage"] as const)(
    "wherever a call %s leaves every job to the next round",
    async (fault) => {
      const { id: userId } = await createAccount({ credits: 30 });
      for (let n = 1; n <= 5; n++) {
        const [unknown = "", old = "", due = ""] = await order(userId, 3);
        await claimJob(env.DB, unknown, "lease", MINUTE_MS);
        await startSubmit(env.DB, unknown, "lease", { leaseMs: 45_000, maxInFlight: 1_000, aheadMax: 1 });
        await letTimePass(MINUTE_MS + 1_000, unknown, due);
        await letTimePass(HOUR_MS + 1_000, old);
        const workshop = createWorkshop();
        const line = breakAt(workshop.context, n, fault);
        const round = sweepJobs(line.context).catch((error: unknown) =>
          expect(String(error)).toContain("on purpose"),
        );
        await Promise.race([round, line.death]);
        await runMinutes(workshop);
        expect([(await readJob(unknown)).status, (await readJob(old)).status]).toEqual(["failed", "failed"]);
        expect(await readJob(due)).toMatchObject({ status: "succeeded" });
      }
      expect(await readBalance(userId)).toEqual({ available: 25, held: 0 });
    },
  );
});

describe("the minute's schedule", () => {
  it("does the rest when one part, and one kind of jobs, can't be done", async () => {
    const { id } = await orderOne();
    await letTimePass(MINUTE_MS + 1_000, id);
    const workshop = createWorkshop();
    const broken = ["SET status = 'failed', error_code = 'provider_unreachable'", "sessions"];
    const db = interceptDatabase(env.DB, (sql, call) =>
      broken.some((part) => sql.includes(part)) ? Promise.reject(new Error("overloaded")) : call(),
    );
    await env.DB.prepare("DELETE FROM reconciliations").run();
    await runSchedule({ ...workshop.context, db });
    expect(workshop.sent).toEqual([{ v: 1, id }]);
    expect(await runQuery(buildLastReconciliationQuery(env.DB))).toMatchObject({
      findings: "[]",
      repaired: "[]",
    });
    await runMinutes(workshop);
  });
});
