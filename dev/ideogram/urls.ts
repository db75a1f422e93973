/** Addresses of pictures: signed, expiring, and shaped like the provider's. */

import { fromHex, toHex } from "./encoding.ts";

const PATH_PATTERN = /^\/api\/images\/ephemeral\/([A-Za-z0-9_-]{22})\.png$/;
const SIGNATURE_PATTERN = /^[0-9a-f]{64}$/;

/** How long an address is good for. */
export const URL_TTL_SECONDS = 24 * 60 * 60;

/** A host that no client may ever ask for a picture. The name is reserved: it exists nowhere. */
export const EVIL_ORIGIN = "https://pictures.evil.example";

/** `expiresAt` is in unix seconds. */
export async function buildPictureUrl(
  origin: string,
  imageId: string,
  expiresAt: number,
  key: string,
): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", await importKey(key), buildMessage(imageId, expiresAt));
  return `${origin}/api/images/ephemeral/${imageId}.png?exp=${expiresAt}&sig=${toHex(signature)}`;
}

/** The picture's id in a path, or null when the path is not a picture's. */
export function findImageId(path: string): string | null {
  return PATH_PATTERN.exec(path)?.[1] ?? null;
}

/** The expiry that the address was signed with, in unix seconds, or null when the signature is wrong. */
export async function verifyPictureUrl(url: URL, imageId: string, key: string): Promise<number | null> {
  const expiry = url.searchParams.get("exp") ?? "";
  const signature = url.searchParams.get("sig") ?? "";
  if (!/^\d{1,12}$/.test(expiry) || !SIGNATURE_PATTERN.test(signature)) return null;
  const message = buildMessage(imageId, Number(expiry));
  const isGenuine = await crypto.subtle.verify("HMAC", await importKey(key), fromHex(signature), message);
  return isGenuine ? Number(expiry) : null;
}

function buildMessage(imageId: string, expiresAt: number): Uint8Array {
  return new TextEncoder().encode(`${imageId}.${expiresAt}`);
}

function importKey(key: string): Promise<CryptoKey> {
  const raw = new TextEncoder().encode(key);
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}
