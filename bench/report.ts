/** The results as Markdown tables, so that they can stand in docs/performance.md as they are printed. */
import { FLAGS_MAX_MS, type FlagCost } from "./flags.ts";
import type { Comparison } from "./measure.ts";
import type { MeasuredRoute } from "./routes.ts";
import type { RouteFacts } from "./sameness.ts";
import { PAGE_SCRIPT_MAX_KB, PAGE_STYLE_MAX_KB, type PageSize, WORKER_MAX_KB } from "./sizes.ts";

export interface CountedRoute {
  route: MeasuredRoute;
  facts: RouteFacts;
}

export interface ComparedRoute {
  title: string;
  comparison: Comparison;
}

export function formatRoundTrips(results: readonly CountedRoute[]): string {
  return formatTable(
    ["Route", "D1 round trips", "Budget"],
    results.map(({ route, facts }) => [route.title, String(facts.roundTrips), String(route.roundTripsMax)]),
  );
}

export function formatFlagCosts(costs: readonly FlagCost[]): string {
  return formatTable(
    ["The namespace holds", "µs for all five flags", `Goal ≤ ${FLAGS_MAX_MS * MICROSECONDS_PER_MS}`],
    costs.map(({ stored, ms }) => [
      stored,
      (ms * MICROSECONDS_PER_MS).toFixed(1),
      ms <= FLAGS_MAX_MS ? "met" : "missed",
    ]),
  );
}

const MICROSECONDS_PER_MS = 1_000;

/** `wayMs` is in A and B alike; the last column is their ratio without it. */
export function formatComparisons(rows: readonly ComparedRoute[], wayMs: number): string {
  const table = formatTable(
    ["Route", "CPU ratio A/B", "95 % interval", "Pairs", "A ms", "B ms", "Ratio of the rest"],
    rows.map(({ title, comparison: { ratio, pairs, aMs, bMs } }) => [
      title,
      ratio.median.toFixed(2),
      `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}`,
      String(pairs),
      aMs.toFixed(2),
      bMs.toFixed(2),
      ((aMs - wayMs) / (bMs - wayMs)).toFixed(2),
    ]),
  );
  return `${table}\n\nOf A and B, ${wayMs.toFixed(2)} ms are the driver and the way to a Worker.`;
}

export function formatSizes(workerKb: number, pages: readonly PageSize[]): string {
  const worker = `Worker: ${workerKb.toFixed(1)} KB of at most ${WORKER_MAX_KB}.`;
  const table = formatTable(
    ["Page", "HTML KB", `CSS KB (≤ ${PAGE_STYLE_MAX_KB})`, `JavaScript KB (≤ ${PAGE_SCRIPT_MAX_KB})`],
    pages.map((page) => [
      page.status === 200 ? page.path : `${page.path} (answered ${page.status})`,
      page.htmlKb.toFixed(1),
      page.styleKb.toFixed(1),
      page.scriptKb.toFixed(1),
    ]),
  );
  return `${worker}\n\n${table}`;
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const toLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [toLine(head), toLine(widths.map((width) => "-".repeat(width))), ...rows.map(toLine)].join("\n");
}
