/**
 * What can be made to go wrong: the catalogue of modes, and how a prompt's tag names one.
 * A tag is [[sim:NAME]] or [[sim:NAME:NUMBER]]; a prompt may carry several.
 */

import { fail, type Result, succeed } from "../../src/result.ts";

/** Which request a mode changes. A "job" mode is fixed when a generation starts and shows in its result. */
export type FaultStage = "submit" | "job" | "poll" | "download" | "webhook";

export interface FaultMode {
  stage: FaultStage;
  /** What the number of a tag means for this mode. */
  number: "times" | "seconds" | "megabytes" | "none";
  /** How often it happens when the tag has no number of times; null = every time. */
  times: number | null;
  summary: string;
}

function define<Stage extends FaultStage>(
  stage: Stage,
  number: FaultMode["number"],
  times: number | null,
  summary: string,
): FaultMode & { stage: Stage } {
  return { stage, number, times, summary };
}

export const FAULT_MODES = {
  "401": define("submit", "times", null, "the key is refused"),
  "402": define("submit", "times", null, "the balance is empty (insufficient_funds)"),
  "403": define("submit", "times", null, "the account may not use this route"),
  "400": define("submit", "times", null, "refused as invalid, with a problem document"),
  "400-plain": define("submit", "times", null, "refused as invalid, with {error}"),
  "422": define("submit", "times", null, "the safety check refuses the prompt"),
  "422-empty": define("submit", "times", null, "the safety check refuses the prompt, without a body"),
  "429": define("submit", "times", 1, "the in-flight limit, without Retry-After"),
  "429-after": define("submit", "seconds", 1, "the in-flight limit, once, with Retry-After: NUMBER"),
  "500-before": define("submit", "times", null, "500, and nothing was started"),
  "500-after": define("submit", "times", null, "500, but the generation runs and is billed"),
  "503-sync": define("submit", "times", null, "503 after 265 s; the generation runs and is billed"),
  hang: define("submit", "times", null, "never answers; the generation runs and is billed"),
  "hang-before": define("submit", "times", null, "never answers, and nothing was started"),
  reset: define("submit", "times", null, "the connection breaks; the generation runs and is billed"),
  "reset-before": define("submit", "times", null, "the connection breaks, and nothing was started"),
  "2xx-html": define("submit", "times", null, "200 with a web page; the generation runs and is billed"),
  "2xx-truncated-json": define("submit", "times", null, "200 with half a JSON body; runs and is billed"),
  slow: define("job", "seconds", null, "stays pending for NUMBER seconds (60)"),
  stuck: define("job", "none", null, "stays pending for ever"),
  failed: define("job", "none", null, "fails with content_policy_violation; not billed"),
  "failed-noreason": define("job", "none", null, "fails without a reason; not billed"),
  unsafe: define("job", "none", null, "every picture blocked; its url is null, empty or absent in turn"),
  "unsafe-mixed": define("job", "none", null, "the first, third … picture blocked, the others delivered"),
  "empty-data": define("job", "none", null, "completed, with data empty or absent in turn"),
  "extra-fields": define("job", "none", null, "unknown keys everywhere, and no object_type"),
  "expired-403": define(
    "job",
    "times",
    null,
    "the first NUMBER results hold expired addresses, answered 403",
  ),
  "expired-404": define(
    "job",
    "times",
    null,
    "the first NUMBER results hold expired addresses, answered 404",
  ),
  "url-evil": define("job", "none", null, "picture addresses on another host"),
  "poll-404-once": define("poll", "none", 1, "the first poll does not know the generation"),
  "poll-404": define("poll", "times", null, "the generation is unknown"),
  "poll-400": define("poll", "times", null, "the poll is refused as invalid"),
  "poll-401": define("poll", "times", null, "the key is refused"),
  "poll-403": define("poll", "times", null, "the account may not poll"),
  "poll-429": define("poll", "times", 1, "too many polls, with Retry-After: 1"),
  "poll-500": define("poll", "times", 1, "server error"),
  "poll-hang": define("poll", "times", 1, "never answers"),
  "poll-reset": define("poll", "times", 1, "the connection breaks"),
  "poll-html": define("poll", "times", 1, "200 with a web page"),
  "img-500": define("download", "times", 1, "server error"),
  "img-slow": define("download", "seconds", null, "the body takes NUMBER seconds (20, scaled)"),
  "img-hang": define("download", "times", 1, "half of the body, then nothing more"),
  "img-reset": define("download", "times", 1, "the connection breaks before the body"),
  "img-truncated": define("download", "times", null, "img-short and img-cut in turn"),
  "img-short": define("download", "times", null, "half of the bytes that Content-Length promises"),
  "img-cut": define("download", "times", null, "a PNG without its end, with a matching Content-Length"),
  "img-crc": define("download", "times", null, "a whole PNG with one damaged byte"),
  "img-html": define("download", "times", null, "a web page, labelled text/html and image/png in turn"),
  "img-0": define("download", "times", null, "no bytes"),
  "img-4": define("download", "times", null, "four bytes, labelled image/png"),
  "img-jpeg": define("download", "times", null, "a JPEG file under the .png name"),
  "img-webp": define("download", "times", null, "a WebP file under the .png name"),
  "img-wrong-size": define("download", "times", null, "a whole PNG of half the width and height"),
  "img-wrong-shape": define("download", "times", null, "a whole PNG of half the width"),
  "img-huge": define("download", "megabytes", null, "NUMBER megabytes (60) without Content-Length"),
  "redirect-evil": define("download", "times", null, "302 to another host"),
  "hook-dup": define("webhook", "none", null, "delivered twice"),
  "hook-late": define("webhook", "seconds", null, "delivered NUMBER seconds (600) late"),
  "hook-badsig": define("webhook", "none", null, "delivered with a wrong signature"),
  "hook-oldkey": define(
    "webhook",
    "none",
    null,
    "signed with the previous key, the header naming the current one",
  ),
  "hook-never": define("webhook", "none", null, "not delivered"),
} as const satisfies Record<string, FaultMode>;

