import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "../../src/auth/password.ts";

const PASSWORD = "a long enough password";

describe("passwords", () => {
  it("are stored as PHC strings with their parameters and a salt of their own", () => {
    const first = hashPassword(PASSWORD);
    expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(hashPassword(PASSWORD)).not.toBe(first);
  });

  it("verify when they are the same in another Unicode form, and not otherwise", () => {
    const stored = hashPassword("pässwörd with ﬁ ligature");
    expect(verifyPassword("pa\u0308sswo\u0308rd with fi ligature", stored)).toEqual({
      isValid: true,
      needsRehash: false,
    });
    expect(verifyPassword("passwort with fi ligature", stored).isValid).toBe(false);
  });

  it("verify against older parameters and ask for a new hash", () => {
    const older = `$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$${deriveOlder("old password")}`;
    expect(verifyPassword("old password", older)).toEqual({ isValid: true, needsRehash: true });
  });

  it("are refused when the stored string is absent, broken, or asks for more work than we allow", () => {
    const greedy = "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for (const stored of [null, "", "plain", "$2b$10$abc", greedy]) {
      expect(verifyPassword(PASSWORD, stored).isValid).toBe(false);
    }
  });
});

function deriveOlder(password: string): string {
  const key = scryptSync(password, Buffer.alloc(16), 32, { cost: 16, blockSize: 8, parallelization: 1 });
  return key.toString("base64").replace(/=+$/, "");
}
