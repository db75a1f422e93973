/**
 * What the client has to be given. Nothing here is read from the environment or kept between calls.
 * The download's part has no key, so a picture's host can never be sent one.
 */

import type { ImageHost } from "./image-hosts.ts";

export type SendRequest = (request: Request) => Promise<Response>;

/** A signal that aborts when so many milliseconds are over; without one, by this machine's clock. */
export type StartDeadline = (ms: number) => AbortSignal;

export interface ProviderApi {
  fetch: SendRequest;
  /** Such as `https://api.ideogram.ai`; the simulator's address in development. */
  baseUrl: string;
  apiKey: string;
  startDeadline?: StartDeadline;
}

export interface PictureSource {
  fetch: SendRequest;
  imageHosts: readonly ImageHost[];
  /** Plain http to this machine, for the simulator in development and never in production. */
  allowHttpLoopback: boolean;
  startDeadline?: StartDeadline;
}

// workerd prints a header value that isn't ASCII to its log, and this one is a secret.
const USABLE_KEY = /^[\x21-\x7e]+$/;
// A scheme and a host, without credentials or a query that a path can't be put after.
const USABLE_BASE_URL = /^https?:\/\/[^\s@?#]+$/;

/** Whether the key can be a header: one that was stored with its line break can't. */
export function isUsableKey(apiKey: string): boolean {
  return USABLE_KEY.test(apiKey);
}

export function isUsableBaseUrl(baseUrl: string): boolean {
  return USABLE_BASE_URL.test(baseUrl) && URL.canParse(baseUrl);
}

export interface IdeogramSettings extends ProviderApi, PictureSource {}

/** From sending to the last byte of the answer. */
export const CALL_TIMEOUT_MS = 30_000;
/** From the first request, over all redirects, to the last byte of the picture. */
export const DOWNLOAD_TIMEOUT_MS = 60_000;

export const startTimer: StartDeadline = (ms) => AbortSignal.timeout(ms);
