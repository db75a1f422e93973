import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/dev/chromium.ts";
import { createFolder } from "./temporary.ts";

function createProgram(name: string): string {
  const path = join(createFolder(), name);
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

describe("findChromium", () => {
  it("takes the program that CHROMIUM_PATH names", () => {
    const path = createProgram("my-browser");
    expect(findChromium({ CHROMIUM_PATH: path, PATH: "" })).toBe(path);
  });

  it("refuses a CHROMIUM_PATH that isn't a program, instead of looking elsewhere", () => {
    const path = join(createFolder(), "gone");
    expect(() => findChromium({ CHROMIUM_PATH: path })).toThrow(
      `CHROMIUM_PATH is ${path}, and that is not a program.`,
    );
  });

  it("finds one on the PATH", () => {
    const path = createProgram("chromium");
    expect(findChromium({ PATH: join(path, "..") })).toBe(path);
  });

  it("says what to do when there is none", () => {
    expect(() => findChromium({ PATH: createFolder() }, [])).toThrow(/need a Chromium .* CHROMIUM_PATH\.$/);
  });
});
