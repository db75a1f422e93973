/**
 * Pictures made and given back, day by day: drawn on the server, or as a table while charts are switched off. The
 * same figures either way, and the chart brings its table along for those who can't see it.
 */
import { Table } from "../components/table.tsx";
import { formatDay, formatNumber } from "../words.ts";

export interface Day {
  /** The day's beginning, ISO 8601. */
  at: string;
  made: number;
  givenBack: number;
}

const CHART = { width: 900, height: 270, left: 44, right: 8, top: 12, bottom: 40 } as const;
const PLOT_WIDTH = CHART.width - CHART.left - CHART.right;
const PLOT_HEIGHT = CHART.height - CHART.top - CHART.bottom;
/** Of a day's room: the bar, and the gap beside it. */
const BAR_SHARE = 0.68;
const LABEL_EVERY_DAYS = 7;

export function DailyPictures(props: { days: readonly Day[]; hasCharts: boolean }) {
  const { days } = props;
  return (
    <section class="history" aria-labelledby="daily-title">
      <h2 id="daily-title">Day by day</h2>
      <p class="lead">{describe(days)}</p>
      {props.hasCharts ? (
        <figure class="chart">
          <Chart days={days} />
          <figcaption class="chart-legend">
            <span class="chart-key chart-made">Made</span>
            <span class="chart-key chart-back">Given back</span>
          </figcaption>
          <details>
            <summary>The same figures as a table</summary>
            <DaysTable days={days} />
          </details>
        </figure>
      ) : (
        <>
          <p class="hint">Charts are switched off. These are the same figures as a table.</p>
          <DaysTable days={days} />
        </>
      )}
    </section>
  );
}

function describe(days: readonly Day[]): string {
  const made = sum(days.map((day) => day.made));
  const givenBack = sum(days.map((day) => day.givenBack));
  if (made + givenBack === 0) return `No picture was made in the last ${days.length} days.`;
  return `In the last ${days.length} days ${formatNumber(made)} made and ${formatNumber(givenBack)} given back, by days in UTC.`;
}

function DaysTable(props: { days: readonly Day[] }) {
  return (
    <Table
      caption="Pictures made and given back per day, newest first"
      rows={[...props.days].reverse()}
      columns={[
        { label: "Day", cell: (day) => formatDay(day.at) },
        { label: "Made", cell: (day) => formatNumber(day.made), numeric: true },
        { label: "Given back", cell: (day) => formatNumber(day.givenBack), numeric: true },
      ]}
    />
  );
}

/** Colours come from the style sheet; positions are attributes, because the page allows no inline style. */
function Chart(props: { days: readonly Day[] }) {
  const top = niceTop(Math.max(...props.days.map((day) => day.made + day.givenBack), 1));
  return (
    <svg viewBox={`0 0 ${CHART.width} ${CHART.height}`} role="img" aria-label={describe(props.days)}>
      {[0, top / 2, top].map((value) => GridLine(value, top))}
      {props.days.map((day, index) => Bar(day, index, props.days.length, top))}
    </svg>
  );
}

function GridLine(value: number, top: number) {
  const y = heightOf(top - value, top) + CHART.top;
  return (
    <g>
      <line class="chart-grid" x1={CHART.left} x2={CHART.width - CHART.right} y1={y} y2={y} />
      <text class="chart-label" x={CHART.left - 8} y={y + 4} text-anchor="end">
        {formatNumber(value)}
      </text>
    </g>
  );
}

function Bar(day: Day, index: number, days: number, top: number) {
  const room = PLOT_WIDTH / days;
  const x = round(CHART.left + index * room + (room * (1 - BAR_SHARE)) / 2);
  const width = round(room * BAR_SHARE);
  const made = heightOf(day.made, top);
  const back = heightOf(day.givenBack, top);
  const base = CHART.top + PLOT_HEIGHT;
  const isLabelled = (days - 1 - index) % LABEL_EVERY_DAYS === 0;
  return (
    <g>
      <title>{`${formatDay(day.at)}: ${day.made} made, ${day.givenBack} given back`}</title>
      <rect
        class="chart-room"
        x={round(CHART.left + index * room)}
        y={CHART.top}
        width={round(room)}
        height={PLOT_HEIGHT}
      />
      <rect class="chart-made" x={x} y={round(base - made)} width={width} height={made} />
      <rect class="chart-back" x={x} y={round(base - made - back)} width={width} height={back} />
      {isLabelled ? (
        <text
          class="chart-label"
          x={round(x + width / 2)}
          y={CHART.height - 8}
          text-anchor={index === days - 1 ? "end" : "middle"}
        >
          {formatDay(day.at).replace(/ \d{4}$/, "")}
        </text>
      ) : null}
    </g>
  );
}

function heightOf(value: number, top: number): number {
  return round((value / top) * PLOT_HEIGHT);
}

/** An even number that the eye can halve: 2, 4, 10, 20, 40, 100 … */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [2, 4, 10, 20].map((factor) => factor * power).find((top) => top >= most) ?? most;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
