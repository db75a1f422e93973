/** How many tests passed and failed, as vitest's JSON report counts them. */
import * as z from "zod";

export interface Totals {
  passed: number;
  failed: number;
}

const reportSchema = z.object({
  numPassedTests: z.int().min(0),
  numFailedTests: z.int().min(0),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** A file that broke before its first test counts as one failure: it holds no test that could have failed. */
export function parseTotals(text: string): Totals {
  const report = reportSchema.parse(JSON.parse(text));
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

export function addTotals(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

export function formatTotals({ passed, failed }: Totals): string {
  return `${passed} passed, ${failed} failed`;
}
