/**
 * Writes the letter of an outbox row. Here, and not when it was asked for, is decided what an address gets to read:
 * whoever owns the mailbox learns whether it has an account, and nobody else does.
 */
import * as z from "zod/mini";
import { recordAudit } from "../db/audit.ts";
import { createLink } from "../db/auth-tokens.ts";
import type { OutboxRow } from "../db/mail-outbox.ts";
import { LINK_PURPOSES, type LinkPurpose } from "../db/schema.ts";
import { findUserByEmail, type MailboxRow } from "../db/users.ts";
import type { Letter } from "../mail/letter.ts";
import * as letters from "./letters.ts";
import { buildLinkUrl, deriveLinkToken, LINK_TTL_SECONDS } from "./links.ts";
import { hashToken } from "./token.ts";

export interface LetterDesk {
  db: D1Database;
  origin: string;
  secret: string;
  /** Only a registration that passed the bot check opens an account: no other letter may lead around it. */
  hasBotCheck: boolean;
}

export const NOTICE_KINDS = [
  "email_changed",
  "password_changed",
  "ways_in_changed",
  "account_erased",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

const kindSchema = z.enum([...LINK_PURPOSES, ...NOTICE_KINDS]);
const detailsSchema = z.object({
  name: z._default(z.string(), ""),
  next: z._default(z.string(), "/"),
  requestId: z._default(z.string(), ""),
  place: z._default(z.nullable(z.string()), null),
  /** A masked address, where the letter names one. */
  newEmail: z._default(z.string(), ""),
  change: z._default(z.enum(letters.WAYS_IN_CHANGES), "provider_connected"),
  /** The provider's name, where the change is about one. */
  what: z._default(z.string(), ""),
});
type Details = z.infer<typeof detailsSchema>;

/** Null when nobody needs the letter any more: a newer link was asked for meanwhile. */
export async function writeLetter(desk: LetterDesk, row: OutboxRow): Promise<Letter | null> {
  const kind = kindSchema.parse(row.kind);
  const details = detailsSchema.parse(JSON.parse(row.details));
  switch (kind) {
    case "email_changed":
      return letters.tellEmailChanged(details.newEmail);
    case "password_changed":
      return letters.tellPasswordChanged(desk.origin);
    case "ways_in_changed":
      return letters.tellWaysInChanged(details.change, details.what, desk.origin);
    case "account_erased":
      return letters.tellErased();
    case "change_email":
      return writeChangeOfAddress(desk, row, details);
    case "register":
    case "sign_in":
    case "reset":
      return writeWayIn(desk, row, kind, details);
  }
}

async function writeWayIn(
  desk: LetterDesk,
  row: OutboxRow,
  asked: Exclude<LinkPurpose, "change_email">,
  details: Details,
): Promise<Letter | null> {
  const person = await findUserByEmail(desk.db, row.recipient);
  if (person !== null && person.disabledAt !== null) return letters.tellDisabled();
  if (person === null && asked !== "register" && desk.hasBotCheck) return letters.tellNoAccount(desk.origin);
  const purpose = choosePurpose(asked, person);
  const url = await createLinkUrl(desk, row, purpose, details, person);
  if (url === null) return null;
  if (person === null) return letters.inviteToRegister(asked, url);
  return asked === "register" ? letters.tellRegisteredBefore(url) : letters.sendLink(asked, url);
}

/** What the link's page asks for: somebody new chooses a password, somebody known just signs in. */
function choosePurpose(
  asked: Exclude<LinkPurpose, "change_email">,
  person: MailboxRow | null,
): Exclude<LinkPurpose, "change_email"> {
  if (person === null) return "register";
  return asked === "register" ? "sign_in" : asked;
}

async function writeChangeOfAddress(
  desk: LetterDesk,
  row: OutboxRow,
  details: Details,
): Promise<Letter | null> {
  const taken = await findUserByEmail(desk.db, row.recipient);
  if (taken !== null) return letters.tellAddressTaken();
  const url = await createLinkUrl(desk, row, "change_email", details, null);
  return url === null ? null : letters.askToConfirmAddress(url);
}

async function createLinkUrl(
  desk: LetterDesk,
  row: OutboxRow,
  purpose: LinkPurpose,
  details: Details,
  person: MailboxRow | null,
): Promise<string | null> {
  const now = Date.now();
  const token = deriveLinkToken(desk.secret, row.id);
  const isNewest = await createLink(desk.db, {
    letterId: row.id,
    tokenHash: await hashToken(token),
    purpose,
    email: row.recipient,
    userId: row.userId,
    name: details.name,
    next: details.next,
    createdAt: row.createdAt,
    expiresAt: now + LINK_TTL_SECONDS * 1000,
  });
  if (!isNewest) return null;
  if (row.attempts === 1) {
    const entry = {
      action: "link.send",
      // Only whose address changes is signed in; every other letter anybody can ask for.
      actorId: row.userId,
      subjectId: person?.id ?? row.userId,
      origin: { requestId: details.requestId, place: details.place },
      details: { purpose },
    } as const;
    await recordAudit(desk.db, entry, now);
  }
  return buildLinkUrl(desk.origin, row.recipient, token);
}
