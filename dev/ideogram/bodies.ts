/** Response bodies that arrive badly: broken off, stalled, slow, or without end. */

import { ConnectionLost, hang, type Simulation } from "./simulation.ts";

const DRIBBLE_PIECES = 10;
const MEGABYTE = 1024 * 1024;
/** What is sent must have left before the connection breaks, or a proxy in between reports an error instead. */
const BREAK_DELAY_MILLISECONDS = 50;

type Write = (bytes: Uint8Array) => void;

/** Half of the bytes, then a broken connection. */
export function breakBody(
  bytes: Uint8Array,
  simulation: Simulation,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  return streamBody(async (write) => {
    write(bytes.subarray(0, bytes.length >> 1));
    await simulation.wait(BREAK_DELAY_MILLISECONDS, signal);
    throw new ConnectionLost();
  });
}

/** Half of the bytes, then silence. */
export function stallBody(
  bytes: Uint8Array,
  simulation: Simulation,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  return streamBody(async (write) => {
    write(bytes.subarray(0, bytes.length >> 1));
    await hang(simulation, signal);
  });
}

/** All bytes, spread over some seconds. */
export function dribbleBody(
  bytes: Uint8Array,
  seconds: number,
  simulation: Simulation,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  return streamBody(async (write) => {
    const size = Math.ceil(bytes.length / DRIBBLE_PIECES);
    for (let at = 0; at < bytes.length; at += size) {
      await simulation.wait((seconds * 1_000) / DRIBBLE_PIECES, signal);
      write(bytes.subarray(at, at + size));
    }
  });
}

/** The bytes, then zeros up to some megabytes, without a promised length. */
export function floodBody(bytes: Uint8Array, megabytes: number): ReadableStream<Uint8Array> {
  let left = megabytes;
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes),
    pull: (controller) => {
      if (left-- > 0) controller.enqueue(new Uint8Array(MEGABYTE));
      else controller.close();
    },
  });
}

/** A body that breaks before its first byte. */
export function brokenBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      await new Promise((resolve) => setTimeout(resolve, BREAK_DELAY_MILLISECONDS));
      controller.error(new ConnectionLost());
    },
  });
}

function streamBody(fill: (write: Write) => Promise<void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      // Not awaited: a stream whose start has not ended hands out nothing.
      void fill((bytes) => controller.enqueue(bytes))
        .then(() => controller.close())
        .catch((reason: unknown) => controller.error(reason));
    },
  });
}
