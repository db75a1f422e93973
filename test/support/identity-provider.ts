/**
 * An identity provider for tests, in place of the network: discovery, token and userinfo endpoints that check what the
 * standards demand of a client. A test decides who signs in there, and can bend every answer.
 */
import { createHash } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { vi } from "vitest";
import type { Bindings } from "../../src/env.ts";

export interface Claims {
  sub: string;
  email?: string;
  email_verified?: unknown;
  name?: string;
}

interface Grant {
  claims: Claims;
  nonce: string;
  challenge: string;
  redirectUri: string;
}

/** Each changes what the provider would have answered. */
export interface Bends {
  discovery?: (document: Record<string, unknown>) => Response | Record<string, unknown>;
  token?: (answer: Record<string, unknown>) => Response | Record<string, unknown>;
  idToken?: (claims: Record<string, unknown>) => Record<string, unknown>;
  userinfo?: (claims: Claims) => Response | Claims;
}

export interface ScriptedProvider {
  issuer: string;
  /** Variables that configure it. */
  env: Partial<Bindings>;
  bends: Bends;
  /** Addresses that were asked, in order. */
  asked: string[];
  /** Codes that were traded for tokens. */
  traded: string[];
  /** Lets somebody sign in at `location` and gives the path of the way back, with code and state. */
  signIn(location: string, claims: Claims): string;
}

const CLIENT_ID = "eventide";
const CLIENT_SECRET = "a secret between two";
const keys = await generateKeyPair("RS256");
const jwk = { ...(await exportJWK(keys.publicKey)), kid: "test", alg: "RS256", use: "sig" };

/** Answers every fetch of the test until it ends; whoever else is asked doesn't exist. */
export function startOidcProvider(issuer = "https://id.test"): ScriptedProvider {
  const grants = new Map<string, Grant>();
  const provider: ScriptedProvider = {
    issuer,
    env: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_CLIENT_SECRET: CLIENT_SECRET,
      OIDC_NAME: "Test ID",
    },
    bends: {},
    asked: [],
    traded: [],
    signIn: (location, claims) => authorize(issuer, grants, location, claims),
  };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    provider.asked.push(request.url);
    return answer(provider, grants, request);
  });
  return provider;
}

/** Google is an OpenID Connect provider like any other; only its issuer and its variables are its own. */
export function startGoogle(): ScriptedProvider {
  const provider = startOidcProvider("https://accounts.google.com");
  provider.env = { GOOGLE_CLIENT_ID: CLIENT_ID, GOOGLE_CLIENT_SECRET: CLIENT_SECRET };
  return provider;
}

function authorize(issuer: string, grants: Map<string, Grant>, location: string, claims: Claims): string {
  const url = new URL(location);
  const query = (name: string): string => {
    const value = url.searchParams.get(name);
    if (value === null) throw new Error(`The authorization request has no ${name}`);
    return value;
  };
  if (query("response_type") !== "code" || query("client_id") !== CLIENT_ID)
    throw new Error("Not a code flow");
  if (query("code_challenge_method") !== "S256") throw new Error("PKCE is not S256");
  const code = crypto.randomUUID();
  const redirectUri = query("redirect_uri");
  grants.set(code, { claims, nonce: query("nonce"), challenge: query("code_challenge"), redirectUri });
  const back = new URL(redirectUri);
  back.search = new URLSearchParams({ code, state: query("state"), iss: issuer }).toString();
  return back.pathname + back.search;
}

async function answer(
  provider: ScriptedProvider,
  grants: Map<string, Grant>,
  request: Request,
): Promise<Response> {
  const { issuer, bends } = provider;
  switch (request.url) {
    case `${issuer}/.well-known/openid-configuration`:
      return toResponse((bends.discovery ?? keep)(describeIssuer(issuer)));
    case `${issuer}/token`:
      return trade(provider, grants, request);
    case `${issuer}/userinfo`:
      return tellUserinfo(provider, grants, request);
    default:
      throw new TypeError("fetch failed");
  }
}

function describeIssuer(issuer: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    authorization_response_iss_parameter_supported: true,
  };
}

async function trade(
  provider: ScriptedProvider,
  grants: Map<string, Grant>,
  request: Request,
): Promise<Response> {
  const form = new URLSearchParams(await request.text());
  const code = form.get("code") ?? "";
  const grant = grants.get(code);
  const basic = `Basic ${btoa(`${CLIENT_ID}:${encodeURIComponent(CLIENT_SECRET).replaceAll("%20", "+")}`)}`;
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  const isGood =
    request.headers.get("Authorization") === basic &&
    grant?.challenge === challenge &&
    grant.redirectUri === form.get("redirect_uri") &&
    !provider.traded.includes(code);
  if (!isGood) return Response.json({ error: "invalid_grant" }, { status: 400 });
  provider.traded.push(code);
  const idToken = await signIdToken(provider, grant);
  const tokens = { access_token: code, token_type: "Bearer", expires_in: 60, id_token: idToken };
  return toResponse((provider.bends.token ?? keep)(tokens));
}

function signIdToken(provider: ScriptedProvider, grant: Grant): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const base = { iss: provider.issuer, aud: CLIENT_ID, iat: now, exp: now + 60, nonce: grant.nonce };
  // Google states the address here, others state it at the userinfo endpoint.
  const claims = provider.env.GOOGLE_CLIENT_ID === undefined ? { sub: grant.claims.sub } : grant.claims;
  const payload = (provider.bends.idToken ?? keep)({ ...base, ...claims });
  return new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid: jwk.kid }).sign(keys.privateKey);
}

function tellUserinfo(provider: ScriptedProvider, grants: Map<string, Grant>, request: Request): Response {
  const grant = grants.get((request.headers.get("Authorization") ?? "").replace("Bearer ", ""));
  if (grant === undefined) return Response.json({ error: "invalid_token" }, { status: 401 });
  return toResponse((provider.bends.userinfo ?? keep)(grant.claims));
}

function keep<Value>(value: Value): Value {
  return value;
}

function toResponse(answer: Response | object): Response {
  return answer instanceof Response ? answer : Response.json(answer);
}
