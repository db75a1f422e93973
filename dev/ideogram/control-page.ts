/** GET /__sim/: a page for people, with the state in short and every mode that can be asked for. */

import { html } from "hono/html";
import { FAULT_MODES, type FaultMode, type FaultStage } from "./faults.ts";
import { countImagesInFlight } from "./jobs.ts";
import type { Simulation } from "./simulation.ts";

const STAGES: readonly (readonly [FaultStage, string])[] = [
  ["submit", "Submitting"],
  ["job", "The generation and its result"],
  ["poll", "Polling"],
  ["download", "Downloading"],
  ["webhook", "Webhooks"],
];

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}" +
  "td{padding:.15rem 1rem .15rem 0;vertical-align:top}code{white-space:nowrap}";

export async function renderControlPage(simulation: Simulation): Promise<Response> {
  const { state } = simulation;
  const page = html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>Ideogram simulator</title>
      <style>${STYLE}</style>
      <h1>Ideogram simulator</h1>
      <p>It is ${new Date(simulation.now()).toISOString()} here. ${state.jobs.length} generations,
        ${countImagesInFlight(simulation)} pictures in flight, ${state.charges.length} generations billed.
        <a href="/__sim/calls">Calls</a>, <a href="/__sim/ledger">ledger</a>,
        <a href="/__sim/faults">planned faults</a>, <a href="/__sim/status">status</a>.</p>
      <p>Put a tag into a prompt, <code>[[sim:429:2]]</code>, or set a mode for the next requests of its kind:</p>
      <pre>POST /__sim/faults {"mode": "img-500", "times": 2, "probability": 1}   DELETE /__sim/faults
POST /__sim/clock {"advanceSeconds": 60}   POST /__sim/reset</pre>
      ${STAGES.map(
        ([stage, title]) => html`<h2>${title}</h2>
          <table>${listModes(stage).map(([name, mode]) => html`<tr><td><code>${name}${showNumber(mode)}</code></td><td>${mode.summary}</td></tr>`)}</table>`,
      )}
    </html>`;
  return new Response(String(await page), { headers: { "content-type": "text/html; charset=utf-8" } });
}

function listModes(stage: FaultStage): [string, FaultMode][] {
  return Object.entries(FAULT_MODES).filter(([, mode]) => mode.stage === stage);
}

/** What may follow the name. Without a number of times a mode happens every time, or once where it says so. */
function showNumber({ number, times }: FaultMode): string {
  if (number === "none") return "";
  return number === "times" ? `[:times${times === null ? "" : `=${times}`}]` : `[:${number}]`;
}
