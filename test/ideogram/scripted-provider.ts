/** A provider that answers from a script, one step a request, and keeps what it was sent. */

import type { IdeogramSettings, SendRequest } from "../../src/ideogram/settings.ts";
import type { GenerationRequest } from "../../src/ideogram/submit-body.ts";

export type Step = (request: Request) => Response | Promise<Response>;

export interface SeenRequest {
  method: string;
  url: string;
  headers: Headers;
  redirect: string;
  body: string;
}

export const API_KEY = "key-that-must-stay-secret-0123456789";
export const PROMPT = "A lantern festival at dusk for Aunt Ottoline";
export const GENERATION_ID = "xtdZiqPwRxqY1Y7NExFmzB";
export const PICTURE_URL = `https://ideogram.ai/api/images/ephemeral/${GENERATION_ID}.png?exp=1800000000&sig=5e55`;

export const REQUEST: GenerationRequest = {
  model: "ideogram-4-5",
  prompt: PROMPT,
  quality: "medium",
  size: "1024x1024",
  magicPrompt: "auto",
};

/** The short deadline of tests that wait for it. */
export const SHORT_TIMEOUT_MS = 40;

export function scriptFetch(...steps: Step[]): { fetch: SendRequest; seen: SeenRequest[] } {
  const seen: SeenRequest[] = [];
  const fetch: SendRequest = async (request) => {
    const { method, url, headers, redirect } = request;
    seen.push({ method, url, headers, redirect, body: await request.clone().text() });
    const step = steps[seen.length - 1];
    if (step === undefined) throw new Error(`the script has no step for request ${seen.length}`);
    return await step(request);
  };
  return { fetch, seen };
}

export function buildSettings(fetch: SendRequest, changes: Partial<IdeogramSettings> = {}): IdeogramSettings {
  return {
    fetch,
    baseUrl: "https://api.ideogram.test",
    apiKey: API_KEY,
    imageHosts: [
      { hostname: "ideogram.ai", isWildcard: false, port: null },
      { hostname: "ideogram.ai", isWildcard: true, port: null },
    ],
    allowHttpLoopback: false,
    ...changes,
  };
}

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Step {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return () => new Response(text === "" ? null : text, { status, headers });
}

/** Accepts the request and never answers; gives up when the caller does, as the network would. */
export const hang: Step = (request) =>
  new Promise((_, reject) => {
    request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true });
  });

/** Answers just when the caller has given up. */
export function afterDeadline(step: Step): Step {
  return (request) =>
    new Promise((resolve) => {
      request.signal.addEventListener("abort", () => resolve(step(request)), { once: true });
    });
}

/** workerd's words for a refused connection and for a reset one alike. */
export const reset: Step = () => Promise.reject(new Error("Network connection lost."));

/** Sends the start of a body, then nothing more, and the connection stays open. */
export function hangInBody(status: number, start: string, headers: Record<string, string> = {}): Step {
  const pull = (controller: ReadableStreamDefaultController) => {
    controller.enqueue(new TextEncoder().encode(start));
    return new Promise<void>(() => undefined);
  };
  return () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { status, headers });
}

/** Sends the start of a body, then loses the connection. */
export function breakInBody(status: number, start: string, headers: Record<string, string> = {}): Step {
  let isStarted = false;
  const pull = (controller: ReadableStreamDefaultController) => {
    if (isStarted) controller.error(new Error("Network connection lost."));
    else controller.enqueue(new TextEncoder().encode(start));
    isStarted = true;
  };
  return () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { status, headers });
}

/** A body without an end, in chunks of 1 MiB; `state` tells how much was sent and whether the reader gave up. */
export function sendForever(status: number): { step: Step; state: { chunks: number; isCancelled: boolean } } {
  const state = { chunks: 0, isCancelled: false };
  const source = {
    pull(controller: ReadableStreamDefaultController) {
      state.chunks++;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
    cancel() {
      state.isCancelled = true;
    },
  };
  return { step: () => new Response(new ReadableStream(source, { highWaterMark: 0 }), { status }), state };
}
