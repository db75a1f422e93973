/** Chooses the transport that the configuration names. */
import { createCloudflareMailer } from "./cloudflare-mailer.ts";
import { createDevMailer } from "./dev-mailer.ts";
import type { Mailer, Sender } from "./mail.ts";
import { createResendMailer } from "./resend-mailer.ts";

export type MailSettings =
  | { kind: "dev" }
  | { kind: "cloudflare"; from: Sender }
  | { kind: "resend"; from: Sender; apiKey: string };

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
