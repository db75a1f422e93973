/** Everything that is wrong with a form, above the form, each line a link to its field. */
import type { FieldErrors } from "../model.ts";
import { fieldId } from "./field-ids.ts";

export interface ErrorSummaryProps {
  errors: FieldErrors;
  /** A sentence that belongs to the form as a whole. */
  detail?: string | undefined;
  /** What the fields are called, for messages that only make sense beside their field. */
  labels?: Readonly<Record<string, string>>;
}

export function ErrorSummary(props: ErrorSummaryProps) {
  const errors = Object.entries(props.errors);
  if (errors.length === 0 && props.detail === undefined) return null;
  return (
    <div class="error-summary" role="alert" tabindex={-1} data-hook="error-summary">
      <h2 class="error-summary-title">{titleOf(errors.length)}</h2>
      {props.detail === undefined ? null : <p>{props.detail}</p>}
      {errors.length === 0 ? null : (
        <ul>
          {errors.map(([name, message]) => (
            <li>
              <a href={`#${fieldId(name)}`}>{withLabel(props.labels?.[name] ?? "", message)}</a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A message that names its field already doesn't need the name before it. */
function withLabel(label: string, message: string): string {
  return label === "" || message.includes(label) ? message : `${label} – ${message}`;
}

function titleOf(count: number): string {
  if (count === 0) return "That did not work";
  return count === 1 ? "One thing needs another look" : `${count} things need another look`;
}
