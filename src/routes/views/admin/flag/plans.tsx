/** Changes that will be made by themselves: those that wait, each with a way to call it off, and another one. */
import { adminFlagPath } from "../../addresses.ts";
import { Button } from "../../components/button.tsx";
import { SelectField, TextField } from "../../components/field.tsx";
import { Time } from "../../components/time.tsx";
import { typedValue } from "../../form-values.ts";
import type { FlagOverview, FlagPlan } from "../flag-model.ts";
import { nameOfValue } from "../flag-words.ts";
import type { ChangeFormProps } from "./change-form.tsx";
import { ConfirmField, NoteField } from "./fields.tsx";

/** Steps in which a feature is usually given to more and more people. */
const PLANNED_SHARES = ["1%", "5%", "10%", "25%", "50%", "75%"];

export function Plans(props: { flag: FlagOverview; plans: readonly FlagPlan[] }) {
  if (props.plans.length === 0) return null;
  return (
    <ul class="flag-plans">
      {props.plans.map((plan) => (
        <li>
          <p>
            <Time at={plan.at} />: <strong>{nameOfValue(plan.value)}</strong>, by {plan.by}
            {plan.note === null ? "" : ` – “${plan.note}”`}
          </p>
          <form method="post" action={adminFlagPath(props.flag.key)}>
            <input type="hidden" name="intent" value="cancel" />
            <input type="hidden" name="plan" value={plan.id} />
            <Button small icon="close">
              Call it off
            </Button>
          </form>
        </li>
      ))}
    </ul>
  );
}

export function PlanForm(props: ChangeFormProps) {
  const { flag, values = {}, errors = {} } = props;
  const options = ["on", "off", "auto", ...PLANNED_SHARES, ...props.variants].map((value) => ({
    value,
    label: nameOfValue(value),
  }));
  return (
    <form method="post" action={adminFlagPath(flag.key)}>
      <input type="hidden" name="intent" value="plan" />
      <SelectField
        name="planValue"
        label="To"
        value={typedValue(values, "planValue") || "off"}
        options={options}
        error={errors["planValue"]}
      />
      <TextField
        name="planAt"
        type="datetime-local"
        label="When, in UTC"
        required
        requiredUnmarked
        value={typedValue(values, "planAt")}
        error={errors["planAt"]}
      />
      <NoteField
        name="planNote"
        required={flag.critical}
        value={typedValue(values, "planNote")}
        error={errors["planNote"]}
      />
      {flag.critical ? (
        <ConfirmField
          name="planConfirm"
          keys={flag.key}
          required
          value={typedValue(values, "planConfirm")}
          error={errors["planConfirm"]}
        />
      ) : null}
      <Button icon="clock">Plan it</Button>
    </form>
  );
}
