/** Chooses the transport that the configuration names. */
import { createCloudflareMailer } from "./cloudflare-mailer.ts";
import { createDevMailer } from "./dev-mailer.ts";
import type { Mailer } from "./mail.ts";
import { createResendMailer } from "./resend-mailer.ts";
import type { MailSettings } from "./settings.ts";

export function createMailer(settings: MailSettings, bindings: { DB: D1Database; EMAIL: SendEmail }): Mailer {
  switch (settings.kind) {
    case "dev":
      return createDevMailer(bindings.DB);
    case "cloudflare":
      return createCloudflareMailer(bindings.EMAIL, settings.from);
    case "resend":
      return createResendMailer({
        fetch: (request) => fetch(request),
        apiKey: settings.apiKey,
        from: settings.from,
      });
  }
}
