/** What is sent to browsers stays small, comes from this site only, and keeps to the security policy. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const PUBLIC = join(import.meta.dirname, "../../public");
/** For all style sheets and for all scripts of one page, compressed. */
const BUDGET_BYTES = 15 * 1024;

function read(path: string): string {
  return readFileSync(join(PUBLIC, path), "utf8");
}

function listFiles(folder: string, ending: string): string[] {
  return readdirSync(join(PUBLIC, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}${name}`);
}

function compressedSize(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + gzipSync(read(path)).byteLength, 0);
}

const COMMON_SHEETS = ["app.css", "css/components.css"];
const LOOKS = listFiles("css/", ".css").filter((path) => !COMMON_SHEETS.includes(path));
const COMMON_SCRIPT = "scripts/common.js";
const SCRIPTS = listFiles("scripts/", ".js");

describe("the folder of public files", () => {
  it("holds style sheets and scripts to look at", () => {
    expect(LOOKS).toContain("css/create.css");
    expect(SCRIPTS).toContain(COMMON_SCRIPT);
  });
});

describe.each(LOOKS)("a page with %s", (look) => {
  it("has styles within the budget", () => {
    expect(compressedSize([...COMMON_SHEETS, look])).toBeLessThanOrEqual(BUDGET_BYTES);
  });
});

describe.each([...COMMON_SHEETS, ...LOOKS])("the style sheet %s", (path) => {
  const sheet = read(path);

  it("loads nothing but the fonts of this site", () => {
    expect(sheet).not.toMatch(/@import|https?:|data:/);
    const loaded = Array.from(sheet.matchAll(/url\("?([^")]+)"?\)/g), ([, address]) => address ?? "");
    expect(loaded.filter((address) => !address.startsWith("/fonts/"))).toEqual([]);
  });

  it("stands in layers, below the one that switches motion off", () => {
    expect(sheet).not.toContain("!important");
    const outside = sheet.replaceAll(/\/\*.*?\*\//gs, "").matchAll(/^[^\s}@].*\{$/gm);
    expect(Array.from(outside, ([rule]) => rule)).toEqual([]);
  });
});

describe("motion", () => {
  it("is switched off by the last layer, for those who ask for it and by the flag", () => {
    const sheet = read("app.css");
    expect(sheet).toMatch(/@layer [a-z, ]+, quiet;/);
    const quiet = sheet.slice(sheet.indexOf("@layer quiet {"));
    expect(quiet).toContain("prefers-reduced-motion: reduce");
    expect(quiet).toContain('[data-animations="off"]');
  });
});

describe.each(SCRIPTS)("the script %s", (path) => {
  it("fits the budget together with the common one", () => {
    expect(compressedSize([...new Set([COMMON_SCRIPT, path])])).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it("imports nothing from elsewhere, and writes neither markup nor inline styles", () => {
    expect(read(path)).not.toMatch(/https?:|innerHTML|outerHTML|insertAdjacentHTML|\beval\b|\.style\b/);
  });
});

describe("pictures of the site itself", () => {
  it("hold no scripts and nothing from elsewhere", () => {
    for (const path of ["favicon.svg", ...listFiles("styles/", ".svg")]) {
      expect(read(path)).not.toMatch(/<script|\son\w+=|href="(?!#)/);
    }
  });
});
