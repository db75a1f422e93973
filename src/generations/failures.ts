/** Why a picture was not made, in words for the person who asked for it. */

export type FailureCode =
  | "prompt_refused"
  | "picture_blocked"
  | "provider_failed"
  | "provider_unreachable"
  | "invalid_picture"
  | "storage_failed"
  | "timed_out"
  | "canceled";

const WHAT_HAPPENED: Record<FailureCode, string> = {
  prompt_refused:
    "The picture service refused this description under its content rules, so nothing was drawn.",
  picture_blocked: "The picture was drawn, but the picture service's safety check held it back.",
  provider_failed: "The picture service could not make this picture.",
  provider_unreachable:
    "The picture service did not give a clear answer, so we stopped instead of asking twice.",
  invalid_picture: "What the picture service sent was not a complete picture of the shape that you chose.",
  storage_failed: "The picture was made, but it could not be saved safely.",
  timed_out: "The picture took longer than we allow.",
  canceled: "You cancelled this picture before it began.",
};

const WHAT_NEXT: Record<FailureCode, string> = {
  prompt_refused: "Change the wording and try again.",
  picture_blocked: "Change the wording and try again.",
  provider_failed: "Try again in a few minutes.",
  provider_unreachable: "Try again in a few minutes.",
  invalid_picture: "Try again; a new attempt usually works.",
  storage_failed: "Try again in a few minutes.",
  timed_out: "Try again in a few minutes.",
  canceled: "You can send it again whenever you like.",
};

const FAILURE_CODES: ReadonlySet<string> = new Set(Object.keys(WHAT_HAPPENED));

export function isFailureCode(code: string): code is FailureCode {
  return FAILURE_CODES.has(code);
}

/** What happened, that the credits are back, and what to do next. `cost` is whole credits. */
export function describeFailure(code: FailureCode, cost: number): string {
  const credits = cost === 1 ? "Your credit is back." : `Your ${cost} credits are back.`;
  return `${WHAT_HAPPENED[code]} ${credits} ${WHAT_NEXT[code]}`;
}
