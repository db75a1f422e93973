/** Requests to the whole app, as a browser of a signed-in or anonymous person would send them. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { app } from "../../src/app.ts";
import type { Bindings } from "../../src/env.ts";
import type { TestPerson } from "./people.ts";
import { recordingQueue } from "./queue.ts";

export const ORIGIN = "http://eventide.test";

export interface CallOptions {
  as?: TestPerson | undefined;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, for JSON that nobody could write with `json`. */
  text?: string;
  /** Sent as it is, with a Content-Type of your own. */
  bytes?: Uint8Array;
  /** Sent as a form, with files where there are some. */
  form?: Record<string, string> | FormData;
  headers?: Record<string, string>;
  /** Replaces bindings and variables for this request. */
  env?: Partial<Bindings>;
}

/** The bindings of a request whose queue only records: tests deliver messages themselves. */
export function testBindings(overrides: Partial<Bindings> = {}): Bindings {
  return { ...env, GENERATIONS: recordingQueue().queue, ...overrides } as Bindings;
}

export async function call(method: string, path: string, options: CallOptions = {}): Promise<Response> {
  const headers = new Headers({ Origin: ORIGIN, ...options.headers });
  if (options.as !== undefined) headers.set("Cookie", options.as.cookie);
  let body: BodyInit | null = null;
  if (options.json !== undefined) {
    headers.set("Content-Type", headers.get("Content-Type") ?? "application/json");
    body = JSON.stringify(options.json);
  } else if (options.text !== undefined) {
    body = options.text;
  } else if (options.bytes !== undefined) {
    body = options.bytes;
  } else if (options.form !== undefined) {
    body = options.form instanceof FormData ? options.form : new URLSearchParams(options.form);
  }
  const context = createExecutionContext();
  const request = new Request(`${ORIGIN}${path}`, { method, headers, body, redirect: "manual" });
  const response = await app.fetch(request, testBindings(options.env), context);
  await waitOnExecutionContext(context);
  return response;
}