export type FaultName = keyof typeof FAULT_MODES;

/** The names of one stage's modes. */
export type FaultNameOf<Stage extends FaultStage> = {
  [Name in FaultName]: (typeof FAULT_MODES)[Name]["stage"] extends Stage ? Name : never;
}[FaultName];

export interface Fault {
  name: FaultName;
  /** The number of the tag, or null when it had none. */
  number: number | null;
}

const TAG_PATTERN = /\[\[sim:([^\]]*)\]\]/g;
const FAULT_NUMBER_MAX = 100_000;

/** "429" or "429:3" → a fault; null when there is no such mode or the number makes no sense. */
export function parseFault(text: string): Fault | null {
  const [name = "", digits, ...rest] = text.split(":");
  if (!isFaultName(name) || rest.length > 0) return null;
  if (digits === undefined) return { name, number: null };
  const number = Number(digits);
  const fits = /^\d+(\.\d+)?$/.test(digits) && number <= FAULT_NUMBER_MAX;
  return fits && FAULT_MODES[name].number !== "none" ? { name, number } : null;
}

/** The faults that a prompt asks for, or the first tag that names none. */
export function parsePromptFaults(prompt: string): Result<Fault[], string> {
  const faults: Fault[] = [];
  for (const [tag, text = ""] of prompt.matchAll(TAG_PATTERN)) {
    const fault = parseFault(text);
    if (fault === null) return fail(tag);
    faults.push(fault);
  }
  return succeed(faults);
}

export function isFaultName(name: unknown): name is FaultName {
  return typeof name === "string" && Object.hasOwn(FAULT_MODES, name);
}

export function formatFault({ name, number }: Fault): string {
  return number === null ? name : `${name}:${number}`;
}

/** How often the fault happens; null = every time. */
export function timesOf({ name, number }: Fault): number | null {
  const mode: FaultMode = FAULT_MODES[name];
  return mode.number === "times" && number !== null ? number : mode.times;
}

export function findFault(faults: readonly Fault[], ...names: FaultName[]): Fault | null {
  return faults.find(({ name }) => names.includes(name)) ?? null;
}

/**
 * The first fault of a stage that is not used up, and counts this use of it.
 * `scope` keeps the counts of different requests apart, such as the downloads of two pictures.
 */
export function takeFault(
  counts: Record<string, number>,
  scope: string,
  faults: readonly Fault[],
  stage: FaultStage,
): Fault | null {
  for (const fault of faults.filter(({ name }) => FAULT_MODES[name].stage === stage)) {
    const key = `${scope} ${fault.name}`;
    const used = counts[key] ?? 0;
    const times = timesOf(fault);
    if (times !== null && used >= times) continue;
    counts[key] = used + 1;
    return fault;
  }
  return null;
}
