/** Places that requests come from: each test that fills a limit uses its own. */

/** Headers of a caller at an address that no other test uses. */
export function fromNewPlace(): Record<string, string> {
  return fromPlace(newIpv4());
}

export function fromPlace(address: string): Record<string, string> {
  return { "CF-Connecting-IP": address };
}

// Mutable on purpose: so that no two tests of a file are in one place.
let places = 0;

/** Somewhere in 10.0.0.0/8. */
export function newIpv4(): string {
  places++;
  return `10.${places >> 16}.${(places >> 8) & 255}.${places & 255}`;
}
