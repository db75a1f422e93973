/** Waits until the running app serves what the namespace holds, by the revision that it puts on every answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../dev/refusal.ts";

const POLL_INTERVAL_MS = 250;
const REQUEST_TIMEOUT_MS = 15_000;
/** A server that starts again refuses for a moment; one that isn't there goes on refusing. */
const REFUSED_MAX_MS = 2_000;
const REVISION_HEADER = "x-flags-rev";

export interface WaitOptions {
  /** The app's origin. */
  url: string;
  rev: string;
  timeoutMs: number;
  /** So many answers in a row: a deployed app is many isolates, and each of them follows on its own. */
  answers: number;
}

/** How long it took, in milliseconds. */
export async function waitForRevision(options: WaitOptions): Promise<number> {
  const startedAt = Date.now();
  let inARow = 0;
  let last = "no answer";
  let answeredAt = startedAt;
  while (Date.now() - startedAt < options.timeoutMs) {
    const { seen, isRefused } = await readRevision(options.url);
    if (!isRefused) answeredAt = Date.now();
    if (Date.now() - answeredAt > REFUSED_MAX_MS) throw new Refusal(describeRefused(options.url));
    inARow = seen === options.rev ? inARow + 1 : 0;
    if (inARow >= options.answers) return Date.now() - startedAt;
    last = seen ?? "no answer";
    if (seen !== options.rev) await sleep(POLL_INTERVAL_MS);
  }
  throw new Refusal(
    `${options.url} did not serve revision ${options.rev} within ${options.timeoutMs / 1000} s; the last one was ${last}.`,
  );
}

function describeRefused(url: string): string {
  return `Nothing answers at ${url}: the connection is refused. Start the app, or say where it is with --url.`;
}

async function readRevision(url: string): Promise<{ seen: string | null; isRefused: boolean }> {
  try {
    const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    await response.body?.cancel();
    return { seen: response.headers.get(REVISION_HEADER), isRefused: false };
  } catch (error) {
    return { seen: null, isRefused: isConnectionRefused(error) };
  }
}

/** fetch keeps the code beside the cause of its error, also where localhost has two addresses. */
function isConnectionRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}
