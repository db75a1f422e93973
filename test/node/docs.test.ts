import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadWrangler, ROOT } from "../../scripts/dev/wrangler.ts";
import { createFolder } from "./temporary.ts";

const SOURCES = "src/**/*.{ts,tsx}";

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** What `pattern` captures first, everywhere in these files, each once. */
function collect(files: string, pattern: RegExp): string[] {
  const found = globSync(files, { cwd: ROOT }).flatMap((path) =>
    [...read(path).matchAll(pattern)].map((match) => match[1] ?? ""),
  );
  return [...new Set(found)].sort((a, b) => a.localeCompare(b, "en"));
}

/** Names that a page doesn't hold as code. */
function listMissing(page: string, names: readonly string[]): string[] {
  const text = read(page);
  return names.filter((name) => !text.includes(`\`${name}\``));
}

describe("docs/operations.md", () => {
  it("says what to do about every alarm", () => {
    const events = collect(SOURCES, /logAlarm\(\s*"(\w+)"/g);
    expect(events).toContain("provider_wallet_empty");
    expect(listMissing("docs/operations.md", events)).toEqual([]);
  });

  it("explains every error that is logged", () => {
    const events = collect(SOURCES, /logError\(\s*"(\w+)"/g);
    expect(events).toContain("request_failed");
    expect(listMissing("docs/operations.md", events)).toEqual([]);
  });

  it("explains every variable of wrangler.toml, and every secret that the code knows", async () => {
    const { unstable_readConfig: readConfig } = await loadWrangler(createFolder());
    const variables = Object.keys(readConfig({ config: join(ROOT, "wrangler.toml") }).vars);
    const secrets = collect("src/env.ts", /^ {2}([A-Z][A-Z_]+)\?: string;$/gm);
    expect(secrets).toContain("AUTH_SECRET");
    expect(listMissing("docs/operations.md", [...variables, ...secrets])).toEqual([]);
  });
});

describe("docs/storage.md", () => {
  it("describes every table", () => {
    const tables = collect("migrations/*.sql", /^CREATE TABLE (\w+)/gm);
    expect(tables).toContain("credit_entries");
    expect(listMissing("docs/storage.md", tables)).toEqual([]);
  });
});

describe("links between pages", () => {
  it.each(["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })])(
    "lead from %s to files that exist",
    (page) => {
      const links = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? "");
      expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
    },
  );
});
