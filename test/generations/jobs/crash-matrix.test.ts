/** Every call of a delivery broken in every way: whatever happens, the job ends, the books balance, one purchase. */
import { afterEach, describe, expect, it } from "vitest";
import { advanceJob } from "../../../src/generations/advance-job.ts";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { breakAt, FAULTS, type Fault } from "../../support/fault-line.ts";
import {
  createWorkshop,
  letTimePass,
  readJob,
  reconcileLater,
  reserve,
  runMinutes,
  type StoredJob,
  type Workshop,
} from "../../support/jobs.ts";
import { type Answer, json, pending, picture, type QuickAnswer, readPrompt } from "../../support/provider.ts";
import { keepLogQuiet } from "../../support/quiet.ts";

afterEach(expectBooksToBalance);
keepLogQuiet();

interface Scenario {
  name: string;
  /** How the provider behaves for good. */
  always?: (workshop: Workshop) => Workshop["provider"]["always"];
  /** What has happened to the job before the delivery that breaks. */
  before?: (workshop: Workshop, id: string) => Promise<void>;
  ends: Partial<StoredJob>;
}

const CREDITS = 100;
/** Real time, on a busy machine. */
const SLOW_MS = 60_000;

const SCENARIOS: Scenario[] = [
  { name: "a first delivery", ends: { status: "succeeded" } },
  {
    name: "a delivery that the provider tells to wait",
    always: ({ provider }) => ({ submit: refuseFirst(json(429, { error: "busy" }), provider.accept) }),
    ends: { status: "succeeded" },
  },
  {
    name: "a delivery of a picture that is bought already",
    async before(workshop, id) {
      workshop.provider.script.poll = Array<Answer>(20).fill(pending);
      await advanceJob(workshop.context, id);
      workshop.provider.script.poll = [];
      await letTimePass(60_000, id);
    },
    ends: { status: "succeeded" },
  },
  {
    name: "a delivery after one that died with its object stored",
    async before(workshop, id) {
      const calls = await countCalls(workshop);
      const line = breakAt(workshop.context, calls, "dies_before");
      await Promise.race([advanceJob(line.context, id), line.death]);
      await letTimePass(200_000, id);
    },
    ends: { status: "succeeded" },
  },
  {
    name: "a delivery whose prompt is refused",
    always: () => ({ submit: json(422, { error: "prohibited" }) }),
    ends: { status: "failed", error_code: "prompt_refused", review: null },
  },
  {
    name: "a delivery whose picture is never a picture",
    always: () => ({ picture: () => picture(new TextEncoder().encode("stub")) }),
    ends: { status: "failed", error_code: "invalid_picture", review: "paid_not_delivered" },
  },
];

/** What a purchase of unknown outcome becomes, in whatever scenario. */
const UNKNOWN = { status: "failed", error_code: "provider_unreachable", review: "submit_unknown" };

describe.each(SCENARIOS)("$name", ({ always, before, ends }) => {
  it.each(FAULTS)(
    "ends well wherever a call %s",
    async (fault) => {
      const workshop = createWorkshop();
      workshop.provider.always = always?.(workshop) ?? {};
      const { id: userId } = await createAccount({ credits: CREDITS });
      const calls = await listCalls(workshop, userId, before);
      const jobs = await Promise.all(
        calls.map(async (call, index) => {
          const prompt = `picture ${index} of ${userId}`;
          return { call, prompt, id: await orderWith(userId, prompt) };
        }),
      );
      for (const { id } of jobs) await before?.(workshop, id);
      await Promise.all(jobs.map(({ id }, index) => deliverBroken(workshop, id, index + 1, fault)));
      await runMinutes(workshop);
      for (const [index, { id, prompt, call }] of jobs.entries()) {
        const isUnknown = leavesUnknown(calls, index, fault);
        expect(await readJob(id), call).toMatchObject(isUnknown ? UNKNOWN : ends);
        expect(workshop.provider.bought.filter((bought) => bought === prompt).length, call).toBeLessThan(2);
      }
      await reconcileLater();
    },
    SLOW_MS,
  );
});

/** The calls of the delivery when nothing breaks. */
async function listCalls(workshop: Workshop, userId: string, before: Scenario["before"]): Promise<string[]> {
  const id = await orderWith(userId, `dry run of ${userId}`);
  await before?.(workshop, id);
  const line = breakAt(workshop.context, Number.POSITIVE_INFINITY, "fails");
  const delivery = await advanceJob(line.context, id);
  if (delivery.kind === "again") workshop.sent.push({ v: 1, id });
  return line.calls;
}

async function countCalls(workshop: Workshop): Promise<number> {
  const { id: userId } = await createAccount({ credits: 1 });
  return (await listCalls(workshop, userId, undefined)).length;
}

async function orderWith(userId: string, prompt: string): Promise<string> {
  const outcome = await reserve(userId, { prompt });
  if (outcome.kind !== "created") throw new Error(`orderWith: ${outcome.kind}`);
  return outcome.generations[0]?.id ?? "";
}

/** The broken delivery, and the queue delivering the message once more right away. */
async function deliverBroken(workshop: Workshop, id: string, n: number, fault: Fault): Promise<void> {
  const line = breakAt(workshop.context, n, fault);
  await Promise.race([advanceJob(line.context, id).catch(expectOnPurpose), line.death]);
  const again = await advanceJob(workshop.context, id);
  if (again.kind === "again") workshop.sent.push({ v: 1, id });
}

function expectOnPurpose(error: unknown): void {
  expect(String(error)).toContain("broken on purpose");
}

/** From the written intention to the written outcome nobody can know, unless the database merely hiccuped. */
function leavesUnknown(calls: string[], index: number, fault: Fault): boolean {
  const isLastOfProcess = fault === "dies_before" || fault === "outage";
  if (calls[index] === "buy") return true;
  if (calls[index + 1] === "buy") return fault === "dies_after";
  return calls[index - 1] === "buy" && isLastOfProcess;
}

function refuseFirst(refuse: QuickAnswer, accept: QuickAnswer): QuickAnswer {
  const refused = new Set<string>();
  return async (request) => {
    const prompt = await readPrompt(request);
    if (refused.has(prompt)) return accept(request);
    refused.add(prompt);
    return refuse(request);
  };
}
