/** POST /v2/image/generate/{model}: checks the request, prices it, starts it, and answers sync or async. */

import { answerError, answerJson, answerProblem, answerTooManyImages } from "./answers.ts";
import {
  FAULT_MODES,
  type Fault,
  type FaultStage,
  formatFault,
  parsePromptFaults,
  takeFault,
} from "./faults.ts";
import { completeJob, countImagesInFlight, SYNC_LIMIT_SECONDS, startJob, statusOf } from "./jobs.ts";
import type { Order, Refusal } from "./models/model.ts";
import { findModel } from "./models/registry.ts";
import { hashText } from "./pictures/chance.ts";
import { drawPlannedFault } from "./planned-faults.ts";
import { BODY_MAX_BYTES, readBody } from "./requests.ts";
import { buildAcceptance, buildResults } from "./results.ts";
import type { Simulation } from "./simulation.ts";
import { type Call, type Job, SUBMISSION_COUNTS_MAX } from "./state.ts";
import { refuseSubmission, spoilAcceptance } from "./submit-faults.ts";
import { isAllowedWebhook } from "./webhook-target.ts";
import { planDeliveries } from "./webhooks.ts";

const ACCEPTANCE_MIN_MILLISECONDS = 100;
const ACCEPTANCE_MAX_MILLISECONDS = 400;
const FIELD_LOGGED_MAX_CHARACTERS = 500;

export async function answerGenerate(
  simulation: Simulation,
  request: Request,
  call: Call,
  modelName: string,
): Promise<Response> {
  const parsed = await parseOrder(simulation, request, call, modelName);
  if (parsed instanceof Response) return parsed;
  const { order, promptFaults } = parsed;
  if (call.dryRun) return answerJson(buildQuote(order));
  await simulation.wait(drawAcceptance(simulation), request.signal);

  const fault = takeSubmitFault(simulation, order, promptFaults);
  call.fault = fault === null ? null : formatFault(fault);
  const refusal = fault === null ? null : await refuseSubmission(simulation, fault, request.signal);
  if (refusal !== null) return refusal;
  const limit = simulation.settings.maxInFlightImages;
  if (countImagesInFlight(simulation) + order.imageCount > limit) return answerTooManyImages(limit);

  const origin = new URL(request.url).origin;
  const job = startJob(simulation, order, gatherJobFaults(simulation, promptFaults), origin);
  call.generationId = job.id;
  planDeliveries(simulation, job);
  const spoiled =
    fault === null ? null : await spoilAcceptance(simulation, fault, job, order.isAsync, request.signal);
  if (spoiled !== null) return spoiled;
  return order.isAsync
    ? answerJson(buildAcceptance(job))
    : await answerSync(simulation, job, origin, request.signal);
}

async function parseOrder(
  simulation: Simulation,
  request: Request,
  call: Call,
  modelName: string,
): Promise<Response | { order: Order; promptFaults: Fault[] }> {
  const model = findModel(modelName);
  if (model === null) return answerError(404, `There is no model ${modelName}.`);
  if (Number(request.headers.get("content-length") ?? 0) > BODY_MAX_BYTES)
    return answerProblem(413, "The request body is too large");
  const body = await readBody(request, model);
  if (!body.ok) return answerRefusal(body.error);
  call.fields = cutFields(body.value.values);
  const order = model.parse(body.value.values, body.value.uploads);
  if (!order.ok) return answerRefusal(order.error);
  const { webhookUrl, prompt } = order.value;
  if (webhookUrl !== null && !isAllowedWebhook(webhookUrl, simulation.settings.allowsLoopbackWebhooks))
    return answerError(400, "webhook_url must be a public HTTPS URL.");
  const promptFaults = parsePromptFaults(prompt);
  if (!promptFaults.ok) return answerError(400, `The simulator has no such mode: ${promptFaults.error}`);
  return { order: order.value, promptFaults: promptFaults.value };
}

function answerRefusal({ kind, message }: Refusal): Response {
  if (kind === "schema") return answerProblem(400, message);
  return answerError(kind === "missing" ? 404 : 400, message);
}

function buildQuote(order: Order): Record<string, unknown> {
  const usdMicros = order.usdMicrosPerImage * order.imageCount;
  return {
    object: "price_quote",
    billing_identifier: order.billingIdentifier,
    quantity: order.imageCount,
    usd_micros: usdMicros,
    credit_millis: usdMicros / 10,
    qualifier: "exact",
  };
}

function drawAcceptance(simulation: Simulation): number {
  const spread = ACCEPTANCE_MAX_MILLISECONDS - ACCEPTANCE_MIN_MILLISECONDS;
  return (ACCEPTANCE_MIN_MILLISECONDS + simulation.random() * spread) * simulation.settings.latencyScale;
}

/** A planned fault comes first. The prompt's own are counted for each distinct submission, and then start again. */
function takeSubmitFault(simulation: Simulation, order: Order, promptFaults: readonly Fault[]): Fault | null {
  const planned = drawPlannedFault(simulation, "submit");
  if (planned !== null) return planned;
  const counts = simulation.state.submissionCounts;
  const { seed, size, prompt } = order;
  const scope = String(hashText(`${seed ?? ""} ${size.width}x${size.height} ${prompt}`));
  const fault = takeFault(counts, scope, promptFaults, "submit");
  const keys = Object.keys(counts);
  const stale =
    fault === null
      ? keys.filter((key) => key.startsWith(`${scope} `))
      : keys.slice(0, -SUBMISSION_COUNTS_MAX);
  for (const key of stale) delete counts[key];
  return fault;
}

/** What the new generation keeps: the prompt's faults of later stages, and planned ones for its result. */
function gatherJobFaults(simulation: Simulation, promptFaults: readonly Fault[]): Fault[] {
  const later = promptFaults.filter(({ name }) => FAULT_MODES[name].stage !== "submit");
  const stages: FaultStage[] = ["job", "webhook"];
  const planned = stages.map((stage) => drawPlannedFault(simulation, stage));
  return [...planned.filter((fault) => fault !== null), ...later];
}

async function answerSync(
  simulation: Simulation,
  job: Job,
  origin: string,
  signal: AbortSignal,
): Promise<Response> {
  const remaining = job.completesAt === null ? Number.POSITIVE_INFINITY : job.completesAt - simulation.now();
  if (remaining > SYNC_LIMIT_SECONDS * 1_000) {
    await simulation.wait(SYNC_LIMIT_SECONDS * 1_000 * simulation.settings.latencyScale, signal);
    return answerError(503, "The request took too long.");
  }
  await simulation.wait(remaining, signal);
  completeJob(job, simulation.now());
  if (statusOf(job, simulation.now()) === "failed")
    return answerError(422, "Image generation failed the safety check.");
  return answerJson({ ...buildAcceptance(job), data: await buildResults(simulation, job, origin) });
}

/** Long texts are cut, so that the list of calls stays small. */
function cutFields(values: Record<string, unknown>): Record<string, unknown> {
  const cut = (value: unknown): unknown =>
    typeof value === "string" ? value.slice(0, FIELD_LOGGED_MAX_CHARACTERS) : value;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, cut(value)]));
}
