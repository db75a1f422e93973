/**
 * Links by mail: to register, to sign in, to choose a new password, to change an address. Asking for one never looks
 * at whether the address has an account; what the letter says is decided later, when it is written.
 * A link's token is derived from the letter's id and the secret, so that a letter can be written again, the same,
 * although no token is kept anywhere.
 */
import { createHmac } from "node:crypto";
import { buildOutboxRow } from "../db/mail-outbox.ts";
import { takeFromLimits } from "../db/rate-counters.ts";
import type { LinkPurpose } from "../db/schema.ts";
import { newId } from "../ids.ts";
import { fail, type Result, succeed } from "../result.ts";
import { buildLetterLimits } from "./limits.ts";
import type { RequestFacts } from "./request-facts.ts";

export const LINK_TTL_SECONDS = 15 * 60;

export interface LinkRequest {
  purpose: LinkPurpose;
  /** In its normal form. */
  email: string;
  /** Given at registration; never shown in a letter to an address that nobody has proven. */
  name: string;
  /** Whose address changes; null for every other purpose. */
  userId: string | null;
  /** Where the person wanted to go: a path of this site, which whoever asks has made sure of. */
  next: string;
}

const HOME = "/";
/** Longer ones are left out: it stands in two rows for an hour, and nobody has to be signed in to ask for them. */
const NEXT_MAX_CHARACTERS = 500;
/** Another mailed link may have sent the person to sign in. Its token must not be written down anywhere. */
const LINK_PATHS = "/auth/";

export type LinkRefusal =
  /** To this address: the answer is the same as if a letter were sent, for it is somebody's mailbox. */
  | { kind: "address_limit" }
  /** From this place, whatever the addresses are. */
  | { kind: "place_limit"; retryAfterMs: number };

/** The id of the letter that has to be delivered. */
export async function requestLink(
  db: D1Database,
  request: LinkRequest,
  facts: RequestFacts,
): Promise<Result<{ letterId: string }, LinkRefusal>> {
  const { limits, placeKey } = await buildLetterLimits(request.email, facts.place);
  const taken = await takeFromLimits(db, limits, facts.now);
  if (!taken.isTaken) {
    return taken.fullKeys.includes(placeKey)
      ? fail({ kind: "place_limit", retryAfterMs: taken.retryAfterMs })
      : fail({ kind: "address_limit" });
  }
  const letterId = newId(facts.now);
  await buildOutboxRow(
    db,
    {
      id: letterId,
      kind: request.purpose,
      recipient: request.email,
      userId: request.userId,
      details: {
        name: request.name,
        next: chooseNext(request.next),
        requestId: facts.requestId,
        place: facts.place.network,
      },
    },
    facts.now,
  ).run();
  return succeed({ letterId });
}

function chooseNext(next: string): string {
  return next.length > NEXT_MAX_CHARACTERS || next.startsWith(LINK_PATHS) ? HOME : next;
}

/** The token of a letter's link: 256 bits that nobody without the secret can tell from random ones. */
export function deriveLinkToken(secret: string, letterId: string): string {
  return createHmac("sha256", secret).update(`mail-link:${letterId}`).digest("base64url");
}

/** Where the letter's button leads. Opening it shows a page and uses nothing up. */
export function buildLinkUrl(origin: string, email: string, token: string): string {
  return `${origin}/auth/confirm?${new URLSearchParams({ email, token })}`;
}
