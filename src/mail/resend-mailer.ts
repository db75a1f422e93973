/** Sends through Resend's HTTP API (resend.com/docs/api-reference/emails/send-email). */
import { fail, succeed } from "../result.ts";
import { describeBreak, type Mailer, SEND_TIMEOUT_MS, type Sender } from "./mail.ts";

const ENDPOINT = "https://api.resend.com/emails";
const TOO_MANY_REQUESTS = 429;
const CONFLICT = 409;
const SERVER_ERRORS_FROM = 500;
/** The key or the sender's domain is wrong: an operator mends it, and the letter waits for that. */
const REFUSED_SENDER = new Set([401, 403]);

export interface ResendSettings {
  fetch: (request: Request) => Promise<Response>;
  apiKey: string;
  from: Sender;
}

export function createResendMailer(settings: ResendSettings): Mailer {
  return {
    async send({ id, to, subject, text, html }) {
      const request = new Request(ENDPOINT, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${settings.apiKey}`,
          "Content-Type": "application/json",
          // Resend sends once per key within 24 hours, so a lost answer doesn't become a second letter.
          "Idempotency-Key": id,
        },
        body: JSON.stringify({ from: formatSender(settings.from), to: [to], subject, text, html }),
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
      });
      try {
        const response = await settings.fetch(request);
        await response.body?.cancel();
        if (response.ok) return succeed(null);
        return fail({ canRetry: canRetry(response.status), reason: `status_${response.status}` });
      } catch (error) {
        return fail({ canRetry: true, reason: describeBreak(error) });
      }
    },
  };
}

function canRetry(status: number): boolean {
  return (
    status === TOO_MANY_REQUESTS ||
    status === CONFLICT ||
    status >= SERVER_ERRORS_FROM ||
    REFUSED_SENDER.has(status)
  );
}

function formatSender(from: Sender): string {
  return `${from.name} <${from.email}>`;
}
