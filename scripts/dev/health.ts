/** Waits for a server that was just started, and says what it complains about when it doesn't come up. */
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "./refusal.ts";

const POLL_INTERVAL_MS = 100;
const REQUEST_TIMEOUT_MS = 15_000;
const ANSWER_SHOWN_MAX_CHARACTERS = 500;

/** `isReady` judges one answer; `ended` settles when the server's process has ended instead. */
export async function waitUntilReady(
  url: string,
  timeoutMs: number,
  isReady: (response: Response) => boolean,
  ended: Promise<number>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const end = { code: null as number | null };
  void ended.then((code) => {
    end.code = code;
  });
  let last = "no answer";
  while (Date.now() < deadline) {
    if (end.code !== null) throw new Refusal(`The process behind ${url} ended with exit code ${end.code}.`);
    const answer = await ask(url);
    if (typeof answer !== "string") {
      if (isReady(answer)) return;
      last = `${answer.status} ${(await answer.text()).slice(0, ANSWER_SHOWN_MAX_CHARACTERS)}`;
    }
    await sleep(POLL_INTERVAL_MS);
  }
  throw new Refusal(`${url} was not ready after ${timeoutMs / 1000} s; the last answer was: ${last}.`);
}

/** The answer, or the reason why there is none yet. */
async function ask(url: string): Promise<Response | string> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), redirect: "manual" });
  } catch (error) {
    return String(error);
  }
}
