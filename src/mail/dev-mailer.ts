/** Puts letters into the development mailbox instead of sending them. The configuration refuses it in production. */
import { insertDevMail } from "../db/dev-mail.ts";
import { describeError } from "../log.ts";
import { fail, succeed } from "../result.ts";
import type { Mailer } from "./mail.ts";

export function createDevMailer(db: D1Database): Mailer {
  return {
    async send({ id, to, subject, text, html }) {
      try {
        await insertDevMail(db, { id, recipient: to, subject, text, html, sentAt: Date.now() });
        return succeed(null);
      } catch (error) {
        return fail({ canRetry: true, reason: String(describeError(error)["error"]) });
      }
    },
  };
}
