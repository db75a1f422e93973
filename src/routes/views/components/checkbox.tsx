/** One thing that may be ticked, with its words beside it. */
export interface CheckboxProps {
  name: string;
  value: string;
  label: string;
  hint?: string;
  checked?: boolean;
}

export function Checkbox(props: CheckboxProps) {
  return (
    <label class="checkbox">
      <input type="checkbox" name={props.name} value={props.value} checked={props.checked === true} />
      <span>
        {props.label}
        {props.hint === undefined ? null : <span class="hint checkbox-hint">{props.hint}</span>}
      </span>
    </label>
  );
}
