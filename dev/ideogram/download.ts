/** GET /api/images/ephemeral/{id}.png: draws a picture for anyone who holds a signed address. */

import { answerError } from "./answers.ts";
import { answerWithPicture } from "./download-faults.ts";
import { findFault, formatFault, takeFault } from "./faults.ts";
import { statusOf } from "./jobs.ts";
import { drawPlannedFault } from "./planned-faults.ts";
import { isBlocked } from "./results.ts";
import type { Simulation } from "./simulation.ts";
import type { Call, Job } from "./state.ts";
import { verifyPictureUrl } from "./urls.ts";

const DOWNLOAD_MIN_MILLISECONDS = 100;
const DOWNLOAD_MAX_MILLISECONDS = 800;

export async function answerDownload(
  simulation: Simulation,
  request: Request,
  call: Call,
  imageId: string,
): Promise<Response> {
  const url = new URL(request.url);
  const expiresAt = await verifyPictureUrl(url, imageId, simulation.settings.signingKey);
  if (expiresAt === null) return answerError(403, "Invalid signature.");
  const found = findPicture(simulation, imageId);
  if (found === null) return answerError(404, "Image not found.");
  const { job, index } = found;
  call.generationId = job.id;
  if (expiresAt * 1_000 <= simulation.now())
    return answerError(chooseExpiredStatus(simulation, job), "URL expired.");

  const planned = drawPlannedFault(simulation, "download");
  const fault = planned ?? takeFault(job.counts, `download ${index}`, job.faults, "download");
  call.fault = fault === null ? null : formatFault(fault);
  const spread = DOWNLOAD_MAX_MILLISECONDS - DOWNLOAD_MIN_MILLISECONDS;
  const latency = DOWNLOAD_MIN_MILLISECONDS + simulation.random() * spread;
  await simulation.wait(latency * simulation.settings.latencyScale, request.signal);
  const seed = job.images[index]?.seed ?? job.seed;
  const order = { prompt: job.prompt, seed, width: job.width, height: job.height };
  const turn = countDownload(job, index);
  return await answerWithPicture(simulation, order, fault, turn, request.signal);
}

/** The picture's generation and its place in it, when it has been delivered. */
function findPicture(simulation: Simulation, imageId: string): { job: Job; index: number } | null {
  for (const job of simulation.state.jobs) {
    const index = job.images.findIndex(({ id }) => id === imageId);
    if (index < 0) continue;
    const isThere = statusOf(job, simulation.now()) === "completed" && !isBlocked(job, index);
    return isThere ? { job, index } : null;
  }
  return null;
}

function chooseExpiredStatus(simulation: Simulation, job: Job): 403 | 404 {
  if (findFault(job.faults, "expired-404") !== null) return 404;
  return findFault(job.faults, "expired-403") !== null ? 403 : simulation.settings.expiredStatus;
}

/** How many downloads of this picture came before; things that change "in turn" follow it. */
function countDownload(job: Job, index: number): number {
  const key = `downloads ${index}`;
  const before = job.counts[key] ?? 0;
  job.counts[key] = before + 1;
  return before;
}
