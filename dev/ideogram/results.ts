/** The bodies that describe a generation: its acceptance, and the list of pictures when it is completed. */

import { findFault, takeFault } from "./faults.ts";
import type { Simulation } from "./simulation.ts";
import type { Job } from "./state.ts";
import { buildPictureUrl, EVIL_ORIGIN, URL_TTL_SECONDS } from "./urls.ts";

type PictureEntry = Record<string, unknown>;

/** The three ways in which the provider says that there is no picture. */
const NO_URL: readonly PictureEntry[] = [{ url: null }, { url: "" }, {}];

/** What an accepted request answers, and the head of every later answer about it. */
export function buildAcceptance(job: Job): Record<string, unknown> {
  const hasExtras = findFault(job.faults, "extra-fields") !== null;
  return {
    generation_id: job.id,
    seed: job.seed,
    ...(job.hasGenerationKind || hasExtras ? { generation_kind: hasExtras ? "workflow" : "sampling" } : {}),
    ...(hasExtras ? { queue: { position: 1, region: "nowhere-1" }, api_version: "2026-11" } : {}),
  };
}

/** Addresses are signed afresh each time, for the origin by which the client came. */
export async function buildResults(
  simulation: Simulation,
  job: Job,
  origin: string,
): Promise<PictureEntry[]> {
  const expiresAt = Math.floor(simulation.now() / 1_000) + chooseLifetime(job);
  const host = findFault(job.faults, "url-evil") === null ? origin : EVIL_ORIGIN;
  const hasExtras = findFault(job.faults, "extra-fields") !== null;
  return await Promise.all(
    job.images.map(async ({ id, seed }, i) => {
      const isSafe = !isBlocked(job, i);
      const url = await buildPictureUrl(host, id, expiresAt, simulation.settings.signingKey);
      return {
        ...(isSafe ? { url } : NO_URL[(job.sequence + i) % NO_URL.length]),
        prompt: job.finalPrompt,
        resolution: `${job.width}x${job.height}`,
        seed,
        is_image_safe: isSafe,
        ...(hasExtras ? { aesthetic_score: 0.93, provenance: { c2pa: true, chain: [] } } : {}),
      };
    }),
  );
}

export function isBlocked(job: Job, index: number): boolean {
  if (findFault(job.faults, "unsafe") !== null) return true;
  return findFault(job.faults, "unsafe-mixed") !== null && index % 2 === 0;
}

/** Seconds; negative when this result is to hold addresses that have already expired. */
function chooseLifetime(job: Job): number {
  const expiring = job.faults.filter(({ name }) => name === "expired-403" || name === "expired-404");
  return takeFault(job.counts, "result", expiring, "job") === null ? URL_TTL_SECONDS : -1;
}
