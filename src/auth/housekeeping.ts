/** What the minute's cron does for identity: letters that are due, and rows that nobody needs any more. */
import { deleteExpiredLinks } from "../db/auth-tokens.ts";
import { deleteExpiredChallenges } from "../db/passkey-challenges.ts";
import { deleteExpiredCounters } from "../db/rate-counters.ts";
import { logError } from "../log.ts";
import { deliverDueLetters, type PostOffice } from "../mail/outbox.ts";

const EXPIRED_ROWS_MAX = 500;

/** Each part runs on its own: one that fails doesn't keep the others from running. */
export async function keepHouse(office: PostOffice, now: number): Promise<void> {
  await runPart("letters", () => deliverDueLetters(office, now));
  await runPart("expired_links", () => deleteExpiredLinks(office.db, now, EXPIRED_ROWS_MAX));
  await runPart("expired_challenges", () => deleteExpiredChallenges(office.db, now, EXPIRED_ROWS_MAX));
  await runPart("expired_counters", () => deleteExpiredCounters(office.db, now, EXPIRED_ROWS_MAX));
}

async function runPart(part: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    logError("schedule_failed", error, { part });
  }
}
