/**
 * Where a request comes from. Limits count by `key`: an IPv4 address, or the /64 that an IPv6 subscriber has.
 * Records keep only `network`, a /24 or a /48: enough to recognise a place, too little to find a household.
 */

export interface Place {
  key: string;
  /** Null when the address is unknown. */
  network: string | null;
}

const UNKNOWN: Place = { key: "unknown", network: null };
const IPV6_GROUPS = 8;

/** `address` as Cloudflare states it in CF-Connecting-IP, which a caller can't choose there. */
export function parsePlace(address: string | undefined): Place {
  if (address === undefined) return UNKNOWN;
  const ipv4 = parseIpv4(address);
  if (ipv4 !== null) return placeOfIpv4(ipv4);
  const groups = parseIpv6(address);
  if (groups === null) return UNKNOWN;
  const mapped = mappedIpv4(groups);
  if (mapped !== null) return placeOfIpv4(mapped);
  return { key: `${formatPrefix(groups, 4)}/64`, network: `${formatPrefix(groups, 3)}/48` };
}

function placeOfIpv4(octets: readonly number[]): Place {
  return { key: octets.join("."), network: `${octets.slice(0, 3).join(".")}.0/24` };
}

function parseIpv4(text: string): number[] | null {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return null;
  const octets = text.split(".").map(Number);
  return octets.every((octet) => octet <= 255) ? octets : null;
}

/** Eight 16-bit groups; `::` stands for as many zeros as are missing. */
function parseIpv6(text: string): number[] | null {
  const halves = expandIpv4Tail(text.toLowerCase()).split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  if (head === undefined) return null;
  const written = [...head, ...(tail ?? [])];
  if (!written.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return null;
  const missing = IPV6_GROUPS - written.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const zeros = Array.from({ length: missing }, () => "0");
  return [...head, ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
}

/** `::ffff:192.0.2.1` ends in an IPv4 address: two groups. */
function expandIpv4Tail(text: string): string {
  const at = text.lastIndexOf(":") + 1;
  const octets = parseIpv4(text.slice(at));
  if (octets === null) return text;
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return `${text.slice(0, at)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** The same person by another protocol: `::ffff:0:0/96`. */
function mappedIpv4(groups: readonly number[]): number[] | null {
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return null;
  return [high >> 8, high & 255, low >> 8, low & 255];
}

function formatPrefix(groups: readonly number[], count: number): string {
  return `${groups
    .slice(0, count)
    .map((group) => group.toString(16))
    .join(":")}::`;
}
