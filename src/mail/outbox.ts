/**
 * Gets letters out: right after the request that asked for one, and again from the minute's cron until it worked.
 * Two senders at once can't both send a letter; one that died half-way is followed by another.
 */
import {
  claimLetter,
  deleteLetter,
  LETTER_RETRY_FIRST_MS,
  listDueLetters,
  type OutboxRow,
  releaseLetter,
} from "../db/mail-outbox.ts";
import { logAlarm, logError, logInfo, logWarning } from "../log.ts";
import { fail, type Result, succeed } from "../result.ts";
import { type Letter, renderLetter } from "./letter.ts";
import type { Mailer, MailFailure } from "./mail.ts";

export interface PostOffice {
  db: D1Database;
  mailer: Mailer;
  /** The one public origin, for the letter's foot. */
  origin: string;
  /** Writes the letter of a row, the same each time; null when nobody needs it any more. */
  write: (row: OutboxRow) => Promise<Letter | null>;
}

/** Between attempts it is twice as long each time, and never longer than this. */
const RETRY_MAX_MS = 15 * 60_000;
/** A letter that nobody could send for so long is given up: what it was about is long over. */
const GIVE_UP_AFTER_MS = 3 * 3_600_000;
const LETTERS_PER_ROUND_MAX = 50;

export type Delivery = "sent" | "dropped" | "failed" | "given_up" | "not_mine";

/** Sends one letter if it is due. Never throws: what went wrong is logged, and the row stays for the next round. */
export async function deliverLetter(
  office: PostOffice,
  id: string,
  attemptsBefore: number,
): Promise<Delivery> {
  try {
    const row = await claimLetter(office.db, id, Date.now(), delayAfter(attemptsBefore + 1));
    return row === null ? "not_mine" : await deliver(office, row);
  } catch (error) {
    logError("mail_failed", error, { letter: id });
    return "failed";
  }
}

/** Everything that is due, a bounded number of letters in one round. */
export async function deliverDueLetters(office: PostOffice, now: number): Promise<void> {
  for (const { id, attempts } of await listDueLetters(office.db, now, LETTERS_PER_ROUND_MAX)) {
    await deliverLetter(office, id, attempts);
  }
}

async function deliver(office: PostOffice, row: OutboxRow): Promise<Delivery> {
  const facts = { letter: row.id, kind: row.kind, attempts: row.attempts };
  const sent = await writeAndSend(office, row);
  if (sent.ok) {
    await deleteLetter(office.db, row.id);
    if (sent.value === "sent") logInfo("mail_sent", facts);
    return sent.value;
  }
  const isTooOld = Date.now() - row.createdAt > GIVE_UP_AFTER_MS;
  if (sent.error.canRetry && !isTooOld) {
    await releaseLetter(office.db, row.id, Date.now(), delayAfter(row.attempts));
    logWarning("mail_failed", { ...facts, reason: sent.error.reason, field: "MAILER" });
    return "failed";
  }
  await deleteLetter(office.db, row.id);
  logAlarm("mail_given_up", { ...facts, reason: sent.error.reason, field: "MAILER" });
  return "given_up";
}

/** A letter that can't be written is one that can't be sent: tried again, and given up in the end. */
async function writeAndSend(
  office: PostOffice,
  row: OutboxRow,
): Promise<Result<"sent" | "dropped", MailFailure>> {
  let letter: Letter | null;
  try {
    letter = await office.write(row);
  } catch (error) {
    logError("mail_failed", error, { letter: row.id });
    return fail({ canRetry: true, reason: "not_written" });
  }
  if (letter === null) return succeed("dropped");
  const mail = { id: row.id, to: row.recipient, ...renderLetter(letter, office.origin) };
  const sent = await office.mailer.send(mail);
  return sent.ok ? succeed("sent") : sent;
}

function delayAfter(attempts: number): number {
  return Math.min(LETTER_RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_MAX_MS);
}
