/** A provider that answers from a script, one step a request, and keeps what it was sent. */

import type { IdeogramSettings, SendRequest } from "../../src/ideogram/settings.ts";
import type { GenerationRequest } from "../../src/ideogram/submit-body.ts";
import { createDeadlines, type Deadlines } from "../support/deadlines.ts";

/** A step that keeps its caller waiting calls `passDeadline` once there is nothing left to happen but that. */
export type Step = (request: Request, passDeadline: () => void) => Response | Promise<Response>;

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

export interface Script {
  fetch: SendRequest;
  seen: SeenRequest[];
  deadlines: Deadlines;
}

export function scriptFetch(...steps: Step[]): Script {
  const seen: SeenRequest[] = [];
  const deadlines = createDeadlines();
  const fetch: SendRequest = async (request) => {
    const { method, url, headers, redirect } = request;
    seen.push({ method, url, headers, redirect, body: await request.clone().text() });
    const step = steps[seen.length - 1];
    if (step === undefined) throw new Error(`the script has no step for request ${seen.length}`);
    return await step(request, deadlines.pass);
  };
  return { fetch, seen, deadlines };
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
export const hang: Step = (request, passDeadline) =>
  new Promise((_, reject) => {
    request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true });
    passDeadline();
  });

/** Answers just when the caller has given up. */
export function afterDeadline(step: Step): Step {
  return (request, passDeadline) => {
    passDeadline();
    return step(request, passDeadline);
  };
}

/** workerd's words for a refused connection and for a reset one alike. */
export const reset: Step = () => Promise.reject(new Error("Network connection lost."));

/** Sends the start of a body, then nothing more, and the connection stays open. */
export function hangInBody(status: number, start: string, headers: Record<string, string> = {}): Step {
  return (_request, passDeadline) => {
    let isStarted = false;
    const pull = async (controller: ReadableStreamDefaultController) => {
      if (!isStarted) {
        isStarted = true;
        controller.enqueue(new TextEncoder().encode(start));
        return;
      }
      passDeadline();
      await new Promise(() => undefined);
    };
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { status, headers });
  };
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
export function sendForever(status: number): {
  step: () => Response;
  state: { chunks: number; isCancelled: boolean };
} {
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
