/** The control API under /__sim: set faults, look at what happened, move the clock, start afresh. */

import * as z from "zod";
import { answerError, answerJson } from "./answers.ts";
import { renderControlPage } from "./control-page.ts";
import { FAULT_MODES, type Fault, type FaultMode, formatFault, parseFault, timesOf } from "./faults.ts";
import { countImagesInFlight } from "./jobs.ts";
import { parseJson } from "./requests.ts";
import type { Simulation } from "./simulation.ts";
import { append, type Charge, createState, PLANNED_FAULTS_MAX, type PlannedFault } from "./state.ts";

export const CONTROL_PREFIX = "/__sim";

const FAULT_TIMES_MAX = 100_000;
const CLOCK_ADVANCE_MAX_SECONDS = 100 * 365 * 24 * 60 * 60;

export const faultInputSchema = z.strictObject({
  /** A mode's name, with ":NUMBER" if it takes one. */
  mode: z.string(),
  times: z.int().min(1).max(FAULT_TIMES_MAX).optional(),
  probability: z.number().gt(0).max(1).optional(),
});
export type FaultInput = z.infer<typeof faultInputSchema>;

const clockInputSchema = z.strictObject({
  advanceSeconds: z.number().min(0).max(CLOCK_ADVANCE_MAX_SECONDS),
});

export interface Ledger {
  items: readonly Charge[];
  total: { generations: number; images: number; usdMicros: number };
}

export async function answerControl(simulation: Simulation, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.slice(CONTROL_PREFIX.length).replace(/\/$/, "");
  switch (`${request.method} ${path}`) {
    case "GET ":
      return renderControlPage(simulation);
    case "GET /status":
      return answerJson(buildStatus(simulation));
    case "GET /calls":
      return answerJson({ items: simulation.state.calls });
    case "GET /ledger":
      return answerJson(buildLedger(simulation));
    case "GET /faults":
      return answerJson({ items: simulation.state.plannedFaults.map(describePlanned) });
    case "POST /faults":
      return await answerNewFault(simulation, request);
    case "DELETE /faults":
      simulation.state.plannedFaults = [];
      return new Response(null, { status: 204 });
    case "POST /clock":
      return await answerClock(simulation, request);
    case "POST /reset":
      resetSimulation(simulation);
      return new Response(null, { status: 204 });
    default:
      return answerError(404, `There is no ${request.method} ${CONTROL_PREFIX}${path}`);
  }
}

/** Sets a fault for the next requests of its stage; null when there is no such mode. */
export function planFault(simulation: Simulation, input: FaultInput): PlannedFault | null {
  const fault = parseFault(input.mode);
  if (fault === null) return null;
  const planned: PlannedFault = {
    fault,
    left: input.times ?? chooseTimes(fault, input.probability),
    probability: input.probability ?? 1,
  };
  append(simulation.state.plannedFaults, planned, PLANNED_FAULTS_MAX);
  return planned;
}

export function buildLedger(simulation: Simulation): Ledger {
  const { charges } = simulation.state;
  return {
    items: charges,
    total: {
      generations: charges.length,
      images: charges.reduce((sum, { images }) => sum + images, 0),
      usdMicros: charges.reduce((sum, { usdMicros }) => sum + usdMicros, 0),
    },
  };
}

export function resetSimulation(simulation: Simulation): void {
  Object.assign(simulation.state, createState());
}

/** A number of times in the mode counts; a probability alone goes on until it is cleared; else once. */
function chooseTimes(fault: Fault, probability: number | undefined): number | null {
  const mode: FaultMode = FAULT_MODES[fault.name];
  if (mode.number === "times" && fault.number !== null) return timesOf(fault);
  return probability === undefined ? 1 : null;
}

async function answerNewFault(simulation: Simulation, request: Request): Promise<Response> {
  const input = await readInput(request, faultInputSchema);
  if (input instanceof Response) return input;
  const planned = planFault(simulation, input);
  if (planned === null)
    return answerError(400, `There is no mode ${input.mode}. GET ${CONTROL_PREFIX}/ lists them.`);
  return answerJson(describePlanned(planned), 201);
}

async function answerClock(simulation: Simulation, request: Request): Promise<Response> {
  const input = await readInput(request, clockInputSchema);
  if (input instanceof Response) return input;
  simulation.state.clockOffsetMilliseconds += input.advanceSeconds * 1_000;
  return answerJson({ now: new Date(simulation.now()).toISOString() });
}

async function readInput<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema> | Response> {
  const body = parseJson(await request.text());
  const input = schema.safeParse(body.ok ? body.value : undefined);
  return input.success ? input.data : answerError(400, z.prettifyError(input.error));
}

function buildStatus(simulation: Simulation): Record<string, unknown> {
  return {
    now: new Date(simulation.now()).toISOString(),
    imagesInFlight: countImagesInFlight(simulation),
    generations: simulation.state.jobs.length,
    billed: buildLedger(simulation).total,
    settings: { ...simulation.settings, apiKey: undefined, signingKey: undefined },
  };
}

function describePlanned({ fault, left, probability }: PlannedFault): Record<string, unknown> {
  return { mode: formatFault(fault), stage: FAULT_MODES[fault.name].stage, left, probability };
}
