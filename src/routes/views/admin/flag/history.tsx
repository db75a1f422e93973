/** Everything that ever happened to one flag, newest first, and the way back from the newest change. */
import { adminFlagPath } from "../../addresses.ts";
import { Button } from "../../components/button.tsx";
import { Pagination } from "../../components/pagination.tsx";
import type { FieldErrors } from "../../model.ts";
import type { FlagHistoryRow, FlagOverview } from "../flag-model.ts";
import { FlagHistory } from "../flag-parts.tsx";
import { nameOfValue } from "../flag-words.ts";
import { ConfirmField } from "./fields.tsx";

export interface HistoryProps {
  flag: FlagOverview;
  history: readonly FlagHistoryRow[];
  nextCursor: string | null;
  hasCursor: boolean;
  /** False when what was there before the newest change is nothing that a switch may say. */
  isUndoable: boolean;
  errors?: FieldErrors;
}

export function History(props: HistoryProps) {
  return (
    <section class="history" aria-labelledby="history-title">
      <h2 id="history-title">History</h2>
      <Undo {...props} />
      {props.history.length === 0 ? (
        <p class="lead">Nobody has changed it yet.</p>
      ) : (
        <FlagHistory rows={props.history} />
      )}
      <Pagination
        path={adminFlagPath(props.flag.key)}
        query={{}}
        nextCursor={props.nextCursor}
        hasCursor={props.hasCursor}
      />
    </section>
  );
}

function Undo(props: HistoryProps) {
  const { flag, errors = {} } = props;
  const last = props.history[0];
  if (last === undefined || props.hasCursor) return null;
  if (!props.isUndoable) {
    return (
      <p>The last change can't be undone: “{nameOfValue(last.old)}” is nothing that this switch may say.</p>
    );
  }
  return (
    <form method="post" action={adminFlagPath(flag.key)} class="flag-undo">
      <input type="hidden" name="intent" value="undo" />
      <input type="hidden" name="change" value={last.id} />
      {flag.critical ? (
        <ConfirmField
          name="undoConfirm"
          keys={flag.key}
          purpose="undo"
          required
          value=""
          error={errors["undoConfirm"]}
        />
      ) : null}
      <Button icon="back">Undo the last change: back to “{nameOfValue(last.old)}”</Button>
    </form>
  );
}
