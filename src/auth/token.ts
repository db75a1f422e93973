/** Opaque secrets: 256 random bits for whoever holds them, a SHA-256 for the database. */

const TOKEN_BYTES = 32;

/** What a token of createToken looks like. Anything else isn't looked up. */
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

export function createToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))).toString("base64url");
}

/** Lower-case hex. A plain hash is enough for 256 random bits. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Buffer.from(digest).toString("hex");
}

export function isToken(text: string): boolean {
  return TOKEN_PATTERN.test(text);
}
