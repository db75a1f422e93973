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
  /** For the log: a status, a code, `timeout`, `network` or `not_written`; never an address. */
  reason: string;
}

export interface Mailer {
  /** Never throws: a transport that breaks is a failure that can be tried again. */
  send(mail: Mail): Promise<Result<null, MailFailure>>;
}

/** Why no answer came, in one word: whatever the error says may repeat an address. */
export function describeBreak(error: unknown): "timeout" | "network" {
  return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "network";
}

/** One attempt takes at most this long. */
export const SEND_TIMEOUT_MS = 10_000;
