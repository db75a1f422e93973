import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import {
  buildDevVars,
  createSecrets,
  findUnreadableLine,
  requireReadableLines,
  writeDevVarsIfMissing,
} from "../../scripts/dev/dev-vars.ts";
import { Refusal } from "../../scripts/dev/refusal.ts";
import { ROOT } from "../../scripts/dev/wrangler.ts";
import { createFolder } from "./temporary.ts";

describe("createSecrets", () => {
  it("makes other secrets each time, long enough and easy to type", () => {
    const [one, other] = [createSecrets(), createSecrets()];
    expect(one.authSecret).not.toBe(other.authSecret);
    expect(one.demoPassword).not.toBe(other.demoPassword);
    expect(one.authSecret.length).toBeGreaterThanOrEqual(32);
    expect(one.demoPassword).toMatch(/^[a-km-z2-9]{4}-[a-km-z2-9]{4}-[a-km-z2-9]{4}$/);
  });
});

describe("writeDevVarsIfMissing", () => {
  it("writes a file that only its owner can read when there is none", () => {
    const path = join(createFolder(), ".dev.vars");
    expect(writeDevVarsIfMissing(path, 9200)).toBe(true);
    expect(parseEnv(readFileSync(path, "utf8"))).toMatchObject({
      ENVIRONMENT: "development",
      APP_ORIGIN: "http://localhost:9200",
      IDEOGRAM_BASE_URL: "http://127.0.0.1:9201",
      IDEOGRAM_IMAGE_HOSTS: "127.0.0.1:9201,localhost:9201",
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("writes the origin of port 80 as a browser says it", () => {
    expect(parseEnv(buildDevVars(80, createSecrets()))).toMatchObject({
      APP_ORIGIN: "http://localhost",
      IDEOGRAM_BASE_URL: "http://127.0.0.1:81",
    });
  });

  it("leaves a file that is there as it is", () => {
    const path = join(createFolder(), ".dev.vars");
    writeFileSync(path, "AUTH_SECRET=mine\n");
    expect(writeDevVarsIfMissing(path, 9200)).toBe(false);
    expect(readFileSync(path, "utf8")).toBe("AUTH_SECRET=mine\n");
  });
});

describe("findUnreadableLine", () => {
  it.each([
    ["the file that npm start writes", buildDevVars(8787, createSecrets())],
    ["blanks, comments and export", "\n  # a comment\nexport A=1\n  B = 2 # why\r\nC: 3\n"],
    ["an empty value", "A=\n"],
    ["quotes with an equals sign", "A=\"x=y\"\nB='it is'\n"],
    ["a value over several lines", 'KEY="-----BEGIN\nno assignment here\n-----END"\nB=2\n'],
  ])("finds nothing in %s", (_name, text) => {
    expect(findUnreadableLine(text)).toBeNull();
  });

  it.each([
    ["a name without a value", "A=1\nAUTH_SECRET\n", 2],
    ["a sentence", "# fine\nA=1\n\nthis is no setting\n", 4],
    ["a name with a space", "AUTH SECRET=x\n", 1],
    ["a line after a quote that nothing closes", 'A="open\nnothing\n', 2],
  ])("names the line of %s", (_name, text, line) => {
    expect(findUnreadableLine(text)).toBe(line);
  });
});

describe("requireReadableLines", () => {
  it("refuses a folder of that name in one sentence", () => {
    const path = join(createFolder(), ".dev.vars");
    mkdirSync(path);
    expect(() => requireReadableLines(path)).toThrow(
      new Refusal(
        ".dev.vars can't be read (EISDIR): it has to be a file of yours. Correct that and start again.",
      ),
    );
  });

  it("refuses with the file and the line, and without what stands there", () => {
    const path = join(createFolder(), ".dev.vars");
    writeFileSync(path, "A=1\nsecret words\n");
    expect(() => requireReadableLines(path)).toThrow(
      "Line 2 of .dev.vars is not of the form NAME=value: correct it and start again.",
    );
  });
});

describe(".dev.vars.example", () => {
  it("explains exactly the settings that npm start writes", () => {
    const example = parseEnv(readFileSync(join(ROOT, ".dev.vars.example"), "utf8"));
    const written = parseEnv(buildDevVars(8787, createSecrets()));
    expect(Object.keys(example)).toEqual(Object.keys(written));
    expect(findUnreadableLine(readFileSync(join(ROOT, ".dev.vars.example"), "utf8"))).toBeNull();
  });
});
