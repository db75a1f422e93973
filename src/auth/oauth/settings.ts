/**
 * Which identity providers this deployment offers, from its variables. A provider is configured wholly or not at all:
 * half of one would be a button that leads nowhere.
 */
import * as z from "zod/mini";
import type { ConfigIssue } from "../../env.ts";
import { isHttpLoopback } from "../../loopback.ts";

/** `oidc` is the one issuer of the operator's choice. The order is the order of the buttons. */
export const PROVIDER_IDS = ["google", "github", "oidc"] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

export interface ProviderSettings {
  id: ProviderId;
  /** As people know it. */
  name: string;
  /** Exactly as its discovery document states it. */
  issuer: string;
  clientId: string;
  clientSecret: string;
}

const GOOGLE_ISSUER = "https://accounts.google.com";
/** GitHub has no OpenID Connect; it names this in the `iss` parameter of its answers (RFC 9207). */
const GITHUB_ISSUER = "https://github.com/login/oauth";

const NAME_MAX_CHARACTERS = 40;

const optionalText = z._default(z.string(), "");

/** The variables, for the schema of all settings. An empty one counts as not set. */
export const providerVariables = {
  GOOGLE_CLIENT_ID: optionalText,
  GOOGLE_CLIENT_SECRET: optionalText,
  GITHUB_CLIENT_ID: optionalText,
  GITHUB_CLIENT_SECRET: optionalText,
  OIDC_ISSUER: optionalText,
  OIDC_CLIENT_ID: optionalText,
  OIDC_CLIENT_SECRET: optionalText,
  OIDC_NAME: z._default(
    z
      .string()
      .check(
        z.trim(),
        z.maxLength(NAME_MAX_CHARACTERS, `must have at most ${NAME_MAX_CHARACTERS} characters`),
      ),
    "",
  ),
};

type ProviderVariable = keyof typeof providerVariables;
export type ProviderVariables = Readonly<Record<ProviderVariable, string>>;

/** What each provider needs; OIDC_NAME may be left out. */
const REQUIRED: Readonly<Record<ProviderId, readonly ProviderVariable[]>> = {
  google: ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
  github: ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"],
  oidc: ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"],
};

/**
 * `mayUseHttp` is true where plain http to a loopback address is a provider under test. A variable that isn't there
 * is wrong by itself, and not missing.
 */
export function listProviderIssues(
  variables: Readonly<Partial<Record<ProviderVariable, string | undefined>>>,
  mayUseHttp: boolean,
): ConfigIssue[] {
  const issues = PROVIDER_IDS.flatMap((id) => {
    const missing = REQUIRED[id].filter((name) => variables[name] === "");
    if (missing.length === REQUIRED[id].length) return [];
    return missing.map((field) => ({ field, message: `is missing, and the rest of ${id} is set` }));
  });
  const { OIDC_ISSUER: issuer = "" } = variables;
  if (issuer !== "" && !isIssuer(issuer, mayUseHttp)) {
    issues.push({
      field: "OIDC_ISSUER",
      message: "must be an https:// URL without query or fragment (http is for loopback in development)",
    });
  }
  return issues;
}

export function buildProviders(variables: ProviderVariables): ProviderSettings[] {
  const all: ProviderSettings[] = [
    {
      id: "google",
      name: "Google",
      issuer: GOOGLE_ISSUER,
      clientId: variables.GOOGLE_CLIENT_ID,
      clientSecret: variables.GOOGLE_CLIENT_SECRET,
    },
    {
      id: "github",
      name: "GitHub",
      issuer: GITHUB_ISSUER,
      clientId: variables.GITHUB_CLIENT_ID,
      clientSecret: variables.GITHUB_CLIENT_SECRET,
    },
    {
      id: "oidc",
      name: nameOf(variables),
      issuer: variables.OIDC_ISSUER,
      clientId: variables.OIDC_CLIENT_ID,
      clientSecret: variables.OIDC_CLIENT_SECRET,
    },
  ];
  return all.filter((provider) => provider.clientId !== "");
}

function nameOf({ OIDC_NAME: name, OIDC_ISSUER: issuer }: ProviderVariables): string {
  if (name !== "") return name;
  return URL.canParse(issuer) ? new URL(issuer).hostname : issuer;
}

function isIssuer(text: string, mayUseHttp: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.search !== "" || url.hash !== "" || url.username !== "") return false;
  return url.protocol === "https:" || (mayUseHttp && isHttpLoopback(url));
}
