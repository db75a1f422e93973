/**
 * How often somebody may try. Every limit is the same for addresses with and without an account, and none lets one
 * place use up what another place needs: of a limit that an account shares, one place counts for a part at most.
 */
import type { Limit } from "../db/rate-counters.ts";
import type { Place } from "./place.ts";
import { hashToken } from "./token.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const FAILED_SIGN_INS_PER_MINUTE = 5;
export const FAILED_SIGN_INS_PER_MINUTE_AND_PLACE = 20;
/** In a quarter of an hour; then only a link by mail opens the account. */
export const FAILED_SIGN_INS_PER_ACCOUNT = 10;
const ACCOUNT_WINDOW_MS = 15 * MINUTE_MS;
export const LONGEST_SIGN_IN_WINDOW_MS = ACCOUNT_WINDOW_MS;
/** Of those, one place counts for half: locking somebody out takes at least two places. */
const FAILED_SIGN_INS_OF_ONE_PLACE = 5;

export const LETTERS_PER_HOUR = 5;
/** Of those, one place counts for four: somebody elsewhere always gets one more. */
const LETTERS_OF_ONE_PLACE = 4;
/** To all addresses together: nobody uses us to write to the whole world. */
export const LETTERS_PER_HOUR_AND_PLACE = 200;

/** What an attempt to sign in counts against until it succeeds. */
export async function buildSignInLimits(email: string, place: Place): Promise<Limit[]> {
  const [account, here, accountHere] = await Promise.all([
    buildKey("sign_in", email),
    buildKey("sign_in", place.key),
    buildKey("sign_in", email, place.key),
  ]);
  return [
    { key: accountHere, windowMs: MINUTE_MS, max: FAILED_SIGN_INS_PER_MINUTE },
    { key: here, windowMs: MINUTE_MS, max: FAILED_SIGN_INS_PER_MINUTE_AND_PLACE },
    { key: accountHere, windowMs: ACCOUNT_WINDOW_MS, max: FAILED_SIGN_INS_PER_ACCOUNT },
    {
      key: account,
      windowMs: ACCOUNT_WINDOW_MS,
      max: FAILED_SIGN_INS_PER_ACCOUNT,
      share: { key: accountHere, max: FAILED_SIGN_INS_OF_ONE_PLACE },
    },
  ];
}

export interface LetterLimits {
  limits: Limit[];
  /** The key of the limit on this place alone: when it is full, saying so tells nothing about an address. */
  placeKey: string;
}

/** What a letter with a link counts against, whoever asks for it and whatever it is for. */
export async function buildLetterLimits(email: string, place: Place): Promise<LetterLimits> {
  const [address, here, addressHere] = await Promise.all([
    buildKey("letter", email),
    buildKey("letter", place.key),
    buildKey("letter", email, place.key),
  ]);
  const limits: Limit[] = [
    { key: here, windowMs: HOUR_MS, max: LETTERS_PER_HOUR_AND_PLACE },
    { key: addressHere, windowMs: HOUR_MS, max: LETTERS_PER_HOUR },
    {
      key: address,
      windowMs: HOUR_MS,
      max: LETTERS_PER_HOUR,
      share: { key: addressHere, max: LETTERS_OF_ONE_PLACE },
    },
  ];
  return { limits, placeKey: here };
}

/** Addresses of people and machines are counted by hash; the rows live an hour at most. */
async function buildKey(kind: "sign_in" | "letter", ...parts: string[]): Promise<string> {
  return `${kind}:${await hashToken(JSON.stringify(parts))}`;
}
