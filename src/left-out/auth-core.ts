/**
 * Takes the place of the files of @auth/core for what is done by our own code (wrangler.toml, [alias]): its pages,
 * its passkeys, its mailed links, and its sessions. src/auth/oauth/auth-js.ts asks it for the way to a provider and
 * back, and stops it before it comes here.
 */

function refuse(): never {
  throw new Error(
    "Auth.js was to do what is left out: pages, passkeys, mailed links and sessions are our own",
  );
}

/** lib/pages: it is built for every GET, also for one that ends without a page. */
export default function renderPage() {
  return {
    csrf: refuse,
    error: refuse,
    providers: refuse,
    signin: refuse,
    signout: refuse,
    verifyRequest: refuse,
  };
}

// lib/actions
export const handleLoginOrRegister = refuse;
export const sendToken = refuse;
export const signOut = refuse;
export const webAuthnOptions = refuse;

// lib/utils/webauthn-utils
export const assertInternalOptionsWebAuthn = refuse;
export const verifyAuthenticate = refuse;
export const verifyRegister = refuse;
