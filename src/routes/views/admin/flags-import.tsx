/** Switches and rules from a file: first what would change, then the change. */
import { ADMIN_FLAGS_IMPORT } from "../addresses.ts";
import { Button } from "../components/button.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { FileField } from "../components/field.tsx";
import { Notice } from "../components/notice.tsx";
import { Table } from "../components/table.tsx";
import type { FieldErrors, Frame } from "../model.ts";
import { ConfirmField, JsonField, NoteField } from "./flag/fields.tsx";
import { FlagFrame } from "./flag/frame.tsx";
import type { DiffLine } from "./flag-model.ts";
import { Difference } from "./flag-parts.tsx";
import type { RulesIssue } from "./flags-rules.tsx";

/** Its form posts `file` or `text`, `note`, `confirm` and `intent`: check or apply. */
export interface FlagsImportPageProps {
  frame: Frame;
  text: string;
  note: string;
  confirm: string;
  errors: FieldErrors;
  /** Null until something readable was given. */
  plan: ImportPlan | null;
}

export interface ImportPlan {
  switches: readonly { key: string; from: string; to: string }[];
  rules: readonly DiffLine[];
  warnings: readonly RulesIssue[];
  /** Keys that have to be typed, because a critical flag changes. */
  confirm: string;
}

const ROWS = 14;

export function FlagsImportPage(props: FlagsImportPageProps) {
  return (
    <FlagFrame
      frame={props.frame}
      title="Import"
      lead="What an export gave, or a flagd document alone. Nothing changes before you have seen what would."
      script="flags"
    >
      <ErrorSummary errors={props.errors} />
      {props.plan === null ? null : <Plan plan={props.plan} />}
      <ImportForm {...props} />
    </FlagFrame>
  );
}

function ImportForm({ text, note, confirm, errors, plan }: FlagsImportPageProps) {
  return (
    <form method="post" action={ADMIN_FLAGS_IMPORT} class="rules-form" enctype="multipart/form-data">
      <FileField name="file" label="A file" accept="application/json,.json" />
      <JsonField name="text" label="Or its text" value={text} rows={ROWS} error={errors["text"]} />
      <NoteField
        name="note"
        hint="It goes into the history of everything that changes."
        value={note}
        error={errors["note"]}
      />
      {plan === null || plan.confirm === "" ? null : (
        <ConfirmField
          name="confirm"
          keys={plan.confirm}
          hint="A critical flag would change."
          value={confirm}
          error={errors["confirm"]}
        />
      )}
      <div class="actions">
        <Button name="intent" value="check" icon="search">
          Show what would change
        </Button>
        {plan === null ? null : (
          <Button kind="primary" name="intent" value="apply">
            Import it
          </Button>
        )}
      </div>
    </form>
  );
}

function Plan(props: { plan: ImportPlan }) {
  const { switches, rules, warnings } = props.plan;
  return (
    <section class="concerns" aria-labelledby="plan-title">
      <h2 id="plan-title">What would change</h2>
      {warnings.map(({ field, message }) => (
        <Notice kind="warning" text={`${field}: ${message}`} />
      ))}
      {switches.length + rules.length === 0 ? (
        <Notice kind="info" text="Nothing: everything is so already." />
      ) : null}
      {switches.length === 0 ? null : (
        <Table
          caption="Switches that would change"
          rows={switches}
          columns={[
            { label: "Flag", cell: (row) => <span class="mono">{row.key}</span> },
            { label: "From", cell: (row) => row.from, breaks: true },
            { label: "To", cell: (row) => row.to, breaks: true },
          ]}
        />
      )}
      {rules.length === 0 ? null : <Difference lines={rules} />}
    </section>
  );
}
