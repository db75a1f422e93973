/** A simulator with a clock that stands still until a test moves it, and the calls that every test makes. */

import * as z from "zod";
import { createChance } from "../../../dev/ideogram/pictures/chance.ts";
import {
  createSimulator,
  SIMULATOR_API_KEY,
  type Simulator,
  type SimulatorOptions,
} from "../../../dev/ideogram/simulator.ts";

export const BASE_URL = "http://ideogram.test";
export const START = Date.UTC(2026, 10, 22, 12);
/** The smallest offered size: quick to draw. */
export const SIZE = "512x1536";

export interface Harness {
  simulator: Simulator;
  submit(prompt: string, more?: Record<string, unknown>): Promise<Response>;
  /** Submits asynchronously and answers the generation's id. */
  start(prompt: string, more?: Record<string, unknown>): Promise<string>;
  poll(id: string): Promise<Response>;
  /** The data of a completed generation. */
  results(id: string): Promise<Entry[]>;
  /** The address of the first picture of a new generation. */
  picture(prompt: string): Promise<string>;
  call(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Response>;
  control(method: string, path: string, body?: unknown): Promise<Response>;
  billed(): number;
}

const entrySchema = z.looseObject({
  object_type: z.string().optional(),
  url: z.string().nullable().optional(),
  prompt: z.string(),
  resolution: z.string(),
  seed: z.number(),
  is_image_safe: z.boolean(),
});
export type Entry = z.infer<typeof entrySchema>;

const acceptanceSchema = z.looseObject({ generation_id: z.string(), seed: z.number() });

export function createHarness(options: SimulatorOptions = {}): Harness {
  const simulator = createSimulator({
    now: () => START,
    random: createChance(1),
    latencyScale: 0,
    ...options,
  });
  const call: Harness["call"] = (method, path, body, headers = { "api-key": SIMULATOR_API_KEY }) =>
    simulator.fetch(`${BASE_URL}${path}`, {
      method,
      headers: { "content-type": "application/json", ...Object.fromEntries(new Headers(headers)) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const submit: Harness["submit"] = (prompt, more = {}) =>
    call("POST", "/v2/image/generate/ideogram-4-5", {
      prompt,
      quality: "low",
      size: SIZE,
      num_images: 1,
      magic_prompt: "off",
      private: true,
      async: true,
      seed: 7,
      ...more,
    });
  const start: Harness["start"] = async (prompt, more) => {
    const response = await submit(prompt, more);
    return acceptanceSchema.parse(await response.json()).generation_id;
  };
  const poll: Harness["poll"] = (id) => call("GET", `/v2/generations/${id}`);
  const results: Harness["results"] = async (id) => {
    const body = z.looseObject({ data: z.array(entrySchema) }).parse(await (await poll(id)).json());
    return body.data;
  };
  return {
    simulator,
    submit,
    start,
    poll,
    results,
    picture: async (prompt) => {
      const [entry] = await results(await start(prompt));
      return z.string().parse(entry?.url);
    },
    call,
    control: (method, path, body) => call(method, `/__sim${path}`, body),
    billed: () => simulator.ledger().total.generations,
  };
}

/** Runs a call that must not answer by itself: gives up on it and answers the reason it ended with. */
export async function giveUpOn(call: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const controller = new AbortController();
  const pending = call(controller.signal).then(
    () => "answered",
    (reason: unknown) => reason,
  );
  await scheduler.wait(20);
  controller.abort("given up");
  return await pending;
}
