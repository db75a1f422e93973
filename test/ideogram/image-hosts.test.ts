import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeAddress, parseImageHosts, parsePictureUrl } from "../../src/ideogram/image-hosts.ts";

function isAllowed(list: string, url: string, allowHttpLoopback = false): boolean {
  const hosts = parseImageHosts(list);
  if (!hosts.ok) throw new Error(`${hosts.error.entry}: ${hosts.error.reason}`);
  return parsePictureUrl(url, hosts.value, allowHttpLoopback) !== null;
}

describe("parseImageHosts", () => {
  it("reads exact hosts, wildcards, ports and IPv6 in any case", () => {
    expect(parseImageHosts("Ideogram.AI, *.ideogram.ai ,127.0.0.1:8788,[0:0::1]:8788,cdn.test:0443")).toEqual(
      {
        ok: true,
        value: [
          { hostname: "ideogram.ai", isWildcard: false, port: null },
          { hostname: "ideogram.ai", isWildcard: true, port: null },
          { hostname: "127.0.0.1", isWildcard: false, port: "8788" },
          { hostname: "[::1]", isWildcard: false, port: "8788" },
          { hostname: "cdn.test", isWildcard: false, port: "443" },
        ],
      },
    );
  });

  it.each([
    "",
    "ideogram.ai,",
    "*",
    "*.",
    "*.ai",
    "*.127.0.0.1",
    "*.[::1]",
    "*.*.ideogram.ai",
    "img*.ideogram.ai",
    ".ideogram.ai",
    "*..ideogram.ai",
    "ideogram.ai.",
    "https://ideogram.ai",
    "ideogram.ai/api",
    "ideogram.ai?x",
    "ideogram.ai#x",
    "me@ideogram.ai",
    "me:pw@ideogram.ai",
    "ideogram.ai:",
    "ideogram.ai:99999",
    "ideogram.ai:http",
    "ideo gram.ai",
    "ideo\tgram.ai",
    "ideogram\\.ai",
    "::1",
    "[::1",
  ])("refuses the list %j and names the entry", (text) => {
    const hosts = parseImageHosts(text);
    expect(hosts).toMatchObject({ ok: false, error: { entry: text.split(",").at(-1) } });
  });
});

describe("parsePictureUrl", () => {
  const list = "ideogram.ai,*.ideogram.ai";

  it.each([
    "https://ideogram.ai/api/images/ephemeral/x.png?exp=1&sig=2",
    "https://IDEOGRAM.AI/x.png",
    "https://ideogram.ai:443/x.png",
    "https://img.ideogram.ai/x.png",
    "https://a.b.ideogram.ai/x.png",
  ])("allows %s", (url) => {
    expect(isAllowed(list, url)).toBe(true);
  });

  it.each([
    "http://ideogram.ai/x.png",
    "ftp://ideogram.ai/x.png",
    "https://evil.test/x.png",
    "https://ideogram.ai.evil.test/x.png",
    "https://evilideogram.ai/x.png",
    "https://ideogram.ai./x.png",
    "https://.ideogram.ai/x.png",
    "https://a..ideogram.ai/x.png",
    "https://ideogram.ai:8443/x.png",
    "https://user@ideogram.ai/x.png",
    "https://user:pw@ideogram.ai/x.png",
    "https://:pw@ideogram.ai/x.png",
    "https://ideogram.ai@evil.test/x.png",
    "https://evil.test\\@ideogram.ai/x.png",
    "https://evil.test/?https://ideogram.ai/",
    "https://evil.test#@ideogram.ai/",
    "https://\u0456deogram.ai/x.png",
    "https://127.0.0.1/x.png",
    "https://[::1]/x.png",
    "//ideogram.ai/x.png",
    "/x.png",
    "data:image/png;base64,iVBORw0KGgo=",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "",
  ])("refuses %s", (url) => {
    expect(isAllowed(list, url)).toBe(false);
  });

  it("doesn't count the bare host to its wildcard", () => {
    expect(isAllowed("*.ideogram.ai", "https://img.ideogram.ai/")).toBe(true);
    expect(isAllowed("*.ideogram.ai", "https://ideogram.ai/")).toBe(false);
  });

  it.each([
    "http://127.0.0.1:8788/x.png",
    "http://localhost:8788/x.png",
    "http://[::1]:8788/x.png",
    "http://[0:0:0:0:0:0:0:1]:8788/x.png",
    "http://127.9.9.9:8788/x.png",
  ])("allows plain http to this machine only where that is switched on: %s", (url) => {
    const here = "127.0.0.1:8788,localhost:8788,[::1]:8788,127.9.9.9:8788";
    expect(isAllowed(here, url, true)).toBe(true);
    expect(isAllowed(here, url, false)).toBe(false);
    expect(isAllowed("localhost,127.0.0.1,[::1],127.9.9.9", url, true)).toBe(false);
  });

  it("allows plain http to no other machine, listed or not", () => {
    expect(isAllowed("ideogram.ai,10.0.0.1", "http://ideogram.ai/x.png", true)).toBe(false);
    expect(isAllowed("ideogram.ai,10.0.0.1", "http://10.0.0.1/x.png", true)).toBe(false);
    expect(isAllowed("127.0.0.1.nip.test", "http://127.0.0.1.nip.test/x.png", true)).toBe(false);
  });

  it("takes a listed default port as the default", () => {
    expect(isAllowed("ideogram.ai:443", "https://ideogram.ai/x.png")).toBe(true);
    expect(isAllowed("localhost:80", "http://localhost/x.png", true)).toBe(true);
    expect(isAllowed("localhost:443", "http://localhost/x.png", true)).toBe(false);
  });

  it("lets nothing through, in any spelling, that isn't https on a listed name without credentials", () => {
    const piece = fc.constantFrom(
      ..."https:,http:,//,/,\\,@,:,?,#,.,ideogram.ai,IDEOGRAM.AI,evil.test,img,443,8443,user,%2e,%40,\t, ,。,[::1]".split(
        ",",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), fc.boolean(), (pieces, isPrefixed) => {
        const text = (isPrefixed ? "https://" : "") + pieces.join("");
        if (!isAllowed(list, text)) return;
        const { protocol, hostname, port, username, password } = new URL(text);
        expect([protocol, port, username, password]).toEqual(["https:", "", "", ""]);
        expect(hostname).toMatch(/^(?:[^.]+\.)*ideogram\.ai$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("describeAddress", () => {
  it("keeps host and path and nothing that opens the picture", () => {
    expect(describeAddress("https://u:p@ideogram.ai/x.png?exp=1&sig=2#f")).toBe("ideogram.ai/x.png");
    expect(describeAddress("data:image/png;base64,AAAA")).toBe("(no host)");
    expect(describeAddress("not an address")).toBe("(not an address)");
    expect(describeAddress(`https://ideogram.ai/${"x".repeat(900)}`)).toHaveLength(200);
  });
});
