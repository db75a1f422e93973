/** Two at once, too late, and too early: one wins, the money moves once, and nothing of the loser is left. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { eraseAccount } from "../../../src/account/erase-account.ts";
import { finishJob } from "../../../src/db/generation-finish.ts";
import { cancelJob, claimJob, failJob } from "../../../src/db/generation-jobs.ts";
import { checkpointSubmit, startSubmit } from "../../../src/db/generation-purchase.ts";
import { failTooOld } from "../../../src/db/generation-sweeps.ts";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import { sweepJobs } from "../../../src/generations/sweeper.ts";
import { newId } from "../../../src/ids.ts";
import { buildImageKey } from "../../../src/r2/keys.ts";
import { storeImage } from "../../../src/r2/store-image.ts";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import {
  changeRow,
  createWorkshop,
  deliverToTheEnd,
  letTimePass,
  order,
  orderOne,
  readJob,
  type Workshop,
} from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import { type Answer, PICTURE, picture } from "../../support/provider.ts";

afterEach(expectBooksToBalance);

const RACES = 50;
const LEASE_MS = 10 * 60_000;

async function countSettlements(id: string): Promise<unknown> {
  return env.DB.prepare("SELECT count(*) AS n FROM credit_entries WHERE op_key = 'settle:' || ?1")
    .bind(id)
    .first("n");
}

describe("canceling against a claim", () => {
  it("lets one of them win, 50 times", async () => {
    const { id: userId } = await createAccount({ credits: RACES });
    const ids = await Promise.all(Array.from({ length: RACES }, async () => (await order(userId))[0] ?? ""));
    const races = await Promise.all(
      ids.map(async (id, index) => {
        const cancel = () => cancelJob(env.DB, userId, id);
        const claim = async () => (await claimJob(env.DB, id, `lease ${id}`, LEASE_MS)) !== null;
        const [isCanceled, isClaimed] =
          index % 2 === 0
            ? await Promise.all([cancel(), claim()])
            : (await Promise.all([claim(), cancel()])).reverse();
        return { id, isCanceled, isClaimed };
      }),
    );
    for (const { id, isCanceled, isClaimed } of races) {
      expect([isCanceled, isClaimed].filter(Boolean)).toHaveLength(1);
      expect(await countSettlements(id)).toBe(isCanceled ? 1 : 0);
    }
    const open = races.filter(({ isClaimed }) => isClaimed).map(({ id }) => id);
    await Promise.all(
      open.map((id) => failJob(env.DB, id, `lease ${id}`, { code: "timed_out", review: null })),
    );
    expect(await readBalance(userId)).toEqual({ available: RACES, held: 0 });
  });
});

describe("a capture against a release", () => {
  it("settles once, 50 times, and the loser's object is nobody's", async () => {
    const { id: userId } = await createAccount({ credits: RACES });
    const outcomes = await Promise.all(
      Array.from({ length: RACES }, async (_, index) => {
        const [id = ""] = await order(userId);
        const lease = newId();
        await claimJob(env.DB, id, lease, LEASE_MS);
        await startSubmit(env.DB, id, lease, { leaseMs: LEASE_MS, maxInFlight: 1_000, aheadMax: 1 });
        await checkpointSubmit(env.DB, id, lease, {
          providerGenerationId: id,
          seed: null,
          leaseMs: LEASE_MS,
        });
        const image = await store(userId, id);
        const finish = () => finishJob(env.DB, id, lease, image);
        const fail = () => failJob(env.DB, id, lease, { code: "timed_out", review: null });
        const [isFinished, isFailed] =
          index % 2 === 0
            ? await Promise.all([finish(), fail()])
            : (await Promise.all([fail(), finish()])).reverse();
        if (!isFinished) await env.BUCKET.delete(image.key);
        expect([isFinished, isFailed].filter(Boolean)).toHaveLength(1);
        expect(await countSettlements(id)).toBe(1);
        return isFinished;
      }),
    );
    const finished = outcomes.filter(Boolean).length;
    expect(await readBalance(userId)).toEqual({ available: RACES - finished, held: 0 });
  });
});

async function store(userId: string, generationId: string) {
  const key = buildImageKey({ userId, generationId, attempt: 1, n: 1, format: "png" });
  const stored = await storeImage(env.BUCKET, key, PICTURE, { size: { width: 1024, height: 1024 } });
  if (!stored.ok) throw new Error(stored.error.kind);
  return { id: newId(), seed: null, ...stored.value };
}

describe("deliveries of one job at once", () => {
  it.each([2, 20])("buy one picture when there are %d", async (count) => {
    const { userId, id } = await orderOne();
    const { context, provider } = createWorkshop();
    const deliveries = await Promise.all(Array.from({ length: count }, () => advanceJob(context, id)));
    expect(deliveries).toEqual(Array(count).fill({ kind: "done" }));
    expect(provider.seen).toEqual({ submits: 1, polls: 1, downloads: 1 });
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
  });

  it("buy one picture each when two deliveries of 20 jobs come at once", async () => {
    const { id: userId } = await createAccount({ credits: 20 });
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await order(userId))[0] ?? ""));
    const { context, provider } = createWorkshop();
    await Promise.all([...ids, ...ids].map((id) => advanceJob(context, id)));
    expect(provider.bought).toHaveLength(20);
    expect(await readBalance(userId)).toEqual({ available: 0, held: 0 });
  });

  it("after the job is done change nothing", async () => {
    const { id } = await orderOne();
    const { context, provider } = createWorkshop();
    await deliverToTheEnd(context, id);
    const before = await readJob(id);
    for (let i = 0; i < 3; i++) expect(await advanceJob(context, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toEqual(before);
    expect(provider.seen.submits).toBe(1);
  });
});

/** A delivery that is held up while it downloads, until `meanwhile` is over. */
async function deliverLate(workshop: Workshop, id: string, meanwhile: () => Promise<void>, late: Answer) {
  workshop.provider.script.picture = [
    async (request, passDeadline) => {
      await meanwhile();
      return late(request, passDeadline);
    },
  ];
  return advanceJob(workshop.context, id);
}

