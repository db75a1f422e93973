/**
 * The one file that knows Auth.js: the way to a provider and back. It makes and checks state, nonce and PKCE, trades
 * the code, and reads the claims. Accounts, sessions, linking and error pages are ours, so Auth.js is stopped right
 * after it knows who came: it never sees our tables, and no provider's token outlives the request.
 */
import { Auth, type AuthConfig, customFetch, raw, skipCSRFCheck } from "@auth/core";
import { AuthError } from "@auth/core/errors";
import type { OAuth2Config, OIDCConfig, Provider } from "@auth/core/providers";
import { decodeJwt } from "jose";
import { fail, type Result, succeed } from "../../result.ts";
import { boundFetch, type Fetch } from "./bounded-fetch.ts";
import { fetchGithubProfile, GITHUB_USER_URL } from "./github.ts";
import { type ProviderIdentity, parseClaims, parseGithubProfile } from "./identity.ts";
import type { ProviderSettings } from "./settings.ts";

const BASE_PATH = "/auth";

export interface OAuthDesk {
  /** The canonical origin. What a request says about its host is never asked. */
  origin: string;
  secret: string;
  fetch: Fetch;
}

export interface FlowCookie {
  name: string;
  value: string;
}

export interface Departure {
  /** Where the person signs in. */
  location: string;
  /** The state that the provider gives back. */
  state: string;
  cookies: FlowCookie[];
}

export type DanceFailure =
  /** The person said no, or the provider did so for them. */
  | { kind: "denied" }
  /** State, nonce or PKCE don't fit: too old, another browser, another provider, or used before. */
  | { kind: "lost" }
  /** The provider doesn't answer, or not as the standard says. `reason` is for the log. */
  | { kind: "failed"; reason: string };

/** The names of the cookies that Auth.js needs to see again. */
export function flowCookieNames(origin: string): string[] {
  return Object.values(buildCookieNames(origin));
}

export async function departToProvider(
  desk: OAuthDesk,
  provider: ProviderSettings,
): Promise<Result<Departure, DanceFailure>> {
  const problems: Error[] = [];
  // Without a query: Auth.js would pass its parameters on to the provider.
  const request = new Request(`${desk.origin}${BASE_PATH}/signin/${provider.id}`, { method: "POST" });
  const answer = await Auth(
    request,
    buildConfig(desk, provider, problems, () => undefined),
  );
  const state = findState(answer.redirect);
  if (answer instanceof Response || answer.redirect === undefined || state === null) {
    return fail({ kind: "failed", reason: describe(problems[0]) });
  }
  const names = flowCookieNames(desk.origin);
  const cookies = (answer.cookies ?? []).filter(({ name }) => names.includes(name));
  return succeed({
    location: answer.redirect,
    state,
    cookies: cookies.map(({ name, value }) => ({ name, value })),
  });
}

