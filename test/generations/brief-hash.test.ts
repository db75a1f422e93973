import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { briefHash } from "../../src/generations/brief-hash.ts";
import { arbitraryBody, getBrief } from "./briefs.ts";

const WEDDING = {
  eventType: "wedding",
  answers: { style: "Modern", season: "Fall" },
  shapes: ["1:1", "5:7"],
};

describe("briefHash", () => {
  it("is the SHA-256 of the brief as JSON with sorted keys", async () => {
    const canonical =
      '{"answers":{"season":"Fall","style":"Modern"},"count":1,"eventType":"wedding","quality":"standard","shapes":["1:1","5:7"]}';
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical));
    const expected = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join(
      "",
    );
    expect(await briefHash(getBrief(WEDDING))).toBe(expected);
  });

  it("is the same when keys are ordered differently, defaults are spelled out or blanks surround a word", async () => {
    const same = {
      count: 1,
      quality: "standard",
      shapes: ["1:1", "5:7"],
      answers: { season: " Fall ", "colour-scheme": "", style: "Modern" },
      eventType: "wedding",
    };
    expect(await briefHash(getBrief(same))).toBe(await briefHash(getBrief(WEDDING)));
  });

  it.each([
    ["the order of shapes", { shapes: ["5:7", "1:1"] }],
    ["an answer", { answers: { style: "Modern", season: "Winter" } }],
    ["the count", { count: 2 }],
    ["the seed", { seed: 0 }],
    ["the text", { text: "Yes" }],
    ["the prompt", { prompt: "Yes" }],
  ])("differs when %s differs", async (_, fields) => {
    expect(await briefHash(getBrief({ ...WEDDING, ...fields }))).not.toBe(await briefHash(getBrief(WEDDING)));
  });

  it("is equal for two briefs exactly when they are equal", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryBody, arbitraryBody, async (one, other) => {
        const [first, second] = [getBrief(one), getBrief(other)];
        const isSame = (await briefHash(first)) === (await briefHash(second));
        expect(isSame).toBe(JSON.stringify(first) === JSON.stringify(second));
        expect(await briefHash(getBrief(JSON.parse(JSON.stringify(first))))).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });
});
