/** Generations: starting one, when it is done, what it costs, and how many pictures are in flight. */

import { toBase64Url } from "./encoding.ts";
import { type Fault, findFault } from "./faults.ts";
import { type Order, SEED_MAX } from "./models/model.ts";
import type { Simulation } from "./simulation.ts";
import { append, CHARGES_MAX, JOBS_MAX, type Job } from "./state.ts";

export type JobStatus = "pending" | "completed" | "failed";

/** The provider gives up waiting for its own work after this time. */
export const SYNC_LIMIT_SECONDS = 265;

const ID_BYTES = 16;
/** A further picture makes a generation this much longer. */
const EXTRA_IMAGE_SHARE = 0.2;
const JITTER_SIGMA = 0.3;
/** One generation in a hundred takes six times as long. */
const TAIL_PROBABILITY = 0.01;
const TAIL_FACTOR = 6;
const SLOW_DEFAULT_SECONDS = 60;

/** Starts a generation and bills it, unless it is going to fail. */
export function startJob(
  simulation: Simulation,
  order: Order,
  faults: readonly Fault[],
  origin: string,
): Job {
  const { state } = simulation;
  const seed = order.seed ?? Math.floor(simulation.random() * SEED_MAX);
  const job: Job = {
    id: createId(simulation),
    sequence: state.nextSequence++,
    model: order.model,
    prompt: order.prompt,
    finalPrompt: order.rewritesPrompt ? `${order.prompt} Rendered with care, rich in detail.` : order.prompt,
    seed,
    ...order.size,
    hasGenerationKind: order.hasGenerationKind,
    images: Array.from({ length: order.imageCount }, (_, i) => ({
      id: createId(simulation),
      seed: (seed + i) % (SEED_MAX + 1),
    })),
    createdAt: simulation.now(),
    completesAt: computeCompletion(simulation, order, faults),
    origin,
    webhookUrl: order.webhookUrl,
    faults: [...faults],
    counts: {},
  };
  append(state.jobs, job, JOBS_MAX);
  if (!willFail(job)) chargeJob(simulation, order, job);
  return job;
}

export function findJob(simulation: Simulation, id: string): Job | null {
  return simulation.state.jobs.find((job) => job.id === id) ?? null;
}

export function statusOf(job: Job, now: number): JobStatus {
  if (job.completesAt === null || now < job.completesAt) return "pending";
  return willFail(job) ? "failed" : "completed";
}

export function countImagesInFlight(simulation: Simulation): number {
  const now = simulation.now();
  return simulation.state.jobs
    .filter((job) => statusOf(job, now) === "pending")
    .reduce((sum, job) => sum + job.images.length, 0);
}

/** Ends a generation now, when someone has waited for all of its time. */
export function completeJob(job: Job, now: number): void {
  if (job.completesAt !== null && job.completesAt > now) job.completesAt = now;
}

/** 22 characters of base64url, as the provider's ids are. */
export function createId(simulation: Simulation): string {
  const bytes = Uint8Array.from({ length: ID_BYTES }, () => Math.floor(simulation.random() * 256));
  return toBase64Url(bytes);
}

function willFail(job: Job): boolean {
  return findFault(job.faults, "failed", "failed-noreason") !== null;
}

function chargeJob(simulation: Simulation, order: Order, job: Job): void {
  const charge = {
    at: job.createdAt,
    generationId: job.id,
    billingIdentifier: order.billingIdentifier,
    images: order.imageCount,
    usdMicros: order.usdMicrosPerImage * order.imageCount,
  };
  append(simulation.state.charges, charge, CHARGES_MAX);
}

function computeCompletion(simulation: Simulation, order: Order, faults: readonly Fault[]): number | null {
  if (findFault(faults, "stuck") !== null) return null;
  const slow = findFault(faults, "slow");
  // A person who asks for 30 seconds means 30 seconds, so that this one is not scaled.
  if (slow !== null) return simulation.now() + (slow.number ?? SLOW_DEFAULT_SECONDS) * 1_000;
  const extra = 1 + EXTRA_IMAGE_SHARE * (order.imageCount - 1);
  const jitter = Math.exp(JITTER_SIGMA * drawNormal(simulation));
  const tail = simulation.random() < TAIL_PROBABILITY ? TAIL_FACTOR : 1;
  const seconds = order.baseSeconds * extra * jitter * tail * simulation.settings.latencyScale;
  return simulation.now() + seconds * 1_000;
}

/** A standard normal number, by the method of Box and Muller. */
function drawNormal(simulation: Simulation): number {
  const radius = Math.sqrt(-2 * Math.log(1 - simulation.random()));
  return radius * Math.cos(2 * Math.PI * simulation.random());
}
