/** The administrators' first look: what needs a person now, and a few real figures. */
import { ConcernItem } from "../components/concern.tsx";
import { Notice } from "../components/notice.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Page } from "../layout.tsx";
import type { Frame } from "../model.ts";
import { formatNumber } from "../words.ts";
import { DailyPictures, type Day } from "./daily-pictures.tsx";

export interface Figure {
  name: string;
  value: number;
  /** Over which time, or of what. */
  note: string;
}

export interface Concern {
  severity: "warning" | "error";
  text: string;
  /** Where it can be looked at or put right. */
  href: string | null;
}

export interface AdminHomePageProps {
  frame: Frame;
  figures: readonly Figure[];
  concerns: readonly Concern[];
  /** Oldest first. */
  days?: readonly Day[];
  /** False while charts are switched off: the same figures are then a table. */
  hasCharts?: boolean;
}

export function AdminHomePage(props: AdminHomePageProps) {
  return (
    <Page {...props.frame} title="Administration" current="admin" look={["accounts", "flags"]}>
      <PageHeader
        title="How things stand"
        lead="Everything here is counted from the tables when the page is made."
      />
      <Concerns concerns={props.concerns} />
      <Figures figures={props.figures} />
      {props.days === undefined ? null : (
        <DailyPictures days={props.days} hasCharts={props.hasCharts !== false} />
      )}
    </Page>
  );
}

function Concerns(props: { concerns: readonly Concern[] }) {
  return (
    <section class="concerns" aria-labelledby="concerns-title">
      <h2 id="concerns-title">Needs attention</h2>
      {props.concerns.length === 0 ? (
        <Notice
          kind="success"
          text="Nothing. No job is stuck, the books balance, and no switch or rule is broken."
        />
      ) : (
        <ul>
          {props.concerns.map(({ severity, text, href }) => (
            <ConcernItem severity={severity}>
              {href === null ? <span>{text}</span> : <a href={href}>{text}</a>}
            </ConcernItem>
          ))}
        </ul>
      )}
    </section>
  );
}

function Figures(props: { figures: readonly Figure[] }) {
  return (
    <section aria-labelledby="figures-title">
      <h2 id="figures-title">In figures</h2>
      <dl class="figures">
        {props.figures.map((figure) => (
          <div>
            <dt>{figure.name}</dt>
            <dd class="figure-value">{formatNumber(figure.value)}</dd>
            <dd class="figure-note">{figure.note}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
