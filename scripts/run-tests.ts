/** Runs every check and every test in order, stops at the first run that fails, and ends with the totals. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findChromium } from "./dev/chromium.ts";
import { runScript } from "./dev/refusal.ts";
import { ROOT } from "./dev/wrangler.ts";
import { addTotals, formatTotals, parseTotals, type Totals } from "./test-totals.ts";

/** The npm scripts in order: format, lint, types, unit and integration; then end to end. */
const RUNS = ["check", "test:e2e"] as const;
const REPORTS = join(ROOT, ".wrangler", "test-reports");

await runScript(async () => {
  findChromium();
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  let totals: Totals = { passed: 0, failed: 0 };
  for (const run of RUNS) {
    const report = join(REPORTS, `${run.replace(":", "-")}.json`);
    const code = runVitestScript(run, report);
    if (existsSync(report)) totals = addTotals(totals, parseTotals(readFileSync(report, "utf8")));
    if (code !== 0) {
      // A run may fail before its first test, or for another reason than a test: the last line says that, too.
      console.log(`\n${formatTotals(totals)}; npm run ${run} failed with exit code ${code}`);
      process.exitCode = 1;
      return;
    }
  }
  console.log(`\n${formatTotals(totals)}`);
});

/** The exit code of an npm script that ends with vitest, which also writes its totals to `report`. */
function runVitestScript(name: string, report: string): number {
  const args = ["run", name, "--", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const result = spawnSync("npm", args, { cwd: ROOT, stdio: "inherit" });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 1;
}
