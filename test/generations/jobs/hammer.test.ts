/** Hundreds of operations at once, with every fault at random: credits are conserved and nothing is bought twice. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { applyCredits } from "../../../src/credits/apply.ts";
import { cancelJob } from "../../../src/db/generation-jobs.ts";
import type { JobContext } from "../../../src/generations/job-context.ts";
import { newId } from "../../../src/ids.ts";
import { reset } from "../../ideogram/scripted-provider.ts";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { breakAt, FAULTS, type FaultLine } from "../../support/fault-line.ts";
import { createWorkshop, reconcileLater, reserve } from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";
import {
  type Answer,
  answerPicture,
  completed,
  json,
  pending,
  picture,
  type TestProvider,
} from "../../support/provider.ts";
import { keepLogQuiet } from "../../support/quiet.ts";
import { createVirtualTime, type VirtualTime } from "../../support/virtual-time.ts";

afterEach(expectBooksToBalance);
keepLogQuiet();

const PEOPLE = 4;
const CREDITS = 25;
const OPERATIONS = 120;
/** Each is another history; how calls interleave is up to the runtime, and new each time. */
const SEEDS = [1, 20_261_122];
const TICK_MS = 1_000;
/** The operations come within this time; what they began goes on for up to an hour. */
const BUSY_MS = 20_000;
const STUB = new TextEncoder().encode("stub");

type Chance = () => number;

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function createChance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<Item>(chance: Chance, items: readonly Item[], fallback: Item): Item {
  return items[Math.floor(chance() * items.length)] ?? fallback;
}

/** Well half of the time, and otherwise anything that a provider may do. */
function misbehave(provider: TestProvider, chance: Chance): void {
  const buyThen =
    (answer: Answer): Answer =>
    async (request, passDeadline) => {
      await provider.accept(request);
      return answer(request, passDeadline);
    };
  const submits: Answer[] = [
    json(429, {}),
    json(429, {}, { "Retry-After": "3" }),
    json(402, {}),
    json(422, {}),
    json(500, {}),
    buyThen(json(500, {})),
    buyThen(reset),
  ];
  const polls: Answer[] = [
    pending,
    json(404, {}),
    json(429, {}, { "Retry-After": "2" }),
    json(500, {}),
    reset,
    json(200, { status: "failed" }),
    completed({ is_image_safe: false, url: null }),
    completed({ url: "https://evil.test/" }),
  ];
  const pictures: Answer[] = [() => picture(STUB), reset, json(503, {}), json(403, {})];
  const mostly =
    (well: Answer, others: Answer[]): Answer =>
    (request, passDeadline) =>
      (chance() < 0.6 ? well : pick(chance, others, well))(request, passDeadline);
  provider.always = {
    submit: mostly(provider.accept, submits),
    poll: mostly(completed(), polls),
    picture: mostly(answerPicture, pictures),
  };
}

interface Person {
  id: string;
  /** Whole credits that came in from outside. */
  given: number;
  keys: string[];
}

/** One thing that a person, an admin or the queue does. */
async function operate(person: Person, time: VirtualTime, chance: Chance): Promise<void> {
  const dice = chance();
  if (dice < 0.5) {
    const isRepeat = person.keys.length > 0 && chance() < 0.3;
    const idempotencyKey = isRepeat ? pick(chance, person.keys, newId()) : newId();
    person.keys.push(idempotencyKey);
    const count = isRepeat ? undefined : 1 + Math.floor(chance() * 3);
    const prompt = `a picture for ${idempotencyKey}`;
    const outcome = await reserve(person.id, {
      idempotencyKey,
      prompt,
      ...(count === undefined ? {} : { count }),
    });
    const isLost = chance() < 0.2;
    if (outcome.kind === "created" && !isLost) {
      for (const { id } of outcome.generations) await time.queue.send({ v: 1, id });
    }
    return;
  }
  if (dice < 0.65) return change(person, chance);
  const job = await env.DB.prepare("SELECT id FROM generations WHERE user_id = ?1 ORDER BY random() LIMIT 1")
    .bind(person.id)
    .first<string>("id");
  if (job === null) return;
  if (dice < 0.8) await cancelJob(env.DB, person.id, job);
  else await time.queue.send({ v: 1, id: job });
}

async function change(person: Person, chance: Chance): Promise<void> {
  const amount = chance() < 0.5 ? 2 : -1;
  const request = {
    userId: person.id,
    amount,
    reason: "a test of conservation",
    opKey: `test:${newId()}`,
    requestHash: "hash",
    actor: { id: "actor", mayActOn: ["USER"] as const },
    audit: { requestId: "request", place: null },
  };
  const outcomes = await Promise.all([applyCredits(env.DB, request), applyCredits(env.DB, request)]);
  if (outcomes.some(({ kind }) => kind === "applied")) person.given += amount;
}

/** Some deliveries break at a call, in one of the ways in which calls break. */
function breakSome(context: JobContext, chance: Chance) {
  const lines = new Map<JobContext, FaultLine>();
  return {
    context: (): JobContext => {
      if (chance() < 0.7) return context;
      const line = breakAt(context, 1 + Math.floor(chance() * 12), pick(chance, FAULTS, "fails"));
      lines.set(line.context, line);
      return line.context;
    },
    death: (used: JobContext) => lines.get(used)?.death ?? new Promise<void>(() => undefined),
  };
}

async function isOver(): Promise<boolean> {
  return (
    (await env.DB.prepare("SELECT count(*) AS n FROM generations WHERE due_at IS NOT NULL").first("n")) === 0
  );
}

async function hammer(seed: number): Promise<void> {
  const chance = createChance(seed);
  const time = createVirtualTime(TICK_MS);
  const { context, provider } = createWorkshop({ sleep: time.sleep, queue: time.queue, maxInFlight: 8 });
  misbehave(provider, chance);
  const people: Person[] = [];
  for (let i = 0; i < PEOPLE; i++) {
    people.push({ ...(await createAccount({ credits: CREDITS })), given: CREDITS, keys: [] });
  }
  const world = { ...breakSome(context, chance), concurrency: 10, isOver };
  for (let n = 0; n < OPERATIONS; n++) {
    const person = people[n % PEOPLE];
    if (person !== undefined) time.plan(chance() * BUSY_MS, () => operate(person, time, chance));
  }
  await time.run(world);
  for (const person of people) await expectConserved(person, provider);
  await reconcileLater();
  await expectBooksToBalance();
}

/** What came in is what is left and what was taken for pictures that are there. */
async function expectConserved({ id, given }: Person, provider: TestProvider): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT g.id, g.status, b.prompt, b.pictures, g.provider_generation_id IS NOT NULL AS isBought,
       (SELECT count(*) FROM images WHERE generation_id = g.id) AS images
     FROM generations g JOIN briefs b ON b.id = g.brief_id WHERE g.user_id = ?1`,
  )
    .bind(id)
    .all<{ id: string; status: string; prompt: string; pictures: number; images: number }>();
  const succeeded = results.filter(({ status }) => status === "succeeded");
  expect(await readBalance(id)).toEqual({ available: given - succeeded.length, held: 0 });
  for (const { status, images } of results) expect(images).toBe(status === "succeeded" ? 1 : 0);
  for (const { prompt, pictures } of results) {
    expect(provider.bought.filter((bought) => bought === prompt).length).toBeLessThanOrEqual(pictures);
  }
}

describe("everything at once", () => {
  it.each(SEEDS)("conserves credits, buys no picture twice, and ends every job (seed %d)", hammer);
});
