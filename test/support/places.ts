/** Places that requests come from: each test that fills a limit uses its own. */

/** Headers of a caller at an address that no other test uses. */
export function fromNewPlace(): Record<string, string> {
  return fromPlace(newIpv4());
}

export function fromPlace(address: string): Record<string, string> {
  return { "CF-Connecting-IP": address };
}

/** Somewhere in 10.0.0.0/8. */
export function newIpv4(): string {
  return `10.${Array.from(crypto.getRandomValues(new Uint8Array(3))).join(".")}`;
}
