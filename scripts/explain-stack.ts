/**
 * `npm run explain-stack < lines-of-the-log`: says in which files and lines of this commit a logged stack is. It builds
 * the bundle again as `npm run deploy` builds it, so check out the commit that the answer of /api/health names.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { runWrangler } from "./deploy/run-wrangler.ts";
import { CONFIG_PATH, ROOT } from "./dev/wrangler.ts";
import { explainStack } from "./stack/explain.ts";

async function main(): Promise<number> {
  if (process.stdin.isTTY) console.error("Paste lines of the log, and end with Ctrl-D:");
  const logged = await text(process.stdin);
  const outDir = mkdtempSync(join(tmpdir(), "eventide-stack-"));
  try {
    const built = await runWrangler([
      "deploy",
      "--dry-run",
      "--minify",
      "-c",
      CONFIG_PATH,
      "--outdir",
      outDir,
    ]);
    if (built.code !== 0) {
      console.error(built.stderr);
      return 1;
    }
    const map = JSON.parse(readFileSync(join(outDir, "index.js.map"), "utf8"));
    process.stdout.write(explainStack(logged, map, outDir, ROOT));
    return 0;
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

process.exitCode = await main();
