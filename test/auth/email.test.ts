import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskEmail, parseEmail } from "../../src/auth/email.ts";

describe("parseEmail", () => {
  it("gives the normal form of ordinary addresses", () => {
    expect(parseEmail("  Ines.O'Kafor+fair@Mail.Example.TEST ")).toBe("ines.o'kafor+fair@mail.example.test");
    expect(parseEmail("a@b.co")).toBe("a@b.co");
  });

  it("refuses what could be read as two addresses, another address or a header", () => {
    const hostile = [
      "a@b",
      "a@@b.co",
      "a@b@c.co",
      "a,b@c.co",
      '"a"@b.co',
      "a @b.co",
      "a@b.co\nx",
      ".a@b.co",
      "a..b@c.co",
    ];
    for (const text of [...hostile, "a＠b.co", "ä@b.co", "a@ü.co", "a@b..co", "a@b.co.", "@b.co", "a@", ""]) {
      expect(parseEmail(text), text).toBeNull();
    }
  });

  it("keeps to the lengths of the mail standards", () => {
    expect(parseEmail(`${"a".repeat(64)}@b.co`)).not.toBeNull();
    expect(parseEmail(`${"a".repeat(65)}@b.co`)).toBeNull();
    expect(
      parseEmail(`a@${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.${"e".repeat(60)}.co`),
    ).toBeNull();
  });

  it("never gives anything but one line of ASCII with one @, and gives its own results again", () => {
    void fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.emailAddress()), (text) => {
        const email = parseEmail(text);
        if (email === null) return;
        expect(email).toMatch(/^[\x21-\x7e]+$/);
        expect(email.split("@")).toHaveLength(2);
        expect(parseEmail(email)).toBe(email);
      }),
    );
  });
});

describe("maskEmail", () => {
  it("leaves the first letter and the domain", () => {
    expect(maskEmail("ines.okafor@example.test")).toBe("i…@example.test");
  });
});
