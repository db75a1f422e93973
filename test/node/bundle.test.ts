import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unstable_readConfig } from "wrangler";
import * as z from "zod/mini";
import { runWrangler } from "../../scripts/deploy/run-wrangler.ts";
import { CONFIG_PATH, ROOT } from "../../scripts/dev/wrangler.ts";
import { explainStack } from "../../scripts/stack/explain.ts";

/** docs/decisions/bundle.md says what is in it, and what to do when it comes near. */
const BUDGET_BYTES = 250 * 1024;
/** Stands in one place of this code, and nowhere else. */
const SENTENCE = "because of a fault of ours";

function placeOf(text: string, word: string): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(word)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Whose files each of these takes the place of: nobody else's import may end there. */
const LEFT_OUT_OF: Record<string, string> = {
  "src/left-out/auth-core.ts": "node_modules/@auth/core/",
  "src/left-out/drizzle-orm.ts": "node_modules/drizzle-orm/",
  "src/left-out/hono.ts": "node_modules/hono/",
  "src/left-out/jose.ts": "node_modules/jose/",
  "src/left-out/simplewebauthn.ts": "node_modules/@simplewebauthn/server/",
};

/** Of esbuild's metafile: every file that it has read, and how much of it is in the bundle. */
const metafileSchema = z.object({
  inputs: z.record(
    z.string(),
    z.object({ imports: z.array(z.object({ path: z.string(), original: z.optional(z.string()) })) }),
  ),
  outputs: z.record(
    z.string(),
    z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) }),
  ),
});

/** `words` are those of the import; `path` is the file that they led to. */
interface Import {
  importer: string;
  words: string;
  path: string;
}

describe("the deployed bundle", () => {
  const outDir = mkdtempSync(join(tmpdir(), "eventide-test-"));
  const metafilePath = join(outDir, "metafile.json");
  const alias: Record<string, string> = unstable_readConfig({ config: CONFIG_PATH }).alias ?? {};
  let bundle = "";
  let imports: Import[] = [];
  let files: string[] = [];

  beforeAll(async () => {
    const args = ["deploy", "--dry-run", "--minify", "-c", CONFIG_PATH, "--outdir", outDir];
    const built = await runWrangler([...args, "--metafile", metafilePath]);
    expect(built.code, built.stderr).toBe(0);
    bundle = readFileSync(join(outDir, "index.js"), "utf8");
    const { inputs, outputs } = metafileSchema.parse(JSON.parse(readFileSync(metafilePath, "utf8")));
    imports = Object.entries(inputs).flatMap(([importer, input]) =>
      input.imports.map(({ path, original = path }) => ({ importer, words: original, path })),
    );
    files = Object.values(outputs)
      .flatMap((output) => Object.entries(output.inputs))
      .flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
  });

  afterAll(() => rmSync(outDir, { recursive: true, force: true }));

  const explain = (text: string) =>
    explainStack(text, JSON.parse(readFileSync(join(outDir, "index.js.map"), "utf8")), outDir, ROOT);

  it("keeps to its budget", () => {
    expect(gzipSync(bundle).length).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it.each(Object.entries(alias))("has %s replaced, as packages still ask for it", (words, file) => {
    const paths = imports.filter((found) => found.words === words).map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set([join(file)]));
  });

  it.each(Object.entries(LEFT_OUT_OF))("has %s in place of files of its package only", (file, folder) => {
    const replaced = imports.filter(({ path }) => path === file);
    expect(replaced).not.toEqual([]);
    for (const { importer, words } of replaced) {
      expect(importer.startsWith(folder), `${importer} imports ${words}`).toBe(true);
      // By other words, the same file would be there all the same.
      expect(files).not.toContain(join(importer, "..", words));
    }
  });

  it("uses orElse() in place of zod's catch(), which brings all of zod's tools along", () => {
    const own = files.filter((path) => path.startsWith("src/"));
    expect(own).toContain("src/fields.ts");
    const users = own.filter((path) => /\bz\.catch\(/.test(readFileSync(join(ROOT, path), "utf8")));
    expect(users).toEqual([]);
  });

  it("has stacks that are told in the files and lines that people wrote", () => {
    const { line, column } = placeOf(bundle, SENTENCE);
    const written = placeOf(readFileSync(join(ROOT, "src/errors.ts"), "utf8"), SENTENCE);
    const explained = explain(`{"stack":"Error: x\\n    at a (index.js:${line}:${column})"}`);
    expect(explained).toMatch(
      new RegExp(`^\\{"stack":"Error: x\\n {4}at a \\(src/errors\\.ts:${written.line}:\\d+\\)"\\}$`),
    );
  });

  it("keeps what is in no bundle of ours", () => {
    const text = "at a (other.js:1:2)\nnothing";
    expect(explain(text)).toBe(text);
  });
});
