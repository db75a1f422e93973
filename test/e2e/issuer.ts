/** A real OpenID Connect provider on this machine: the certified `oidc-provider`, with its own sign-in pages. */
import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

/** How the product is registered there. */
export const ISSUER_CLIENT = { OIDC_CLIENT_ID: "eventide", OIDC_CLIENT_SECRET: "known to both of them" };

/** Whoever signs in with a name that begins like this has an address that nobody has verified. */
export const UNVERIFIED = "unverified-";

/** The address of somebody who signed in there under a name. */
export function emailAt(login: string): string {
  return `${login}@town-hall.example.test`;
}

export interface Issuer {
  close(): Promise<void>;
}

export async function startIssuer(issuer: string, appOrigin: string): Promise<Issuer> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: ISSUER_CLIENT.OIDC_CLIENT_ID,
        client_secret: ISSUER_CLIENT.OIDC_CLIENT_SECRET,
        redirect_uris: [`${appOrigin}/auth/callback/oidc`],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "e2e", use: "sig", alg: "RS256" }] },
    cookies: { keys: [crypto.randomUUID()] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    pkce: { required: () => true },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (_context, login) => ({
      accountId: login,
      claims: () => ({
        sub: login,
        email: emailAt(login),
        email_verified: !login.startsWith(UNVERIFIED),
        name: `${login} of the town hall`,
      }),
    }),
  });
  const server = createServer(provider.callback());
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(Number(new URL(issuer).port), "127.0.0.1", resolve);
  await listening;
  return {
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
