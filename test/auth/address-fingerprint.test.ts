import { describe, expect, it } from "vitest";
import { fingerprintAddress } from "../../src/auth/address-fingerprint.ts";
import { deriveLinkToken } from "../../src/auth/links.ts";

const SECRET = "a-secret-for-tests-that-is-long-enough-0123456789";
const OLDER = "another-secret-that-is-long-enough-0123456789";

describe("the fingerprint of an address", () => {
  it("is what it was when the oldest of them were stored", () => {
    expect(fingerprintAddress([SECRET], "mia@example.test")).toEqual([
      "6f5028a183fbafafe780c11fc35c1babfbc400ad0b199251a5d7a391e188b195",
    ]);
  });

  it("is another one for every secret and every address", () => {
    const all = [
      ...fingerprintAddress([SECRET, OLDER], "mia@example.test"),
      ...fingerprintAddress([SECRET, OLDER], "mio@example.test"),
    ];
    expect(new Set(all).size).toBe(4);
    for (const fingerprint of all) expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it("comes in the order of the secrets", () => {
    const [newest, older] = fingerprintAddress([SECRET, OLDER], "mia@example.test");
    expect([newest]).toEqual(fingerprintAddress([SECRET], "mia@example.test"));
    expect([older]).toEqual(fingerprintAddress([OLDER], "mia@example.test"));
  });

  it("leaves dots and plus signs as they are", () => {
    const [plain] = fingerprintAddress([SECRET], "mia.okafor@example.test");
    expect(fingerprintAddress([SECRET], "miaokafor@example.test")).not.toEqual([plain]);
    expect(fingerprintAddress([SECRET], "mia.okafor+x@example.test")).not.toEqual([plain]);
  });

  it("has nothing in common with what else the secret makes", () => {
    const text = "mia@example.test";
    const token = Buffer.from(deriveLinkToken(SECRET, text), "base64url").toString("hex");
    expect(fingerprintAddress([SECRET], text)).not.toEqual([token]);
  });
});
