/**
 * Reads the body of an answer into one buffer, with a cap on bytes and a deadline that covers the whole body.
 * It refuses to return part of a body: what is too large, late or cut off is a failure.
 */

import { fail, type Result, succeed } from "../result.ts";

export interface BodyBounds {
  maxBytes: number;
  /** How many bytes must arrive, when the answer says so reliably; null when it doesn't. */
  expectedBytes: number | null;
  signal: AbortSignal;
}

export type BodyFailure =
  | { kind: "too_large"; maxBytes: number }
  /** The stream broke, or its length isn't the announced one. */
  | { kind: "incomplete"; expectedBytes: number | null; receivedBytes: number }
  | { kind: "timeout" };

export async function readBoundedBody(
  response: Response,
  bounds: BodyBounds,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyFailure>> {
  const { maxBytes, expectedBytes, signal } = bounds;
  if (expectedBytes !== null && expectedBytes > maxBytes) {
    await discardBody(response);
    return fail({ kind: "too_large", maxBytes });
  }
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  // A cancelled stream ends its pending read, whoever made the stream; a signal alone ends only the network's.
  const stop = () => void reader.cancel().catch(isAlreadyBroken);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const read = await readAll(reader, bounds);
    if (signal.aborted) return fail({ kind: "timeout" });
    if (!read.ok) stop();
    return read;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Tells the sender that nobody will read the rest, so that the connection is free again. */
export async function discardBody(response: Response): Promise<void> {
  await response.body?.cancel().catch(isAlreadyBroken);
}

const FIRST_BUFFER_BYTES = 64 * 1024;

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { maxBytes, expectedBytes }: BodyBounds,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyFailure>> {
  let bytes = new Uint8Array(expectedBytes ?? Math.min(FIRST_BUFFER_BYTES, maxBytes));
  let receivedBytes = 0;
  const incomplete = () => fail({ kind: "incomplete" as const, expectedBytes, receivedBytes });
  try {
    for (;;) {
      const chunk = await reader.read();
      if (chunk.done) break;
      const start = receivedBytes;
      receivedBytes += chunk.value.byteLength;
      if (receivedBytes > maxBytes) return fail({ kind: "too_large", maxBytes });
      if (expectedBytes !== null && receivedBytes > expectedBytes) return incomplete();
      if (receivedBytes > bytes.byteLength) {
        bytes = resize(bytes, Math.min(maxBytes, Math.max(receivedBytes, bytes.byteLength * 2)));
      }
      bytes.set(chunk.value, start);
    }
  } catch {
    return incomplete();
  }
  if (expectedBytes !== null && receivedBytes < expectedBytes) return incomplete();
  return succeed(resize(bytes, receivedBytes));
}

/** Moves the bytes instead of copying them where the engine can: a picture is held once, not twice. */
function resize(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === length ? bytes : new Uint8Array(bytes.buffer.transfer(length));
}

/** Cancelling a stream that broke reports the same break again; the read has already told the caller. */
function isAlreadyBroken(): true {
  return true;
}
