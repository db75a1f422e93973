/** The bytes of a download, whole or spoiled by a fault. */

import { answerError, answerHtml } from "./answers.ts";
import { breakBody, dribbleBody, floodBody, stallBody } from "./bodies.ts";
import type { Fault } from "./faults.ts";
import { encodeJpeg } from "./pictures/jpeg.ts";
import { encodePng } from "./pictures/png.ts";
import { type PosterRequest, paintPoster } from "./pictures/poster.ts";
import { encodeWebp } from "./pictures/webp.ts";
import { ConnectionLost, type Simulation } from "./simulation.ts";
import { EVIL_ORIGIN } from "./urls.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const SLOW_DEFAULT_SECONDS = 20;
const HUGE_DEFAULT_MEGABYTES = 60;
/** The word "stub", which a stand-in library once returned instead of a picture. */
const FOUR_BYTES = Uint8Array.of(0x73, 0x74, 0x75, 0x62);
const IEND_CHUNK_BYTES = 12;

/** `turn` counts the downloads of this picture from 0. */
export async function answerWithPicture(
  simulation: Simulation,
  order: PosterRequest,
  fault: Fault | null,
  turn: number,
  signal: AbortSignal,
): Promise<Response> {
  switch (fault?.name) {
    case "img-500":
      return answerError(500, "Internal server error.");
    case "img-reset":
      throw new ConnectionLost();
    case "redirect-evil":
      return new Response(null, { status: 302, headers: { location: `${EVIL_ORIGIN}/picture.png` } });
    case "img-html":
      return answerHtml(200, turn % 2 === 0 ? "text/html; charset=utf-8" : "image/png");
    case "img-0":
      return answerBytes(new Uint8Array(0));
    case "img-4":
      return answerBytes(FOUR_BYTES);
    case "img-huge":
      return answerStream(floodBody(await drawPng(order), fault.number ?? HUGE_DEFAULT_MEGABYTES));
    case "img-slow":
    case "img-hang":
    case "img-short":
    case "img-truncated":
      return await answerSlowly(simulation, order, fault, turn, signal);
    default:
      return answerBytes(await drawSpoiled(order, fault));
  }
}

/** Bodies that do not arrive in one piece. */
async function answerSlowly(
  simulation: Simulation,
  order: PosterRequest,
  fault: Fault,
  turn: number,
  signal: AbortSignal,
): Promise<Response> {
  const bytes = await drawPng(order);
  if (fault.name === "img-hang") return answerStream(stallBody(bytes, simulation, signal), bytes.length);
  if (fault.name === "img-slow") {
    const scaled = SLOW_DEFAULT_SECONDS * simulation.settings.latencyScale;
    return answerStream(dribbleBody(bytes, fault.number ?? scaled, simulation, signal), bytes.length);
  }
  const isCut = fault.name === "img-truncated" && turn % 2 === 1;
  return isCut
    ? answerBytes(cutEnd(bytes))
    : answerStream(breakBody(bytes, simulation, signal), bytes.length);
}

/** Whole files that are not what was promised. */
async function drawSpoiled(order: PosterRequest, fault: Fault | null): Promise<Bytes> {
  switch (fault?.name) {
    case "img-cut":
      return cutEnd(await drawPng(order));
    case "img-crc":
      return damageMiddle(await drawPng(order));
    case "img-jpeg":
      return encodeJpeg(paintPoster(order));
    case "img-webp":
      return encodeWebp(paintPoster(order));
    case "img-wrong-size":
      return await drawPng({ ...order, width: order.width >> 1, height: order.height >> 1 });
    case "img-wrong-shape":
      return await drawPng({ ...order, width: order.width >> 1 });
    default:
      return await drawPng(order);
  }
}

function drawPng(order: PosterRequest): Promise<Bytes> {
  return encodePng(paintPoster(order));
}

/** Without the end chunk and a little of the pixels. */
function cutEnd(bytes: Bytes): Bytes {
  return bytes.slice(0, bytes.length - IEND_CHUNK_BYTES - 100);
}

function damageMiddle(bytes: Bytes): Bytes {
  const damaged = bytes.slice();
  const middle = damaged.length >> 1;
  damaged[middle] = (damaged[middle] ?? 0) ^ 0xff;
  return damaged;
}

/** The provider names every picture .png, so that every answer is labelled so. */
function answerBytes(bytes: Bytes): Response {
  return new Response(bytes, {
    headers: { "content-type": "image/png", "content-length": String(bytes.length) },
  });
}

function answerStream(body: ReadableStream<Uint8Array>, length: number | null = null): Response {
  const headers = new Headers({ "content-type": "image/png" });
  if (length !== null) headers.set("content-length", String(length));
  return new Response(body, { headers });
}
