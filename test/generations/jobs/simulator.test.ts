/** Whole jobs against the provider's simulator: each of its faults ends the job as the contract says, billed once. */
import { afterEach, describe, expect, it } from "vitest";
import { createSimulator, SIMULATOR_API_KEY } from "../../../dev/ideogram/simulator.ts";
import { newId } from "../../../src/ids.ts";
import { createAccount } from "../../support/accounts.ts";
import { expectBooksToBalance } from "../../support/books.ts";
import { createDeadlines, createSimulatorWait } from "../../support/deadlines.ts";
import { createWorkshop, deliverToTheEnd, readJob, reserve, type Workshop } from "../../support/jobs.ts";
import { readBalance } from "../../support/people.ts";

afterEach(expectBooksToBalance);

const HOST = "provider.test";

function createSimulated(): { workshop: Workshop; simulator: ReturnType<typeof createSimulator> } {
  const deadlines = createDeadlines();
  const simulator = createSimulator({ latencyScale: 0, wait: createSimulatorWait(deadlines) });
  const workshop = createWorkshop();
  Object.assign(workshop.context.provider, {
    fetch: (request: Request) => simulator.fetch(request),
    apiKey: SIMULATOR_API_KEY,
    imageHosts: [{ hostname: HOST, isWildcard: false, port: null }],
    startDeadline: deadlines.start,
  });
  return { workshop, simulator };
}

/** A small picture, because the simulator really draws. */
async function orderWith(fault: string): Promise<{ userId: string; id: string }> {
  const { id: userId } = await createAccount({ credits: 2 });
  const picture = { model: "ideogram-3", providerSize: "512x1536", width: 512, height: 1536 };
  const outcome = await reserve(userId, {
    prompt: `A lantern festival at dusk ${fault === "" ? "" : `[[sim:${fault}]]`}`,
    pictures: [{ id: newId(), cost: 1, shape: "1:3", alt: "a", seed: 7, ...picture }],
  });
  if (outcome.kind !== "created") throw new Error(outcome.kind);
  return { userId, id: outcome.generations[0]?.id ?? "" };
}

const SUCCEEDS = [
  "",
  "429:3",
  "429-after:1",
  "402:1",
  "slow:1",
  "extra-fields",
  "poll-404-once",
  "poll-429",
  "poll-500:2",
  "poll-reset",
  "poll-html",
  "expired-403:1",
  "expired-404:1",
  "img-500:2",
  "img-reset:1",
  "img-4:1",
  "img-jpeg",
  "img-webp",
];

const FAILS: [fault: string, code: string, review: string | null][] = [
  ["401", "provider_failed", null],
  ["403", "provider_failed", null],
  ["400", "provider_failed", null],
  ["400-plain", "provider_failed", null],
  ["422", "prompt_refused", null],
  ["422-empty", "prompt_refused", null],
  ["500-before", "provider_unreachable", "submit_unknown"],
  ["500-after", "provider_unreachable", "submit_unknown"],
  ["hang", "provider_unreachable", "submit_unknown"],
  ["reset", "provider_unreachable", "submit_unknown"],
  ["2xx-html", "provider_unreachable", "submit_unknown"],
  ["2xx-truncated-json", "provider_unreachable", "submit_unknown"],
  ["failed", "prompt_refused", null],
  ["failed-noreason", "provider_failed", null],
  ["unsafe", "picture_blocked", null],
  ["url-evil", "invalid_picture", "paid_not_delivered"],
  ["redirect-evil", "invalid_picture", "paid_not_delivered"],
  ["img-cut", "invalid_picture", "paid_not_delivered"],
  ["img-crc", "invalid_picture", "paid_not_delivered"],
  ["img-html", "invalid_picture", "paid_not_delivered"],
  ["img-0", "invalid_picture", "paid_not_delivered"],
  ["img-4", "invalid_picture", "paid_not_delivered"],
  ["img-wrong-shape", "invalid_picture", "paid_not_delivered"],
  ["img-huge:21", "invalid_picture", "paid_not_delivered"],
];

describe("a job at the simulator", () => {
  it.each(SUCCEEDS)("succeeds, bought once, with the fault %j", async (fault) => {
    const { userId, id } = await orderWith(fault);
    const { workshop, simulator } = createSimulated();
    await deliverToTheEnd(workshop.context, id, simulator.advanceClock);
    expect(await readJob(id)).toMatchObject({ status: "succeeded", error_code: null });
    expect(await readBalance(userId)).toEqual({ available: 1, held: 0 });
    expect(simulator.ledger().total.generations).toBe(1);
  });

  it.each(FAILS)(
    "with the fault %j fails as %s, bought once at most, and the credit is back",
    async (fault, code, review) => {
      const { userId, id } = await orderWith(fault);
      const { workshop, simulator } = createSimulated();
      await deliverToTheEnd(workshop.context, id, simulator.advanceClock);
      expect(await readJob(id)).toMatchObject({ status: "failed", error_code: code, review });
      expect(await readBalance(userId)).toEqual({ available: 2, held: 0 });
      expect(simulator.ledger().total.generations).toBeLessThanOrEqual(1);
      expect(simulator.calls().filter(({ method }) => method === "POST")).toHaveLength(1);
    },
  );
});
