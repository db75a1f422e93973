import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePlace } from "../../src/auth/place.ts";

describe("parsePlace", () => {
  it("counts an IPv4 address by itself and records its /24", () => {
    expect(parsePlace("203.0.113.77")).toEqual({ key: "203.0.113.77", network: "203.0.113.0/24" });
  });

  it("counts an IPv6 address by its /64 and records its /48", () => {
    const place = { key: "2001:db8:1:2::/64", network: "2001:db8:1::/48" };
    for (const address of ["2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002::1", "2001:DB8:1:2::"]) {
      expect(parsePlace(address)).toEqual(place);
    }
    expect(parsePlace("::1")).toEqual({ key: "0:0:0:0::/64", network: "0:0:0::/48" });
  });

  it("counts an IPv4 address that is written as IPv6 as the same place", () => {
    expect(parsePlace("::ffff:203.0.113.77")).toEqual(parsePlace("203.0.113.77"));
    expect(parsePlace("::ffff:cb00:714d")).toEqual(parsePlace("203.0.113.77"));
  });

  it("counts everything that is no address as one unknown place", () => {
    const wrong = [
      undefined,
      "",
      "localhost",
      "1.2.3",
      "1.2.3.256",
      "1:2:3",
      "1::2::3",
      "12345::",
      "g::1",
      "1:2:3:4:5:6:7:8:9",
      "fe80::1%eth0",
    ];
    for (const address of wrong) expect(parsePlace(address)).toEqual({ key: "unknown", network: null });
  });

  it("gives one place to a /64 and never keeps the last 80 bits or the last octet", () => {
    void fc.assert(
      fc.property(fc.ipV6(), fc.ipV4(), (ipv6, ipv4) => {
        expect(parsePlace(ipv4).network).toBe(`${ipv4.split(".").slice(0, 3).join(".")}.0/24`);
        const place = parsePlace(ipv6);
        if (place.network?.endsWith("/48")) expect(place.network.split(":").length).toBeLessThanOrEqual(5);
        else expect(place.network).toMatch(/\.0\/24$/);
      }),
    );
  });
});
