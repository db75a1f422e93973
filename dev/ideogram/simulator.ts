/**
 * The provider simulator: Ideogram's HTTP API as far as the product uses it, without network, keys or cost.
 * It holds no module state: each simulator has its own memory, and takes its clock and chance from outside.
 */

import { answerError, answerJson, answerUnauthorized } from "./answers.ts";
import {
  answerControl,
  buildLedger,
  CONTROL_PREFIX,
  type FaultInput,
  type Ledger,
  planFault,
  resetSimulation,
} from "./control.ts";
import { answerDownload } from "./download.ts";
import { answerGenerate } from "./generate.ts";
import { encodePng } from "./pictures/png.ts";
import { paintPoster } from "./pictures/poster.ts";
import { answerPoll } from "./poll.ts";
import { DEFAULT_SETTINGS, type Simulation, type SimulatorSettings, waitWithTimer } from "./simulation.ts";
import { append, CALLS_MAX, type Call, createState, type SimulatorState } from "./state.ts";
import { EVIL_ORIGIN, findImageId } from "./urls.ts";
import { buildKeySet, deliverDueWebhooks, findNextDelivery, type SendWebhook } from "./webhooks.ts";

export { ConnectionLost, SIMULATOR_API_KEY } from "./simulation.ts";

export interface SimulatorOptions extends Partial<SimulatorSettings> {
  /** Milliseconds UTC. Generations complete when this clock, plus what was advanced, passes their time. */
  now?: () => number;
  /** 0 ≤ n < 1: ids, seeds, latencies and the chance of planned faults. */
  random?: () => number;
  /** Real waiting: acceptance, downloads, sync requests and hanging ones. */
  wait?: Simulation["wait"];
  /** What it remembers; it is changed in place. Default: nothing yet. */
  state?: SimulatorState;
  sendWebhook?: SendWebhook;
}

export interface Simulator {
  /**
   * Behaves as the global fetch would against the provider: it obeys the signal and the redirect mode, and rejects
   * with ConnectionLost when the connection breaks.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** Every call so far, oldest first; the control API's own are left out. */
  calls(): readonly Call[];
  ledger(): Ledger;
  /** As POST /__sim/faults; throws when there is no such mode. */
  addFault(input: FaultInput): void;
  advanceClock(seconds: number): void;
  reset(): void;
  /** Sends the webhooks that are due; answers how many were accepted. */
  deliverWebhooks(): Promise<number>;
  /** Milliseconds of the outer clock, or null when nothing is to be delivered. */
  nextWebhookAt(): number | null;
  readonly state: SimulatorState;
}

const REDIRECTS_MAX = 5;
const EVIL_PICTURE = { prompt: "must never be fetched", seed: 666, width: 256, height: 256 };

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const simulation = createSimulation(options);
  const { state } = simulation;
  const send = options.sendWebhook ?? ((request: Request) => fetch(request));
  return {
    state,
    fetch: (input, init) => fetchFrom(simulation, new Request(input, init)),
    calls: () => state.calls,
    ledger: () => buildLedger(simulation),
    addFault: (input) => {
      if (planFault(simulation, input) === null) throw new Error(`The simulator has no mode ${input.mode}`);
    },
    advanceClock: (seconds) => {
      state.clockOffsetMilliseconds += seconds * 1_000;
    },
    reset: () => resetSimulation(simulation),
    deliverWebhooks: () => deliverDueWebhooks(simulation, send),
    nextWebhookAt: () => {
      const due = findNextDelivery(simulation);
      return due === null ? null : due - state.clockOffsetMilliseconds;
    },
  };
}

function createSimulation({
  now,
  random,
  wait,
  state = createState(),
  ...given
}: SimulatorOptions): Simulation {
  const { sendWebhook: _, ...settings } = given;
  const clock = now ?? Date.now;
  return {
    settings: { ...DEFAULT_SETTINGS, ...settings },
    state,
    now: () => clock() + state.clockOffsetMilliseconds,
    random: random ?? Math.random,
    wait: wait ?? waitWithTimer,
  };
}

async function fetchFrom(simulation: Simulation, request: Request): Promise<Response> {
  let response = await answerOrAbort(simulation, request);
  for (let hops = 0; isRedirect(response) && request.redirect === "follow"; hops++) {
    if (hops === REDIRECTS_MAX) throw new TypeError("Too many redirects");
    const target = new URL(response.headers.get("location") ?? "", request.url);
    response = await answerOrAbort(
      simulation,
      new Request(target, { headers: request.headers, signal: request.signal }),
    );
  }
  return response;
}

/** Rejects with the signal's reason as soon as it aborts, whatever the simulator is doing. */
async function answerOrAbort(simulation: Simulation, request: Request): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([answer(simulation, request), aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function answer(simulation: Simulation, request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (`${url.pathname}/`.startsWith(`${CONTROL_PREFIX}/`)) return await answerControl(simulation, request);
  const call = recordCall(simulation, request, url);
  const response = await route(simulation, request, url, call);
  call.status = response.status;
  return response;
}

async function route(simulation: Simulation, request: Request, url: URL, call: Call): Promise<Response> {
  if (url.origin === EVIL_ORIGIN) return new Response(await encodePng(paintPoster(EVIL_PICTURE)));
  const path = `${request.method} ${url.pathname}`;
  if (path === "GET /v1/.well-known/jwks.json") return answerJson(await buildKeySet(simulation));
  const imageId = request.method === "GET" ? findImageId(url.pathname) : null;
  if (imageId !== null) return await answerDownload(simulation, request, call, imageId);
  if (call.apiKey !== "valid") return answerUnauthorized();
  const model = /^POST \/v2\/image\/generate\/([a-z0-9-]+)$/.exec(path)?.[1];
  if (model !== undefined) return await answerGenerate(simulation, request, call, model);
  const generationId = /^GET \/v2\/generations\/([^/]+)$/.exec(path)?.[1];
  if (generationId !== undefined) return await answerPoll(simulation, request, call, generationId);
  return answerError(404, "Not found.");
}

function recordCall(simulation: Simulation, request: Request, url: URL): Call {
  const key = request.headers.get("api-key");
  const call: Call = {
    at: simulation.now(),
    method: request.method,
    host: url.host,
    path: url.pathname,
    dryRun: url.searchParams.get("dry_run") === "true",
    status: null,
    apiKey: key === null ? "none" : key === simulation.settings.apiKey ? "valid" : "wrong",
    hasAuthorization: request.headers.has("authorization"),
    generationId: null,
    fault: null,
    fields: null,
  };
  append(simulation.state.calls, call, CALLS_MAX);
  return call;
}

function isRedirect({ status }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
