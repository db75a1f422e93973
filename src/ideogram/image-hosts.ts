/**
 * The hosts that pictures may be downloaded from, and the only check of a picture's address.
 * https only; a host that isn't listed, another port, or an address with credentials is refused unfetched.
 */

import { fail, type Result, succeed } from "../result.ts";

export interface ImageHost {
  /** As the URL standard writes it: lower case, punycode, IPv6 in brackets. */
  hostname: string;
  /** `*.example.com`: every name below the host, but not the host itself. */
  isWildcard: boolean;
  /** null is the default port of the address's scheme. */
  port: string | null;
}

export interface InvalidImageHost {
  entry: string;
  reason: string;
}

/** Reads `IDEOGRAM_IMAGE_HOSTS`: comma-separated `host[:port]`, where a host may be `*.domain` or `[IPv6]`. */
export function parseImageHosts(text: string): Result<ImageHost[], InvalidImageHost> {
  const hosts: ImageHost[] = [];
  for (const part of text.split(",")) {
    const entry = part.trim();
    const host = parseImageHost(entry);
    if (host === null) {
      return fail({ entry, reason: "expected host, host:port or *.domain, without scheme or path" });
    }
    hosts.push(host);
  }
  return succeed(hosts);
}

/** The address as a URL when it may be fetched, or null. */
export function parsePictureUrl(
  text: string,
  hosts: readonly ImageHost[],
  allowHttpLoopback: boolean,
): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlainLoopback = url.protocol === "http:" && allowHttpLoopback && isLoopback(url.hostname);
  if (url.protocol !== "https:" && !isPlainLoopback) return null;
  if (url.username !== "" || url.password !== "" || hasEmptyLabel(url.hostname)) return null;
  return hosts.some((host) => matchesHost(host, url)) ? url : null;
}

/** Host and path for a log: the query of a picture's address is a signature that opens it. */
export function describeAddress(text: string): string {
  if (!URL.canParse(text)) return "(not an address)";
  const { host, pathname } = new URL(text);
  return (host === "" ? "(no host)" : host + pathname).slice(0, ADDRESS_MAX_CHARACTERS);
}

const ADDRESS_MAX_CHARACTERS = 200;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "https:": "443", "http:": "80" };
const LOOPBACK_IPV4 = /^127(?:\.\d{1,3}){3}$/;
const NUMERIC_LAST_LABEL = /(?:^|\.)\d+$/;

function parseImageHost(entry: string): ImageHost | null {
  const isWildcard = entry.startsWith("*.");
  const name = isWildcard ? entry.slice(2) : entry;
  // The URL parser is lenient about these: it would drop or reinterpret them instead of refusing.
  if (/[\s/\\?#@*]/.test(name) || name.endsWith(":") || !URL.canParse(`https://${name}`)) return null;
  const { hostname } = new URL(`https://${name}`);
  if (hasEmptyLabel(hostname) || (isWildcard && !isRegistrableName(hostname))) return null;
  // Read from the text, because the URL drops the default port of its scheme.
  const port = /:0*(\d+)$/.exec(name)?.[1];
  return { hostname, isWildcard, port: port ?? null };
}

/** `.example.com`, `a..b` and `example.com.` are hosts to the URL parser; to a name server they may be others. */
function hasEmptyLabel(hostname: string): boolean {
  return hostname.split(".").includes("");
}

/** A wildcard below a top-level domain or an IP address would let in strangers. */
function isRegistrableName(hostname: string): boolean {
  return hostname.includes(".") && !hostname.startsWith("[") && !NUMERIC_LAST_LABEL.test(hostname);
}

function matchesHost(host: ImageHost, url: URL): boolean {
  const defaultPort = DEFAULT_PORTS[url.protocol];
  const port = url.port === "" ? defaultPort : url.port;
  if (port !== (host.port ?? defaultPort)) return false;
  return host.isWildcard ? url.hostname.endsWith(`.${host.hostname}`) : url.hostname === host.hostname;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || LOOPBACK_IPV4.test(hostname);
}