const good: Answer = () => picture(PICTURE);
const bad: Answer = () => picture(new TextEncoder().encode("stub"));

describe("a delivery that comes back after its lease", () => {
  it("finds the job done by another: one capture, one object", async () => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    await deliverLate(workshop, id, () => finishByAnother(workshop, id), good);
    expect(await readJob(id)).toMatchObject({ status: "succeeded", attempt: 2, failures: 1 });
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
    expect(workshop.provider.bought).toHaveLength(1);
  });

  it("finds the credits given back: the refund stays and its object goes", async () => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    const bucket = holdUpPut(() => giveUp(id));
    expect(await advanceJob({ ...workshop.context, bucket }, id)).toEqual({ kind: "done" });
    expect(await readJob(id)).toMatchObject({ status: "failed", error_code: "timed_out" });
    expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
  });

  it.each([
    ["for good", bad, 1],
    ["for now", (() => new Response(null, { status: 503 })) satisfies Answer, 1],
  ])("can't fail the attempt that took over, %s", async (_, answer, failures) => {
    const { id } = await orderOne();
    const workshop = createWorkshop();
    let lease: string | null = null;
    await deliverLate(
      workshop,
      id,
      async () => {
        lease = await takeOver(id);
      },
      answer,
    );
    expect(await readJob(id)).toMatchObject({ status: "processing", lease, failures });
    await letTimePass(LEASE_MS + 1_000, id);
    await deliverToTheEnd(workshop.context, id);
    expect(await readJob(id)).toMatchObject({ status: "succeeded" });
  });

  it("can't commit what it stored while another holds the job", async () => {
    const { id } = await orderOne();
    const workshop = createWorkshop();
    const bucket = holdUpPut(async () => {
      await takeOver(id);
    });
    expect(await advanceJob({ ...workshop.context, bucket }, id)).toEqual({ kind: "done" });
    expect((await env.BUCKET.list()).objects.filter(({ key }) => key.includes(id))).toEqual([]);
    await letTimePass(LEASE_MS + 1_000, id);
    await deliverToTheEnd(workshop.context, id);
  });
});

describe("an account that is erased after a delivery's lease", () => {
  it("before it buys, leaves it nothing to buy for", async () => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    const isCloudOn = async () => {
      await letTimePass(200_000, id);
      await sweepJobs(workshop.context);
      await erase(userId);
      return true;
    };
    expect(await advanceJob({ ...workshop.context, isCloudOn }, id)).toEqual({ kind: "done" });
    expect(workshop.provider.seen.submits).toBe(0);
    expect(await readBalance(userId)).toEqual({ available: 0, held: 0 });
  });

  it("while it stores, leaves no object behind", async () => {
    const { userId, id } = await orderOne();
    const workshop = createWorkshop();
    const bucket = holdUpPut(async () => {
      await giveUp(id);
      await erase(userId);
    });
    expect(await advanceJob({ ...workshop.context, bucket }, id)).toEqual({ kind: "done" });
    expect((await env.BUCKET.list()).objects.filter(({ key }) => key.includes(userId))).toEqual([]);
    expect(await readBalance(userId)).toEqual({ available: 0, held: 0 });
  });
});

/** The sweeper finds the job too old. */
async function giveUp(id: string): Promise<void> {
  await letTimePass(200_000, id);
  await changeRow(id, "created_at = created_at - 3600000");
  await failTooOld(env.DB, 3_600_000, 10);
}

async function erase(userId: string): Promise<void> {
  const person = await env.DB.prepare("SELECT id, email FROM users WHERE id = ?1")
    .bind(userId)
    .first<{ id: string; email: string }>();
  if (person === null) throw new Error("erase: nobody");
  const place = { key: "test", network: null };
  const facts = { requestId: "test", place, userAgent: "vitest", sessionToken: undefined, now: Date.now() };
  const erased = await eraseAccount(env.DB, env.BUCKET, [], person, facts);
  if (!erased.ok) throw new Error(`erase: ${erased.error.kind}`);
}

async function finishByAnother(workshop: Workshop, id: string): Promise<void> {
  await letTimePass(200_000, id);
  await sweepJobs(workshop.context);
  await deliverToTheEnd(workshop.context, id);
}

async function takeOver(id: string): Promise<string> {
  await letTimePass(200_000, id);
  const lease = newId();
  expect(await claimJob(env.DB, id, lease, LEASE_MS)).not.toBeNull();
  return lease;
}

/** Something happens after an object was put and before anybody hears of it. */
function holdUpPut(meanwhile: () => Promise<void>): R2Bucket {
  return new Proxy(env.BUCKET, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name !== "put") return member.bind(target);
      return async (...args: unknown[]) => {
        const stored: unknown = await member.apply(target, args);
        await meanwhile();
        return stored;
      };
    },
  });
}
