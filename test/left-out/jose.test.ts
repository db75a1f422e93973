/** What is left of jose's ways to agree on a key: the one that the sealed cookies use. */
import { JWEInvalid } from "jose/errors";
import { describe, expect, it } from "vitest";
import {
  decryptKeyManagement,
  encryptKeyManagement,
  validateMaxPBES2Count,
} from "../../src/left-out/jose.ts";

const DIRECT = { mode: "direct-encryption" };
const KEY = Uint8Array.of(1, 2, 3);

describe("the key of a sealed cookie", () => {
  it("is the one that both sides have, and none is sent", async () => {
    await expect(encryptKeyManagement(DIRECT, {}, KEY, {}, undefined)).resolves.toEqual([KEY, undefined]);
    await expect(decryptKeyManagement(DIRECT, {}, KEY, undefined)).resolves.toBe(KEY);
  });

  it("is refused as an invalid token when one is sent with it", async () => {
    await expect(decryptKeyManagement(DIRECT, {}, KEY, new Uint8Array())).rejects.toThrow(JWEInvalid);
  });

  // The other ways of jose's table. It swallows every error of this function but few, of which TypeError is one.
  it.each(["key-encryption", "direct-key-agreement", "key-wrapping", "integrated-encryption"])(
    "is refused loudly by %s",
    async (mode) => {
      await expect(encryptKeyManagement({ mode }, {}, KEY, {}, undefined)).rejects.toThrow(TypeError);
      await expect(decryptKeyManagement({ mode }, {}, KEY, undefined)).rejects.toThrow(TypeError);
    },
  );

  it("is refused loudly in any other form", async () => {
    await expect(encryptKeyManagement(DIRECT, {}, KEY, {}, KEY)).rejects.toThrow("left out");
    await expect(encryptKeyManagement(DIRECT, {}, {}, {}, undefined)).rejects.toThrow("left out");
    expect(() => validateMaxPBES2Count(1)).toThrow("left out");
    expect(() => validateMaxPBES2Count(undefined)).not.toThrow();
  });
});
