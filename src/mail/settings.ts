/** Who carries letters in this deployment, from its variables: exactly one carrier, with all that it needs. */
import * as z from "zod/mini";
import type { Config, ConfigIssue } from "../env.ts";
import type { Sender } from "./mail.ts";

export type MailSettings =
  | { kind: "dev" }
  | { kind: "cloudflare"; from: Sender }
  | { kind: "resend"; from: Sender; apiKey: string };

/** The variables, for the schema of all settings. */
export const mailVariables = {
  MAILER: z.optional(z.enum(["cloudflare", "resend", "dev"], { error: "must be cloudflare, resend or dev" })),
  MAIL_FROM: z.optional(z.email("must be an e-mail address such as hello@eventide.example")),
  RESEND_API_KEY: z._default(z.string(), ""),
};

interface MailVariables {
  MAILER?: MailSettings["kind"] | undefined;
  MAIL_FROM?: string | undefined;
  RESEND_API_KEY?: string | undefined;
}

type Environment = Config["environment"];

/** What is wrong with the variables together. `environment` is undefined where it is wrong itself. */
export function listMailIssues(
  variables: MailVariables,
  deployment: { environment: Environment | undefined; hasEmailBinding: boolean },
): ConfigIssue[] {
  const { environment, hasEmailBinding } = deployment;
  switch (variables.MAILER ?? (environment === undefined ? undefined : chooseMailer(environment))) {
    case "dev":
      return environment === "production"
        ? [{ field: "MAILER", message: "must not be dev in production: nobody would get a letter" }]
        : [];
    case "cloudflare":
      return hasEmailBinding ? [] : [{ field: "EMAIL", message: "is not bound in wrangler.toml" }];
    case "resend":
      return variables.RESEND_API_KEY === ""
        ? [{ field: "RESEND_API_KEY", message: "is missing, and MAILER is resend" }]
        : [];
    // Who carries letters depends on the environment.
    case undefined:
      return [];
  }
}

/** Some letters ask for an answer, so the sender is an address that somebody should read. */
export function buildMailSettings(
  variables: MailVariables & { RESEND_API_KEY: string },
  deployment: { environment: Environment; origin: string },
): MailSettings {
  const from = {
    email: variables.MAIL_FROM ?? `eventide@${new URL(deployment.origin).hostname}`,
    name: "Eventide",
  };
  const kind = variables.MAILER ?? chooseMailer(deployment.environment);
  switch (kind) {
    case "dev":
      return { kind };
    case "cloudflare":
      return { kind, from };
    case "resend":
      return { kind, from, apiKey: variables.RESEND_API_KEY };
  }
}

/** Letters go to the development mailbox in development, and out by Cloudflare everywhere else. */
function chooseMailer(environment: Environment): MailSettings["kind"] {
  return environment === "development" ? "dev" : "cloudflare";
}
