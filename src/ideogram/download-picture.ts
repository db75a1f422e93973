/**
 * Fetches the bytes of a finished picture from a host on the list, whole or not at all.
 * It sends no key, follows no redirect to another host, and doesn't judge whether the bytes are a picture.
 */

import { logWarning } from "../log.ts";
import { fail, type Result, succeed } from "../result.ts";
import { type BodyFailure, discardBody, readBoundedBody } from "./bounded-body.ts";
import { describeAddress, parsePictureUrl } from "./image-hosts.ts";
import { redactText } from "./provider-message.ts";
import { DOWNLOAD_TIMEOUT_MS, type PictureSource, startTimer } from "./settings.ts";

export type DownloadFailure =
  /** Never fetched: the address, or where it redirects to, isn't one that we download from. */
  | { kind: "forbidden_host"; address: string }
  /** Poll once more for a fresh address, then give up. */
  | { kind: "expired"; status: number }
  | { kind: "too_large"; maxBytes: number }
  /** Download again: bytes are missing, or there are more than announced. */
  | { kind: "incomplete"; expectedBytes: number | null; receivedBytes: number }
  /** Download again: server error, network or timeout. `status` is null without a whole answer. */
  | { kind: "unreachable"; status: number | null; message: string }
  /** Another status than 200, and one that repeating won't change. */
  | { kind: "rejected"; status: number };

export async function downloadPicture(
  source: PictureSource,
  url: string,
): Promise<Result<Uint8Array<ArrayBuffer>, DownloadFailure>> {
  const { startDeadline = startTimer } = source;
  const signal = startDeadline(DOWNLOAD_TIMEOUT_MS);
  const bytes = await fetchPicture(source, url, signal);
  if (!bytes.ok) {
    // The address in a failure is where a redirect pointed; every field is free of signatures.
    logWarning("ideogram_download_failed", { from: describeAddress(url), ...bytes.error });
  }
  return bytes;
}

/** The largest picture that the product keeps. */
export const PICTURE_MAX_BYTES = 20 * 1024 * 1024;

const LATE: DownloadFailure = {
  kind: "unreachable",
  status: null,
  message: "The picture did not arrive in time.",
};
const REDIRECTS_MAX = 3;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const EXPIRED_STATUSES: ReadonlySet<number> = new Set([403, 404, 410]);
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

async function fetchPicture(
  source: PictureSource,
  url: string,
  signal: AbortSignal,
): Promise<Result<Uint8Array<ArrayBuffer>, DownloadFailure>> {
  const first = parsePictureUrl(url, source.imageHosts, source.allowHttpLoopback);
  if (first === null) return fail({ kind: "forbidden_host", address: describeAddress(url) });
  let address = first;
  let status = 0;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const response = await requestPicture(source, address, signal);
    if (!response.ok) return response;
    status = response.value.status;
    if (!REDIRECT_STATUSES.has(status)) return await readPicture(response.value, signal);
    const next = findRedirectTarget(source, address, response.value);
    await discardBody(response.value);
    if (!next.ok) return next;
    address = next.value;
  }
  return fail({ kind: "rejected", status });
}

async function requestPicture(
  source: PictureSource,
  address: URL,
  signal: AbortSignal,
): Promise<Result<Response, DownloadFailure>> {
  // Taken out of the settings because workerd's own fetch refuses to be called as their method.
  const { fetch } = source;
  const request = new Request(address, { redirect: "manual", cache: "no-store", signal });
  try {
    return succeed(await fetch(request));
  } catch (error) {
    if (signal.aborted) return fail(LATE);
    const message = redactText(`The connection failed: ${error}`, []);
    return fail({ kind: "unreachable", status: null, message });
  }
}

function findRedirectTarget(
  source: PictureSource,
  from: URL,
  response: Response,
): Result<URL, DownloadFailure> {
  const location = response.headers.get("Location");
  if (location === null || !URL.canParse(location, from.href)) {
    return fail({ kind: "rejected", status: response.status });
  }
  const { href } = new URL(location, from.href);
  const target = parsePictureUrl(href, source.imageHosts, source.allowHttpLoopback);
  return target === null || target.host !== from.host
    ? fail({ kind: "forbidden_host", address: describeAddress(href) })
    : succeed(target);
}

async function readPicture(
  response: Response,
  signal: AbortSignal,
): Promise<Result<Uint8Array<ArrayBuffer>, DownloadFailure>> {
  const { status } = response;
  if (status !== 200) {
    await discardBody(response);
    return fail(classifyStatus(status));
  }
  const expectedBytes = findAnnouncedLength(response.headers);
  const bytes = await readBoundedBody(response, { maxBytes: PICTURE_MAX_BYTES, expectedBytes, signal });
  return bytes.ok ? bytes : fail(explainBody(bytes.error));
}

function classifyStatus(status: number): DownloadFailure {
  if (EXPIRED_STATUSES.has(status)) return { kind: "expired", status };
  const isPassing = status >= 500 || PASSING_STATUSES.has(status);
  if (!isPassing) return { kind: "rejected", status };
  return { kind: "unreachable", status, message: `The picture's host answered ${status}.` };
}

function explainBody(failure: BodyFailure): DownloadFailure {
  return failure.kind === "timeout" ? LATE : failure;
}

/** null when the answer doesn't say, or says it of the encoded bytes, which aren't the ones that arrive here. */
function findAnnouncedLength(headers: Headers): number | null {
  const length = headers.get("Content-Length") ?? "";
  const isEncoded = (headers.get("Content-Encoding") ?? "identity").toLowerCase() !== "identity";
  return isEncoded || !/^\d{1,15}$/.test(length) ? null : Number(length);
}
