/**
 * Calls to an identity provider: bounded in time and size, never redirected, and never in the clear across a network.
 * The library that makes the calls has none of these bounds by itself.
 */
import { isHttpLoopback } from "../../loopback.ts";

const CALL_TIMEOUT_MS = 10_000;
/** Discovery documents are the largest answers; real ones have 2 to 8 KB. */
const ANSWER_MAX_BYTES = 256 * 1024;

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

export function boundFetch(fetch: Fetch): Fetch {
  return async function boundedFetch(input, init) {
    const request = new Request(input, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const url = new URL(request.url);
    if (url.protocol !== "https:" && !isHttpLoopback(url)) {
      throw new Error(`The identity provider names an address that is not https: ${url.origin}`);
    }
    const response = await fetch(request);
    const body = await readBounded(response);
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

async function readBounded(response: Response): Promise<ArrayBuffer | null> {
  if (response.body === null) return null;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > ANSWER_MAX_BYTES) throw new Error("The identity provider's answer is too large");
    chunks.push(chunk);
  }
  return new Blob(chunks).arrayBuffer();
}
