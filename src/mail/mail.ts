/** A finished e-mail, and what sends it. What it says is decided elsewhere. */
import type { Result } from "../result.ts";

export interface Mail {
  /** The same for every attempt at the same letter, so that a transport can send it once. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Sender {
  email: string;
  name: string;
}

export interface MailFailure {
  /** False when no later attempt can succeed, such as for an address that the transport refuses. */
  canRetry: boolean;
  /** For the log: a status or a code, never an address. */
  reason: string;
}

export interface Mailer {
  /** Never throws: a transport that breaks is a failure that can be tried again. */
  send(mail: Mail): Promise<Result<null, MailFailure>>;
}

/** One attempt takes at most this long. */
export const SEND_TIMEOUT_MS = 10_000;
