/// <reference types="vite/types/importMeta.d.ts" />
import { describe, expect, it } from "vitest";
import { STYLES } from "../../src/generations/catalogue.ts";
import { buildThumbnailPath } from "../../src/generations/catalogue-json.ts";

const THUMBNAIL_MAX_BYTES = 6 * 1024;

const thumbnails = import.meta.glob<string>("../../public/styles/*", {
  query: "?raw",
  import: "default",
  eager: true,
});

describe("style thumbnails", () => {
  it("exist for every style, and for nothing else", () => {
    const paths = STYLES.map(({ key }) => `../../public${buildThumbnailPath(key)}`);
    expect(new Set(Object.keys(thumbnails))).toEqual(new Set(paths));
  });

  it.each(Object.entries(thumbnails))("are small, 4:3 and self-contained: %s", (_, svg) => {
    expect(new TextEncoder().encode(svg).length).toBeLessThanOrEqual(THUMBNAIL_MAX_BYTES);
    expect(svg).toContain('viewBox="0 0 400 300"');
    // What a strict content security policy would block, and what would make the picture depend on its surroundings.
    expect(svg).not.toMatch(/<(script|style|image|foreignObject|text)\b|\b(style|on\w+)=|data:/i);
    const references = svg.replace('xmlns="http://www.w3.org/2000/svg"', "");
    expect(references).not.toMatch(/https?:|url\((?!#)|href="(?!#)/i);
  });
});
