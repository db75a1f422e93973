/** How fast pages were for sampled readers: the value that three quarters of all views didn't exceed. */
import { adminFlagPath } from "../addresses.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Table } from "../components/table.tsx";
import { Page } from "../layout.tsx";
import type { Frame } from "../model.ts";
import { countOf, formatNumber } from "../words.ts";

export type VitalName = "LCP" | "INP" | "CLS" | "FCP" | "TTFB";

export interface PageSpeed {
  page: string;
  /** Views that were measured. */
  samples: number;
  p75: Partial<Record<VitalName, number>>;
}

export interface FlagsSpeedPageProps {
  frame: Frame;
  days: number;
  pages: readonly PageSpeed[];
  isOn: boolean;
}

/** Good up to the first, poor beyond the second, by the published thresholds of Core Web Vitals. */
const THRESHOLDS: Readonly<Record<VitalName, readonly [number, number]>> = {
  LCP: [2_500, 4_000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1_800, 3_000],
  TTFB: [800, 1_800],
};

const LABELS: Readonly<Record<VitalName, string>> = {
  LCP: "Content (LCP)",
  INP: "Reaction (INP)",
  CLS: "Shifts (CLS)",
  FCP: "First paint (FCP)",
  TTFB: "Server (TTFB)",
};

const NAMES = Object.keys(LABELS) as VitalName[];

export function FlagsSpeedPage(props: FlagsSpeedPageProps) {
  return (
    <Page {...props.frame} title="Speed" current="admin-speed" look={["accounts", "flags"]}>
      <PageHeader
        title="Speed"
        lead={`Measured in browsers, in the last ${countOf(props.days, "day")}. Three quarters of all views were at most as slow as this.`}
      />
      {props.isOn ? null : (
        <p class="hint">
          Nothing is measured right now: <a href={adminFlagPath("perf_monitoring")}>perf_monitoring</a> is
          off.
        </p>
      )}
      {props.pages.length === 0 ? (
        <EmptyState title="No data yet">
          {props.isOn
            ? "No sampled view has ended since. Measurements come when a page is left."
            : "Switch perf_monitoring on, and sampled views are measured from then on."}
        </EmptyState>
      ) : (
        <Speeds pages={props.pages} />
      )}
    </Page>
  );
}

function Speeds(props: Pick<FlagsSpeedPageProps, "pages">) {
  return (
    <>
      <div class="speeds">
        <Table
          caption="Pages with their 75th percentiles"
          rows={props.pages}
          columns={[
            { label: "Page", cell: (row) => <Path path={row.page} /> },
            ...NAMES.map((name) => ({
              label: LABELS[name],
              cell: (row: PageSpeed) => <Measure name={name} value={row.p75[name]} />,
              numeric: true,
            })),
            { label: "Views", cell: (row) => formatNumber(row.samples), numeric: true },
          ]}
        />
      </div>
      <p class="speed-scale">{describeScale()}</p>
    </>
  );
}

/** It may go on to the next line after a slash and nowhere else. */
function Path(props: { path: string }) {
  return (
    <span class="mono">
      {props.path.split(/(?<=\/)(?=.)/).map((part) => (
        <span class="speed-part">{part}</span>
      ))}
    </span>
  );
}

/** The published thresholds, so that nobody has to know them. */
function describeScale(): string {
  const goods = NAMES.map((name) => `${name} ${formatMeasure(name, THRESHOLDS[name][0])}`);
  const poors = NAMES.map((name) => `${name} ${formatMeasure(name, THRESHOLDS[name][1])}`);
  return `Good up to ${goods.join(", ")}; poor beyond ${poors.join(", ")}. A few views say little.`;
}

function formatMeasure(name: VitalName, value: number): string {
  return name === "CLS" ? value.toFixed(2) : `${formatNumber(Math.round(value))} ms`;
}

function Measure(props: { name: VitalName; value: number | undefined }) {
  const { name, value } = props;
  if (value === undefined) return <span>–</span>;
  return (
    <span class="speed">
      {formatMeasure(name, value)}{" "}
      <span class={`speed-word speed-${judge(name, value)}`}>{judge(name, value)}</span>
    </span>
  );
}

function judge(name: VitalName, value: number): "good" | "fair" | "poor" {
  const [good, poor] = THRESHOLDS[name];
  if (value <= good) return "good";
  return value <= poor ? "fair" : "poor";
}
