/** Each change of a job is made by whoever holds its lease, and by nobody else. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { finishJob } from "../../src/db/generation-finish.ts";
import { cancelJob, claimJob, enterStep, failJob, putDownJob } from "../../src/db/generation-jobs.ts";
import { checkpointSubmit, startSubmit } from "../../src/db/generation-purchase.ts";
import { newId } from "../../src/ids.ts";
import { buildImageKey } from "../../src/r2/keys.ts";
import { storeImage } from "../../src/r2/store-image.ts";
import { createAccount } from "../support/accounts.ts";
import { expectBooksToBalance } from "../support/books.ts";
import { letTimePass, order, orderOne, readJob } from "../support/jobs.ts";
import { readBalance } from "../support/people.ts";
import { PICTURE } from "../support/provider.ts";

afterEach(expectBooksToBalance);

const LEASE_MS = 60_000;
const PAUSE = { delayMs: 60_000, hasFailed: false, isUnbought: true };
const ACCEPTED = { providerGenerationId: "bought", seed: 7, leaseMs: LEASE_MS };
const ROOM = { leaseMs: LEASE_MS, maxInFlight: 1_000_000, aheadMax: 100 };

async function claim(id: string): Promise<string> {
  const lease = newId();
  if ((await claimJob(env.DB, id, lease, LEASE_MS)) === null) throw new Error("claim: not taken");
  return lease;
}

async function buy(id: string, lease: string): Promise<void> {
  expect(await startSubmit(env.DB, id, lease, ROOM)).toEqual({ kind: "started" });
  expect(await checkpointSubmit(env.DB, id, lease, ACCEPTED)).toBe(true);
}

async function store(userId: string, generationId: string) {
  const key = buildImageKey({ userId, generationId, attempt: 1, n: 1, format: "png" });
  const stored = await storeImage(env.BUCKET, key, PICTURE, { size: { width: 1024, height: 1024 } });
  if (!stored.ok) throw new Error(stored.error.kind);
  return { id: newId(), seed: null, ...stored.value };
}

describe("a claim", () => {
  it("is given to one of two", async () => {
    const { id } = await orderOne();
    const claims = await Promise.all(["a", "b"].map((lease) => claimJob(env.DB, id, lease, LEASE_MS)));
    expect(claims.filter((job) => job !== null)).toHaveLength(1);
    expect(await readJob(id)).toMatchObject({ status: "processing", attempt: 1, failures: 0 });
  });

  it("is refused while a lease runs, and counts a failure when it takes an expired one over", async () => {
    const { id } = await orderOne();
    await claim(id);
    await letTimePass(LEASE_MS - 20_000, id);
    expect(await claimJob(env.DB, id, newId(), LEASE_MS)).toBeNull();
    await letTimePass(21_000, id);
    expect(await claimJob(env.DB, id, newId(), LEASE_MS)).toMatchObject({ attempt: 2, failures: 1 });
  });

  it("is refused to a message that comes before the one that the job waits for", async () => {
    const { id } = await orderOne();
    expect(await putDownJob(env.DB, id, await claim(id), PAUSE)).toBe(true);
    await letTimePass(40_000, id);
    expect(await claimJob(env.DB, id, newId(), LEASE_MS)).toBeNull();
    await letTimePass(19_500, id);
    expect(await claimJob(env.DB, id, newId(), LEASE_MS)).toMatchObject({ attempt: 1, failures: 0 });
  });

  it("is refused for a job that has ended, and for one that isn't there", async () => {
    const { userId, id } = await orderOne();
    await cancelJob(env.DB, userId, id);
    expect(await claimJob(env.DB, id, newId(), LEASE_MS)).toBeNull();
    expect(await claimJob(env.DB, newId(), newId(), LEASE_MS)).toBeNull();
  });
});

describe("whoever lost the lease", () => {
  it.each([
    [
      "start a purchase",
      async (id: string) => (await startSubmit(env.DB, id, "lost", ROOM)).kind === "started",
    ],
    ["keep a purchase", (id: string) => checkpointSubmit(env.DB, id, "lost", ACCEPTED)],
    ["move the job on", (id: string) => enterStep(env.DB, id, "lost", "storing", LEASE_MS)],
    ["put the job down", (id: string) => putDownJob(env.DB, id, "lost", PAUSE)],
    ["fail the job", (id: string) => failJob(env.DB, id, "lost", { code: "timed_out", review: null })],
  ])("can't %s", async (_, change) => {
    const { id } = await orderOne();
    await claim(id);
    const before = await readJob(id);
    expect(await change(id)).toBe(false);
    expect(await readJob(id)).toEqual(before);
  });

  it("can't finish the job, nor can a lease that has run out without being taken", async () => {
    const { userId, id } = await orderOne();
    const lease = await claim(id);
    await buy(id, lease);
    const image = await store(userId, id);
    expect(await finishJob(env.DB, id, "lost", image)).toBe(false);
    await letTimePass(LEASE_MS + 1_000, id);
    expect(await finishJob(env.DB, id, lease, image)).toBe(false);
    expect(await readJob(id)).toMatchObject({ status: "processing", lease });
    await enterStep(env.DB, id, lease, "storing", LEASE_MS);
    expect(await finishJob(env.DB, id, lease, image)).toBe(true);
    expect(await finishJob(env.DB, id, lease, image)).toBe(false);
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
  });
});

describe("a purchase", () => {
  it("is started once", async () => {
    const { id } = await orderOne();
    const lease = await claim(id);
    expect(await startSubmit(env.DB, id, lease, ROOM)).toEqual({ kind: "started" });
    expect(await startSubmit(env.DB, id, lease, ROOM)).toMatchObject({ kind: "refused" });
  });

  it("is kept again after its answer was lost, and never replaced by another", async () => {
    const { id } = await orderOne();
    const lease = await claim(id);
    await buy(id, lease);
    expect(await checkpointSubmit(env.DB, id, lease, ACCEPTED)).toBe(true);
    expect(await checkpointSubmit(env.DB, id, lease, { ...ACCEPTED, providerGenerationId: "other" })).toBe(
      false,
    );
    expect(await readJob(id)).toMatchObject({
      provider_generation_id: "bought",
      seed: 7,
      step: "generating",
    });
  });

  it("waits for room, and hears how many queued jobs are ahead of it, up to a bound", async () => {
    const { id: userId } = await createAccount({ credits: 4 });
    const [buying = ""] = await order(userId, 3);
    await scheduler.wait(5);
    const [last = ""] = await order(userId);
    await startSubmit(env.DB, buying, await claim(buying), ROOM);
    const busy = await env.DB.prepare(
      "SELECT count(*) AS n FROM generations WHERE status = 'processing' AND step IN ('submitting', 'generating')",
    ).first<number>("n");
    const lease = await claim(last);
    const full = { ...ROOM, maxInFlight: busy ?? 0 };
    const refused = await startSubmit(env.DB, last, lease, full);
    expect("ahead" in refused && refused.ahead).toBeGreaterThanOrEqual(2);
    expect(await startSubmit(env.DB, last, lease, { ...full, aheadMax: 1 })).toEqual({
      kind: "refused",
      ahead: 1,
    });
    const oneMore = { ...ROOM, maxInFlight: (busy ?? 0) + 1 };
    expect(await startSubmit(env.DB, last, lease, oneMore)).toEqual({ kind: "started" });
  });

  it("keeps its place only until the picture is made: whoever downloads makes room", async () => {
    const { id } = await orderOne();
    const lease = await claim(id);
    await buy(id, lease);
    const places =
      "SELECT count(*) AS n FROM generations WHERE id = ?1 AND status = 'processing' AND step IN ('submitting', 'generating')";
    expect(await env.DB.prepare(places).bind(id).first("n")).toBe(1);
    await enterStep(env.DB, id, lease, "downloading", LEASE_MS);
    expect(await env.DB.prepare(places).bind(id).first("n")).toBe(0);
  });
});

describe("putting down", () => {
  it("queues a job that has bought nothing, where it can be canceled, and uses up no attempt by waiting", async () => {
    const { userId, id } = await orderOne();
    const lease = await claim(id);
    await startSubmit(env.DB, id, lease, ROOM);
    expect(await putDownJob(env.DB, id, lease, PAUSE)).toBe(true);
    expect(await readJob(id)).toMatchObject({
      status: "queued",
      step: "queued",
      attempt: 0,
      failures: 0,
      lease: null,
      submit_started_at: null,
    });
    expect(await cancelJob(env.DB, userId, id)).toBe(true);
  });

  it("leaves a job that has bought processing, where nobody can cancel it", async () => {
    const { userId, id } = await orderOne();
    const lease = await claim(id);
    await buy(id, lease);
    expect(await putDownJob(env.DB, id, lease, { ...PAUSE, hasFailed: true })).toBe(true);
    expect(await readJob(id)).toMatchObject({
      status: "processing",
      step: "generating",
      attempt: 1,
      failures: 1,
    });
    expect(await cancelJob(env.DB, userId, id)).toBe(false);
  });

  it("is refused while nobody knows whether something was bought", async () => {
    const { id } = await orderOne();
    const lease = await claim(id);
    await startSubmit(env.DB, id, lease, ROOM);
    expect(await putDownJob(env.DB, id, lease, { ...PAUSE, isUnbought: false })).toBe(false);
    expect(await readJob(id)).toMatchObject({ status: "processing", lease });
  });

  it("by somebody else than the owner cancels nothing", async () => {
    const { id } = await orderOne();
    expect(await cancelJob(env.DB, newId(), id)).toBe(false);
    expect(await readJob(id)).toMatchObject({ status: "queued" });
  });
});
