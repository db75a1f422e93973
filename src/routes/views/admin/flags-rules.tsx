/** The rules as a document: edited, checked and compared before they are saved. */
import { ADMIN_FLAGS_RULES } from "../addresses.ts";
import { Button } from "../components/button.tsx";
import { ConcernItem } from "../components/concern.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { Notice } from "../components/notice.tsx";
import type { FieldErrors, Frame } from "../model.ts";
import { countOf } from "../words.ts";
import { ConfirmField, JsonField, NoteField } from "./flag/fields.tsx";
import { FlagFrame } from "./flag/frame.tsx";
import type { DiffLine, FlagHistoryRow } from "./flag-model.ts";
import { Difference, FlagHistory } from "./flag-parts.tsx";

/** Its form posts `document`, `base`, `note`, `confirm` and `intent`: check or save. */
export interface FlagRulesPageProps {
  frame: Frame;
  /** Null when it is longer than the editor takes. */
  text: string | null;
  /** What is wrong with what is stored, in sentences. */
  defects: readonly string[];
  /** Names what is stored while this was edited, so that nobody's change is overwritten unseen. */
  base: string;
  note: string;
  confirm: string;
  refusals: FieldErrors;
  /** Null until it was checked. */
  check: RulesCheck | null;
  history: readonly FlagHistoryRow[];
}

export interface RulesCheck {
  errors: readonly RulesIssue[];
  warnings: readonly RulesIssue[];
  /** Null when there is nothing to compare: what was typed is no JSON. */
  difference: readonly DiffLine[] | null;
  /** Keys that have to be typed, because the rule of a critical flag changes. */
  confirm: string;
}

export interface RulesIssue {
  field: string;
  message: string;
}

const ROWS = 24;

export function FlagRulesPage(props: FlagRulesPageProps) {
  return (
    <FlagFrame
      frame={props.frame}
      title="Rules"
      lead="A flagd document: who gets what while a switch says “auto”. Flags that only it defines are served to outside clients."
      script="flags"
    >
      <ErrorSummary errors={props.refusals} />
      {props.defects.map((text) => (
        <Notice kind="error" text={text} />
      ))}
      {props.check === null ? null : <Check check={props.check} />}
      {props.text === null ? <TooLong /> : <Editor {...props} text={props.text} />}
      <section class="history" aria-labelledby="history-title">
        <h2 id="history-title">History</h2>
        {props.history.length === 0 ? (
          <p class="lead">Nobody has changed the rules yet.</p>
        ) : (
          <FlagHistory rows={props.history} ofRules />
        )}
      </section>
    </FlagFrame>
  );
}

function TooLong() {
  return (
    <Notice
      kind="warning"
      text="This document is too long to be edited here. Export has it; edit it as a file, and put it back with wrangler: npx wrangler kv key put --binding FLAGS rules.json --path rules.json, with --remote where the product is deployed or --local here."
    />
  );
}

function Editor(props: FlagRulesPageProps & { text: string }) {
  return (
    <form method="post" action={ADMIN_FLAGS_RULES} class="rules-form" enctype="multipart/form-data">
      <input type="hidden" name="base" value={props.base} />
      <JsonField
        name="document"
        label="The document"
        hint="Rules may look at targetingKey, role, emailDomain, country and environment."
        value={props.text}
        rows={ROWS}
        error={describeErrors(props.check)}
      />
      <NoteField
        name="note"
        hint="It stays in the history."
        value={props.note}
        error={props.refusals["note"]}
      />
      <Confirm {...props} />
      <div class="actions">
        <Button name="intent" value="check" icon="search">
          Check and compare
        </Button>
        <Button kind="primary" name="intent" value="save">
          Save
        </Button>
      </div>
    </form>
  );
}

/** Asked for once it is known that a critical flag is concerned. */
function Confirm({ check, confirm, refusals }: Pick<FlagRulesPageProps, "check" | "confirm" | "refusals">) {
  if (check === null || check.confirm === "") return null;
  return (
    <ConfirmField
      name="confirm"
      keys={check.confirm}
      hint="The rule of a critical flag changes, and a reason is needed too."
      value={confirm}
      error={refusals["confirm"]}
    />
  );
}

/** The list of them stands above; this says it to those who have come to the field. */
function describeErrors(check: RulesCheck | null): string | undefined {
  const count = check?.errors.length ?? 0;
  return count === 0 ? undefined : `${countOf(count, "thing")} in it can't be saved: see above.`;
}

function Check(props: { check: RulesCheck }) {
  const { errors, warnings, difference } = props.check;
  return (
    <section class="concerns" aria-labelledby="check-title">
      <h2 id="check-title">{errors.length > 0 ? "This can't be saved" : "What would change"}</h2>
      <ul>
        {errors.map((issue) => Issue(issue, "error"))}
        {warnings.map((issue) => Issue(issue, "warning"))}
      </ul>
      <Comparison difference={difference} />
    </section>
  );
}

function Comparison({ difference }: Pick<RulesCheck, "difference">) {
  if (difference === null) return null;
  if (difference.length > 0) return <Difference lines={difference} />;
  return <Notice kind="info" text="Nothing: it says the same as what is stored." />;
}

function Issue(issue: RulesIssue, severity: "error" | "warning") {
  return (
    <ConcernItem severity={severity}>
      <span>
        <span class="mono">{issue.field}</span>: {issue.message}
      </span>
    </ConcernItem>
  );
}
