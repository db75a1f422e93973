/** Faults that the control API has set for the next requests, whatever their prompt. */

import { FAULT_MODES, type Fault, type FaultStage } from "./faults.ts";
import type { Simulation } from "./simulation.ts";

/** Draws at most one planned fault for a request of this stage, and counts its use. */
export function drawPlannedFault(simulation: Simulation, stage: FaultStage): Fault | null {
  const { plannedFaults } = simulation.state;
  for (const [i, planned] of plannedFaults.entries()) {
    if (FAULT_MODES[planned.fault.name].stage !== stage || simulation.random() >= planned.probability)
      continue;
    if (planned.left !== null && --planned.left <= 0) plannedFaults.splice(i, 1);
    return planned.fault;
  }
  return null;
}
