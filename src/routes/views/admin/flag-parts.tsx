/** Pieces that several flag pages share: the state of a flag, findings, history, differences. */
import { adminFlagsRulesFromPath } from "../addresses.ts";
import { ConcernItem } from "../components/concern.tsx";
import { Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import type { DiffLine, FlagFinding, FlagHistoryRow, FlagOverview } from "./flag-model.ts";
import { explainWhy, nameOfVia } from "./flag-words.ts";

/** What holds. The words carry the meaning; colour only repeats it. Where people differ, it is said of whoever looks. */
export function FlagState(props: { flag: FlagOverview }) {
  const { value, variant, doubt, share, choice } = props.flag;
  if (choice === "share" && share !== null && share > 0 && share < 100) {
    return <span class="flag-state flag-part">{share}%</span>;
  }
  const word = variant === "on" || variant === "off" ? (value ? "On" : "Off") : variant;
  if (doubt !== null) return <span class="flag-state flag-part">{word} for you</span>;
  return <span class={value ? "flag-state flag-on" : "flag-state flag-off"}>{word}</span>;
}

/** Why it is so, since when and by whom. */
export function FlagWhy(props: { flag: FlagOverview }) {
  const { flag } = props;
  const { raw, valid, note } = flag.switch;
  return (
    <div class="flag-why">
      <p>
        {explainWhy(flag)} {raw !== null && valid ? <SwitchAuthor flag={flag} /> : null}
      </p>
      {note === null || raw === null ? null : <p class="flag-note">“{note}”</p>}
      {valid ? null : (
        <p class="flag-problem">
          The switch says “{raw}”, which means nothing and changes nothing. <SwitchAuthor flag={flag} />
        </p>
      )}
      {flag.doubt === null || !flag.critical ? null : <p class="flag-problem">{flag.doubt}</p>}
      {flag.problem === null || !valid ? null : <p class="flag-problem">{flag.problem}</p>}
    </div>
  );
}

/** Since when the switch says what it says, and through whom. */
function SwitchAuthor(props: { flag: FlagOverview }) {
  const { at } = props.flag.switch;
  const { setBy, source } = props.flag;
  if (at === null) return null;
  return (
    <span>
      {source === "switch" ? "Since " : "The switch has been so since "}
      <Time at={at} />
      {setBy === null ? "" : `, by ${setBy}`}.
    </span>
  );
}

export function Findings(props: { findings: readonly FlagFinding[] }) {
  if (props.findings.length === 0) return null;
  return (
    <section class="concerns" aria-labelledby="findings-title">
      <h2 id="findings-title">Needs attention</h2>
      <ul>
        {props.findings.map((finding) => (
          <ConcernItem severity={finding.severity}>
            <span>
              {finding.message} <span class="concern-fix">{finding.fix}</span>
            </span>
          </ConcernItem>
        ))}
      </ul>
    </section>
  );
}

/** `ofRules` for the document, whose texts are too long to be shown in a row: they can be opened in the editor. */
export function FlagHistory(props: { rows: readonly FlagHistoryRow[]; ofRules?: boolean }) {
  return (
    <>
      <p class="hint">
        What wrangler changes is noticed when it is served, or within a minute. If it returns at once to what
        held before, there may be no row for it.
      </p>
      <HistoryTable {...props} />
    </>
  );
}

function HistoryTable(props: { rows: readonly FlagHistoryRow[]; ofRules?: boolean }) {
  return (
    <Table
      caption="Changes, newest first"
      rows={props.rows}
      columns={[
        { label: "When", cell: (row) => <Time at={row.at} /> },
        {
          label: "Change",
          cell: (row) => (props.ofRules === true ? RulesChange(row) : `${row.old} → ${row.new}`),
          breaks: true,
        },
        { label: "By", cell: (row) => row.who, breaks: true },
        { label: "Through", cell: (row) => nameOfVia(row.via) },
        { label: "Why", cell: (row) => row.note ?? "–", breaks: true },
      ]}
    />
  );
}

function RulesChange(row: FlagHistoryRow) {
  return <a href={adminFlagsRulesFromPath(row.id)}>What was before</a>;
}

export function Difference(props: { lines: readonly DiffLine[] }) {
  return (
    <figure class="diff" aria-label="What would change" tabindex={0}>
      {props.lines.map((line) =>
        line.kind === "skipped" ? (
          <p class="diff-skipped">{line.count === 1 ? "1 line" : `${line.count} lines`} as before</p>
        ) : (
          <p class={`diff-line diff-${line.kind}`}>
            <span class="diff-mark">{MARKS[line.kind]}</span>
            <code>{line.text}</code>
          </p>
        ),
      )}
    </figure>
  );
}

/** Read out too, where colours can't be seen. */
const MARKS = { same: " ", added: "+", removed: "−" } as const;
