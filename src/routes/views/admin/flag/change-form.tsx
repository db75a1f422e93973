/** What the switch shall say from now on. Posts `intent` = change, `value`, `share`, `note` and `confirm`. */
import { adminFlagPath } from "../../addresses.ts";
import { Button } from "../../components/button.tsx";
import { NumberField } from "../../components/field.tsx";
import { FieldError } from "../../components/field-error.tsx";
import { describedBy, fieldId } from "../../components/field-ids.ts";
import { typedValue } from "../../form-values.ts";
import type { FieldErrors, FormValues } from "../../model.ts";
import type { FlagOverview } from "../flag-model.ts";
import { ConfirmField, NoteField } from "./fields.tsx";

export interface ChangeFormProps {
  flag: FlagOverview;
  /** Variants of the rule that the switch may say beside on and off. */
  variants: readonly string[];
  values?: FormValues;
  errors?: FieldErrors;
}

const SHARE = "share";

export function ChangeForm(props: ChangeFormProps) {
  const { flag, values = {}, errors = {} } = props;
  const chosen = typedValue(values, "value") || flag.choice;
  return (
    <form method="post" action={adminFlagPath(flag.key)}>
      <input type="hidden" name="intent" value="change" />
      <SwitchChoice
        chosen={chosen}
        error={errors["value"]}
        choices={[
          { value: "on", label: "On", note: "for everybody" },
          { value: "off", label: "Off", note: "for everybody" },
          { value: "auto", label: "Rules", note: "or the default" },
          { value: SHARE, label: "A share", note: "of all people" },
          ...props.variants.map((variant) => ({ value: variant, label: variant, note: "of its rule" })),
        ]}
      />
      <NumberField
        name="share"
        label="Share in percent"
        hint="Only for a share. Whoever is in stays in while it grows."
        min={0}
        max={100}
        step={0.01}
        value={typedValue(values, "share") || (flag.share?.toString() ?? "")}
        error={errors["share"]}
      />
      <NoteField
        name="note"
        hint="It stays in the history."
        required={flag.critical}
        value={typedValue(values, "note")}
        error={errors["note"]}
      />
      {flag.critical ? (
        <ConfirmField
          name="confirm"
          keys={flag.key}
          required
          hint="It is critical: a main job of the product depends on it."
          value={typedValue(values, "confirm")}
          error={errors["confirm"]}
        />
      ) : null}
      <Button kind="primary">Change it</Button>
    </form>
  );
}

interface SwitchChoiceProps {
  chosen: string;
  error: string | undefined;
  choices: readonly { value: string; label: string; note: string }[];
}

function SwitchChoice(props: SwitchChoiceProps) {
  return (
    <fieldset
      class="field"
      id={fieldId("value")}
      tabindex={-1}
      aria-describedby={describedBy("value", { error: props.error })}
    >
      <legend class="label">The switch</legend>
      <div class="flag-choices">
        {props.choices.map((choice) => (
          <label class="flag-choice">
            <input
              class="visually-hidden"
              type="radio"
              name="value"
              value={choice.value}
              checked={choice.value === props.chosen}
              aria-invalid={props.error === undefined ? undefined : "true"}
            />
            <span>
              <strong>{choice.label}</strong> {choice.note}
            </span>
          </label>
        ))}
      </div>
      <FieldError name="value" message={props.error} />
    </fieldset>
  );
}
