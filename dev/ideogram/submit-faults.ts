/** How a submission goes wrong: refused before anything starts, or spoiled after the generation has started. */

import {
  answerError,
  answerForbidden,
  answerHtml,
  answerProblem,
  answerTooManyImages,
  answerUnauthorized,
} from "./answers.ts";
import type { Fault } from "./faults.ts";
import { SYNC_LIMIT_SECONDS } from "./jobs.ts";
import { buildAcceptance } from "./results.ts";
import { ConnectionLost, hang, type Simulation } from "./simulation.ts";
import type { Job } from "./state.ts";

const RETRY_AFTER_DEFAULT_SECONDS = 5;

/** The answer of a fault that starts nothing, or null for every other fault. */
export async function refuseSubmission(
  simulation: Simulation,
  fault: Fault,
  signal: AbortSignal,
): Promise<Response | null> {
  switch (fault.name) {
    case "400":
      return answerProblem(400, "'sim' is not one of ['auto', 'on', 'off'] - 'magic_prompt'");
    case "400-plain":
      return answerError(400, "The request is not valid.");
    case "401":
      return answerUnauthorized();
    case "402":
      return answerError(402, "Insufficient funds.", { reject_reason: "insufficient_funds" });
    case "403":
      return answerForbidden();
    case "422":
      return answerError(
        422,
        "Prompt provided failed safety check due to the inclusion of prohibited content.",
      );
    case "422-empty":
      return new Response(null, { status: 422 });
    case "429":
      return answerTooManyImages(simulation.settings.maxInFlightImages);
    case "429-after":
      return answerTooManyImages(
        simulation.settings.maxInFlightImages,
        fault.number ?? RETRY_AFTER_DEFAULT_SECONDS,
      );
    case "500-before":
      return answerError(500, "Internal server error.");
    case "hang-before":
      return await hang(simulation, signal);
    case "reset-before":
      throw new ConnectionLost();
    default:
      return null;
  }
}

/** The answer of a fault that loses or breaks the acceptance of a running generation, or null. */
export async function spoilAcceptance(
  simulation: Simulation,
  fault: Fault,
  job: Job,
  isAsync: boolean,
  signal: AbortSignal,
): Promise<Response | null> {
  switch (fault.name) {
    case "500-after":
      return answerError(500, "Internal server error.");
    case "503-sync":
      if (!isAsync)
        await simulation.wait(SYNC_LIMIT_SECONDS * 1_000 * simulation.settings.latencyScale, signal);
      return answerError(503, "The request took too long.");
    case "hang":
      return await hang(simulation, signal);
    case "reset":
      throw new ConnectionLost();
    case "2xx-html":
      return answerHtml();
    case "2xx-truncated-json": {
      const whole = JSON.stringify(buildAcceptance(job));
      const half = whole.slice(0, Math.floor(whole.length / 2));
      return new Response(half, { headers: { "content-type": "application/json" } });
    }
    default:
      return null;
  }
}
