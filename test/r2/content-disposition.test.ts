import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildContentDisposition } from "../../src/r2/content-disposition.ts";

const HEADER_PATTERN = /^attachment; filename="([^"\\]+)"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+)$/;

/** The two names in a header, the second one decoded. */
function namesIn(header: string): { ascii: string; extended: string } {
  const [, ascii, extended] = HEADER_PATTERN.exec(header) ?? [];
  if (ascii === undefined || extended === undefined) throw new Error(`not a valid header: ${header}`);
  return { ascii, extended: decodeURIComponent(extended) };
}

describe("buildContentDisposition", () => {
  it.each([
    ["Garden party", "Garden party.png", "Garden party.png"],
    ["Garden party.png", "Garden party.png", "Garden party.png"],
    ["Party.PNG", "Party.png", "Party.png"],
    ["Été à Genève", "Ete a Geneve.png", "Été à Genève.png"],
    ["誕生日", "picture.png", "誕生日.png"],
    ["Sam's 30th (party)*", "Sam's 30th (party)-.png", "Sam's 30th (party)-.png"],
    ['a"; filename="x.exe', "a-- filename=-x.exe.png", "a-- filename=-x.exe.png"],
    ["a\r\nSet-Cookie: x=1", "a Set-Cookie- x=1.png", "a Set-Cookie- x=1.png"],
    ["../../etc/passwd", "-..-etc-passwd.png", "-..-etc-passwd.png"],
    ["C:\\x", "C--x.png", "C--x.png"],
    ["invoice\u202Egnp.exe", "invoicegnp.exe.png", "invoicegnp.exe.png"],
    ["100 %", "100 -.png", "100 -.png"],
    ["lone \uD800 surrogate", "lone surrogate.png", "lone surrogate.png"],
    ["", "picture.png", "picture.png"],
    [" . ", "picture.png", "picture.png"],
    [".png", "picture.png", "picture.png"],
  ])("%j", (filename, ascii, extended) => {
    expect(namesIn(buildContentDisposition(filename, "png"))).toEqual({ ascii, extended });
  });

  it("gives the extension of the format", () => {
    expect(namesIn(buildContentDisposition("x", "jpeg")).extended).toBe("x.jpg");
    expect(namesIn(buildContentDisposition("x.png", "webp")).extended).toBe("x.png.webp");
  });

  it("cuts a long name between characters", () => {
    const { extended } = namesIn(buildContentDisposition("🎂".repeat(300), "png"));
    expect(extended).toBe(`${"🎂".repeat(100)}.png`);
  });

  it("is one well-formed ASCII header for every name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 150 }), (filename) => {
        const header = buildContentDisposition(filename, "webp");
        const { ascii, extended } = namesIn(header);
        expect(header).toMatch(/^[ -~]+$/);
        expect(ascii.endsWith(".webp") && extended.endsWith(".webp")).toBe(true);
        expect(extended).not.toMatch(/[/\\:*?"<>|%;\p{Cc}\p{Cf}]/u);
        expect(new Headers({ "content-disposition": header }).get("content-disposition")).toBe(header);
      }),
      { numRuns: 500 },
    );
  });
});
