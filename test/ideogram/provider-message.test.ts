import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProviderMessage, readRejectReason, redactText } from "../../src/ideogram/provider-message.ts";

describe("readProviderMessage", () => {
  it.each([
    [{ error: "e", message: "m", detail: "d" }, "e"],
    [{ message: "m", detail: "d" }, "m"],
    [{ detail: "d" }, "d"],
    [{ error: { code: 1 }, detail: "d" }, "d"],
    [{ error: "  ", message: "m" }, "m"],
  ])("prefers error, then message, then detail: %j", (json, message) => {
    expect(readProviderMessage(json, JSON.stringify(json), 400, [])).toBe(message);
  });

  it("falls back to the start of the text on one line", () => {
    expect(readProviderMessage(undefined, `<h1>Bad</h1>\r\n\u0000<p>${"x".repeat(900)}`, 502, [])).toBe(
      `<h1>Bad</h1> <p>${"x".repeat(484)}`,
    );
    expect(readProviderMessage({ code: 7 }, '{"code":7}', 400, [])).toBe('{"code":7}');
  });

  it("says so when there are no words at all", () => {
    expect(readProviderMessage(undefined, " \n", 422, [])).toBe(
      "The provider answered 422 without a message.",
    );
  });
});

describe("readRejectReason", () => {
  it("takes the provider's short codes and nothing else", () => {
    expect(readRejectReason({ reject_reason: "insufficient_funds" })).toBe("insufficient_funds");
    for (const json of [undefined, null, {}, { reject_reason: "A sentence." }, { reject_reason: 3 }]) {
      expect(readRejectReason(json)).toBeNull();
    }
  });
});

describe("redactText", () => {
  it("removes a secret also where JSON has escaped it", () => {
    const secret = 'A "quoted" prompt\nof two lines';
    expect(redactText(JSON.stringify({ input: secret }), [secret])).toBe('{"input":"[removed]"}');
  });

  it("removes a secret that the cut to the kept length would have split", () => {
    expect(redactText(`${"x".repeat(495)}0123456789`, ["0123456789"])).toBe(`${"x".repeat(495)}[remo`);
  });

  it("keeps host and path of an address and drops its query", () => {
    expect(redactText('see "HTTPS://a.test/b.png?exp=1&sig=2", http://c.test/?d', [])).toBe(
      'see "HTTPS://a.test/b.png", http://c.test/',
    );
  });

  it("never lets the key through, whatever stands around it", () => {
    const key = "key-0123456789";
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(redactText(before + key + after, [key])).not.toContain(key);
      }),
    );
  });

  it("searches a bounded part of a text: all of a page of addresses without an end would take hours", () => {
    expect(redactText("http://".repeat(400_000), []).length).toBeLessThanOrEqual(500);
  });
});
