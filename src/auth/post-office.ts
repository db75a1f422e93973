/** The outbox with everything that it needs: the transport that is configured, and somebody who writes the letters. */
import { createMailer } from "../mail/create-mailer.ts";
import type { PostOffice } from "../mail/outbox.ts";
import type { MailSettings } from "../mail/settings.ts";
import { writeLetter } from "./write-letter.ts";

export interface PostOfficeSettings {
  origin: string;
  authSecret: string;
  mail: MailSettings;
  /** Null where nobody has to show that they are a person. */
  turnstile: object | null;
}

export function buildPostOffice(
  bindings: { DB: D1Database; EMAIL: SendEmail },
  settings: PostOfficeSettings,
): PostOffice {
  const desk = {
    db: bindings.DB,
    origin: settings.origin,
    secret: settings.authSecret,
    hasBotCheck: settings.turnstile !== null,
  };
  return {
    db: bindings.DB,
    mailer: createMailer(settings.mail, bindings),
    origin: settings.origin,
    write: (row) => writeLetter(desk, row),
  };
}
