/**
 * One JSON exchange with the provider: key, deadline, byte cap, and what came back, as plain facts.
 * It judges no status and repeats nothing: what an answer means differs between a billed and a free call.
 */

import { type BodyFailure, readBoundedBody } from "./bounded-body.ts";
import { readProviderMessage, readRejectReason, redactText } from "./provider-message.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { CALL_TIMEOUT_MS, isUsableBaseUrl, isUsableKey, type ProviderApi, startTimer } from "./settings.ts";

export interface ProviderCall {
  method: "GET" | "POST";
  /** Begins with a slash; its parts are already encoded. */
  path: string;
  body?: Readonly<Record<string, string | number | boolean>>;
}

export interface Answer {
  kind: "answer";
  status: number;
  /** undefined when the body isn't JSON or didn't arrive whole. */
  json: unknown;
  bodyTrouble: BodyFailure["kind"] | "not_json" | null;
  message: string;
  rejectReason: string | null;
  retryAfterSeconds: number | null;
}

/**
 * `not_sent` is certain: the request couldn't even be built. `network` isn't: workerd reports a refused connection
 * and one that was reset after the provider had read everything with the same error.
 */
export interface NoAnswer {
  kind: "not_sent" | "network" | "timeout";
  message: string;
}

export type Outcome = Answer | NoAnswer;

/** Never throws: whatever goes wrong after the request has left is an outcome that somebody paid for. */
export async function callProvider(api: ProviderApi, call: ProviderCall): Promise<Outcome> {
  const { startDeadline = startTimer } = api;
  const signal = startDeadline(CALL_TIMEOUT_MS);
  const request = buildRequest(api, call, signal);
  if (request === null) {
    return { kind: "not_sent", message: "The provider's address or key is not usable." };
  }
  // Taken out of the settings because workerd's own fetch refuses to be called as their method.
  const { fetch } = api;
  const secrets = [api.apiKey, String(call.body?.["prompt"] ?? "")];
  try {
    return await readAnswer(await fetch(request), signal, secrets);
  } catch (error) {
    if (signal.aborted) return { kind: "timeout", message: "The provider did not answer in time." };
    return { kind: "network", message: redactText(`The connection failed: ${error}`, secrets) };
  }
}

const ANSWER_MAX_BYTES = 256 * 1024;

/** null when the settings make no request. The reason isn't passed on: it would quote the address or the key. */
function buildRequest(api: ProviderApi, call: ProviderCall, signal: AbortSignal): Request | null {
  if (!isUsableKey(api.apiKey) || !isUsableBaseUrl(api.baseUrl)) return null;
  const url = api.baseUrl.replace(/\/+$/, "") + call.path;
  if (!URL.canParse(url)) return null;
  const headers = new Headers({ "Api-Key": api.apiKey, Accept: "application/json" });
  // A redirect is never followed: it would carry the key to wherever it points.
  const init: RequestInit = { method: call.method, headers, redirect: "manual", cache: "no-store", signal };
  if (call.body !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(call.body);
  }
  return new Request(url, init);
}

async function readAnswer(response: Response, signal: AbortSignal, secrets: string[]): Promise<Answer> {
  const { status } = response;
  const body = await readBoundedBody(response, { maxBytes: ANSWER_MAX_BYTES, expectedBytes: null, signal });
  const text = body.ok ? new TextDecoder().decode(body.value) : "";
  const json = parseJson(text);
  const notJson = json === undefined ? "not_json" : null;
  return {
    kind: "answer",
    status,
    json,
    bodyTrouble: body.ok ? notJson : body.error.kind,
    message: readProviderMessage(json, text, status, secrets),
    rejectReason: readRejectReason(json),
    retryAfterSeconds: parseRetryAfter(response.headers.get("Retry-After"), Date.now()),
  };
}

/** undefined, which JSON can't express, for text that isn't JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
