/** Sends through Cloudflare Email Service, the binding `EMAIL`. */
import { fail, succeed } from "../result.ts";
import { describeBreak, type Mailer, SEND_TIMEOUT_MS, type Sender } from "./mail.ts";

/**
 * Codes of addresses and contents that the service refuses for good
 * (developers.cloudflare.com/email-service/api/send-emails/workers-api).
 */
const PERMANENT_CODES = new Set([
  "E_VALIDATION_ERROR",
  "E_FIELD_MISSING",
  "E_RECIPIENT_NOT_ALLOWED",
  "E_RECIPIENT_SUPPRESSED",
  "E_CONTENT_TOO_LARGE",
]);
const CODE_PATTERN = /^E_[A-Z_]{1,60}$/;

export function createCloudflareMailer(binding: SendEmail, from: Sender): Mailer {
  return {
    async send({ to, subject, text, html }) {
      try {
        await withTimeout(binding.send({ from, to, subject, text, html }));
        return succeed(null);
      } catch (error) {
        const reason = readCode(error);
        return fail({ canRetry: !PERMANENT_CODES.has(reason), reason });
      }
    },
  };
}

/** The service's code, or why there is none, and nothing of its message, which may repeat the address. */
function readCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && CODE_PATTERN.test(code) ? code : describeBreak(error);
}

/** The binding takes no signal: the wait ends, and a letter that still goes out is one that comes twice. */
async function withTimeout(sending: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("", "TimeoutError")), SEND_TIMEOUT_MS);
  });
  try {
    await Promise.race([sending, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
