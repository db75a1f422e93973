/** GET /v2/generations/{id}: how far a generation is, and its pictures when it is done. */

import {
  answerError,
  answerForbidden,
  answerHtml,
  answerJson,
  answerProblem,
  answerUnauthorized,
} from "./answers.ts";
import { type Fault, findFault, formatFault, takeFault } from "./faults.ts";
import { findJob, statusOf } from "./jobs.ts";
import { drawPlannedFault } from "./planned-faults.ts";
import { buildResults } from "./results.ts";
import { ConnectionLost, hang, type Simulation } from "./simulation.ts";
import type { Call, Job } from "./state.ts";

export const POLLS_MAX = 1_000;
const POLL_WINDOW_MILLISECONDS = 10_000;

export async function answerPoll(
  simulation: Simulation,
  request: Request,
  call: Call,
  generationId: string,
): Promise<Response> {
  call.generationId = generationId;
  const waitSeconds = countPoll(simulation);
  if (waitSeconds !== null) return answerTooManyPolls(waitSeconds);
  const job = findJob(simulation, generationId);
  const fault =
    drawPlannedFault(simulation, "poll") ?? (job && takeFault(job.counts, "poll", job.faults, "poll"));
  call.fault = fault === null ? null : formatFault(fault);
  const trouble = fault === null ? null : await answerTrouble(simulation, fault, request.signal);
  if (trouble !== null) return trouble;
  if (job === null) return answerUnknown();
  return answerJson(await buildStatus(simulation, job, new URL(request.url).origin));
}

/** Counts this poll, or answers in how many seconds there is room for one. */
function countPoll(simulation: Simulation): number | null {
  const now = simulation.now();
  const times = simulation.state.pollTimes.filter((at) => at > now - POLL_WINDOW_MILLISECONDS);
  simulation.state.pollTimes = times;
  if (times.length < POLLS_MAX) {
    times.push(now);
    return null;
  }
  return Math.max(1, Math.ceil(((times[0] ?? now) + POLL_WINDOW_MILLISECONDS - now) / 1_000));
}

async function answerTrouble(
  simulation: Simulation,
  { name }: Fault,
  signal: AbortSignal,
): Promise<Response | null> {
  switch (name) {
    case "poll-400":
      return answerProblem(400, "Invalid generation id");
    case "poll-401":
      return answerUnauthorized();
    case "poll-403":
      return answerForbidden();
    case "poll-404":
    case "poll-404-once":
      return answerUnknown();
    case "poll-429":
      return answerTooManyPolls(1);
    case "poll-500":
      return answerError(500, "Internal server error.");
    case "poll-html":
      return answerHtml();
    case "poll-hang":
      return await hang(simulation, signal);
    case "poll-reset":
      throw new ConnectionLost();
    default:
      return null;
  }
}

async function buildStatus(
  simulation: Simulation,
  job: Job,
  origin: string,
): Promise<Record<string, unknown>> {
  const status = statusOf(job, simulation.now());
  const head = { generation_id: job.id, status, created: new Date(job.createdAt).toISOString() };
  if (status === "pending") return head;
  if (status === "failed") {
    const hasReason = findFault(job.faults, "failed") !== null;
    return { ...head, ...(hasReason ? { failure_reason: "content_policy_violation" } : {}) };
  }
  const done = { ...head, response_type: "url" };
  if (findFault(job.faults, "empty-data") !== null)
    return job.sequence % 2 === 0 ? { ...done, data: [] } : done;
  const entries = await buildResults(simulation, job, origin);
  if (findFault(job.faults, "extra-fields") !== null)
    return { ...done, data: entries, generation_kind: "workflow", moderation: { version: 3, flags: [] } };
  return { ...done, data: entries.map((entry) => ({ object_type: "image.generation", ...entry })) };
}

function answerTooManyPolls(seconds: number): Response {
  return answerJson({ error: "Too many requests." }, 429, { "retry-after": String(seconds) });
}

function answerUnknown(): Response {
  return answerError(404, "Generation not found.");
}