/** `query` and `cookies` as the browser brought them back. */
export async function returnFromProvider(
  desk: OAuthDesk,
  provider: ProviderSettings,
  query: URLSearchParams,
  cookies: readonly FlowCookie[],
): Promise<Result<ProviderIdentity, DanceFailure>> {
  const request = new Request(`${desk.origin}${BASE_PATH}/callback/${provider.id}?${query}`, {
    headers: { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") },
  });
  const problems: Error[] = [];
  const seen: ProviderIdentity[] = [];
  const config = buildConfig(desk, provider, problems, (profile, idToken) => {
    const identity = parseProfile(provider, profile, idToken);
    if (identity !== null) seen.push(identity);
  });
  try {
    await Auth(request, config);
  } catch (error) {
    return fail(classify(error, query));
  }
  const [identity] = seen;
  if (identity !== undefined) return succeed(identity);
  return fail({ kind: "failed", reason: describe(problems[0] ?? "the claims name nobody") });
}

type SeeProfile = (profile: unknown, idToken: string | undefined) => void;

function buildConfig(
  desk: OAuthDesk,
  provider: ProviderSettings,
  problems: Error[],
  see: SeeProfile,
): AuthConfig & { raw: typeof raw } {
  const isHttps = desk.origin.startsWith("https:");
  const names = buildCookieNames(desk.origin);
  return {
    basePath: BASE_PATH,
    secret: desk.secret,
    // The request is built here, from the canonical origin.
    trustHost: true,
    useSecureCookies: isHttps,
    // Every POST has passed our own check of the origin.
    skipCSRFCheck,
    raw,
    providers: [buildProvider(provider, boundFetch(desk.fetch))],
    cookies: {
      state: { name: names.state },
      nonce: { name: names.nonce },
      pkceCodeVerifier: { name: names.pkce },
    },
    callbacks: {
      signIn({ profile, account }) {
        see(profile, account?.id_token);
        // An address instead of `true` ends it here: Auth.js creates no user, no session and no link.
        return "/";
      },
    },
    logger: {
      error: (error) => {
        problems.push(error);
      },
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

/** `__Host-` keeps a neighbouring subdomain from planting them. */
function buildCookieNames(origin: string) {
  const prefix = origin.startsWith("https:") ? "__Host-" : "";
  return {
    state: `${prefix}oauth-state`,
    nonce: `${prefix}oauth-nonce`,
    pkce: `${prefix}oauth-pkce`,
  };
}

function buildProvider(settings: ProviderSettings, fetch: Fetch): Provider {
  const { id, name, issuer, clientId, clientSecret } = settings;
  const common = { id, name, issuer, clientId, clientSecret, [customFetch]: fetch };
  if (id === "github") {
    return {
      ...common,
      type: "oauth",
      checks: ["pkce", "state"],
      authorization: { url: `${issuer}/authorize`, params: { scope: "user:email" } },
      token: `${issuer}/access_token`,
      userinfo: {
        url: GITHUB_USER_URL,
        request: ({ tokens }: { tokens: { access_token?: string } }) =>
          fetchGithubProfile(fetch, tokens.access_token ?? ""),
      },
    } satisfies OAuth2Config<unknown>;
  }
  return {
    ...common,
    type: "oidc",
    checks: ["pkce", "state", "nonce"],
    // Google states the address in the ID token; of others only the userinfo endpoint is certain to have it.
    idToken: id === "google",
  } satisfies OIDCConfig<unknown>;
}

function parseProfile(
  provider: ProviderSettings,
  profile: unknown,
  idToken: string | undefined,
): ProviderIdentity | null {
  if (provider.id === "github") return parseGithubProfile(profile);
  const identity = parseClaims(provider.id, provider.issuer, profile);
  if (identity === null || identity.verifiedEmail !== null || idToken === undefined) return identity;
  // Some issuers state the address in the ID token only. Auth.js has validated it, and it names the same subject.
  return parseClaims(provider.id, provider.issuer, decodeJwt(idToken)) ?? identity;
}

function findState(location: string | undefined): string | null {
  return location === undefined ? null : new URL(location).searchParams.get("state");
}

/** The provider's own error counts only once the state fits; Auth.js looks at them in this order. */
function classify(error: unknown, query: URLSearchParams): DanceFailure {
  if (!(error instanceof AuthError)) return { kind: "failed", reason: describe(error) };
  switch (error.type) {
    case "InvalidCheck":
      return { kind: "lost" };
    case "OAuthCallbackError":
      return query.get("error") === "access_denied"
        ? { kind: "denied" }
        : { kind: "failed", reason: "the provider answered with an error" };
    default:
      return { kind: "failed", reason: describe(findCause(error)) };
  }
}

/** The library wraps what went wrong; the wrapping says nothing. */
function findCause(error: AuthError): unknown {
  const { cause } = error;
  return cause !== undefined && "err" in cause ? cause.err : error;
}

const REASON_MAX_CHARACTERS = 200;

/** For the log: what kind of error it is and its own words, which quote no code, token or claim. */
function describe(problem: unknown): string {
  if (problem instanceof Error) return `${problem.name}: ${problem.message}`.slice(0, REASON_MAX_CHARACTERS);
  return typeof problem === "string" ? problem : "unknown";
}
