/** One switch: its value and why, the forms that change it, plan it and watch it, and everything that ever happened. */
import { ADMIN_FLAGS, adminFlagPath } from "../addresses.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { Facts } from "../components/facts.tsx";
import { NumberField, SelectField, TextField } from "../components/field.tsx";
import { FieldError } from "../components/field-error.tsx";
import { describedBy, fieldId } from "../components/field-ids.ts";
import { PageHeader } from "../components/page-header.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Time } from "../components/time.tsx";
import { typedValue } from "../form-values.ts";
import { Page } from "../layout.tsx";
import type { FieldErrors, FormValues, Frame } from "../model.ts";
import { countOf } from "../words.ts";
import type { FlagGuard, FlagHistoryRow, FlagOverview, FlagPlan } from "./flag-model.ts";
import { FlagHistory, FlagState, FlagWhy } from "./flag-parts.tsx";
import { nameOfValue } from "./flag-words.ts";

/** Its forms post to the flag's own address; `intent` says which: change, undo, plan, cancel or guard. */
export interface AdminFlagPageProps {
  frame: Frame;
  flag: FlagOverview;
  /** Variants of the rule that the switch may say beside on and off. */
  variants: readonly string[];
  plans: readonly FlagPlan[];
  /** Null for a critical flag: a machine doesn't switch those. */
  guard: FlagGuard | null;
  history: readonly FlagHistoryRow[];
  nextCursor: string | null;
  hasCursor: boolean;
  /** What was typed before, when it was refused. */
  values?: FormValues;
  errors?: FieldErrors;
  detail?: string | undefined;
}

const NOTE_MAX_CHARACTERS = 300;
const SHARE = "share";
/** Steps in which a feature is usually given to more and more people. */
const PLANNED_SHARES = ["1%", "5%", "10%", "25%", "50%", "75%"];

export function AdminFlagPage(props: AdminFlagPageProps) {
  const { flag } = props;
  return (
    <Page {...props.frame} title={flag.name} current="admin-flags" look={["accounts", "flags"]}>
      <PageHeader
        title={flag.name}
        lead={<span class="mono">{flag.key}</span>}
        actions={
          <LinkButton icon="back" href={ADMIN_FLAGS}>
            Switches
          </LinkButton>
        }
      />
      <div class="flag-now">
        <FlagState flag={flag} />
        <FlagWhy flag={flag} />
      </div>
      <p class="flag-meaning">While it is off: {flag.whenOff}</p>
      <Facts facts={factsOf(flag)} />
      <ErrorSummary errors={props.errors ?? {}} detail={props.detail} />
      <div class="flag-cards">
        <Card id="change" title="Change">
          <ChangeForm {...props} />
        </Card>
        <Card id="plan" title="Plan" lead="The minute's cron makes the switch, and the history says so.">
          <Plans flag={flag} plans={props.plans} />
          <PlanForm {...props} />
        </Card>
        {props.guard === null ? null : (
          <Card
            id="guard"
            title="Guard"
            lead="Switches it off when requests clearly fail more often with it than without it."
          >
            <Guard flag={flag} guard={props.guard} />
          </Card>
        )}
      </div>
      <section class="history" aria-labelledby="history-title">
        <h2 id="history-title">History</h2>
        <Undo {...props} />
        {props.history.length === 0 ? (
          <p class="lead">Nobody has changed it yet.</p>
        ) : (
          <FlagHistory rows={props.history} />
        )}
        <Pagination
          path={adminFlagPath(flag.key)}
          query={{}}
          nextCursor={props.nextCursor}
          hasCursor={props.hasCursor}
        />
      </section>
    </Page>
  );
}

function ChangeForm(props: AdminFlagPageProps) {
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
      <NoteField flag={flag} values={values} errors={errors} />
      <ConfirmField flag={flag} values={values} errors={errors} />
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

interface TypedProps {
  flag: FlagOverview;
  values: FormValues;
  errors: FieldErrors;
}

function NoteField(props: TypedProps) {
  return (
    <TextField
      name="note"
      label="Why"
      hint="It stays in the history."
      required={props.flag.critical}
      maxLength={NOTE_MAX_CHARACTERS}
      value={typedValue(props.values, "note")}
      error={props.errors["note"]}
    />
  );
}

/** Typing the name takes the second in which a wrong flag is noticed. */
function ConfirmField(props: TypedProps) {
  if (!props.flag.critical) return null;
  return (
    <TextField
      name="confirm"
      label={`Type ${props.flag.key} to confirm`}
      hint="It is critical: a main job of the product depends on it."
      required
      autocomplete="off"
      value={typedValue(props.values, "confirm")}
      error={props.errors["confirm"]}
    />
  );
}

function Undo(props: AdminFlagPageProps) {
  const { flag, errors = {} } = props;
  const last = props.history[0];
  if (last === undefined || props.hasCursor) return null;
  return (
    <form method="post" action={adminFlagPath(flag.key)} class="flag-undo">
      <input type="hidden" name="intent" value="undo" />
      <input type="hidden" name="change" value={last.id} />
      {flag.critical ? (
        <TextField
          name="undoConfirm"
          label={`Type ${flag.key} to undo`}
          required
          requiredUnmarked
          autocomplete="off"
          error={errors["undoConfirm"]}
        />
      ) : null}
      <Button icon="back">Undo the last change: back to “{nameOfValue(last.old)}”</Button>
    </form>
  );
}

function Plans(props: { flag: FlagOverview; plans: readonly FlagPlan[] }) {
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

function PlanForm(props: AdminFlagPageProps) {
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
      <TextField
        name="planNote"
        label="Why"
        required={flag.critical}
        maxLength={NOTE_MAX_CHARACTERS}
        value={typedValue(values, "planNote")}
        error={errors["planNote"]}
      />
      {flag.critical ? (
        <TextField
          name="planConfirm"
          label={`Type ${flag.key} to confirm`}
          required
          autocomplete="off"
          value={typedValue(values, "planConfirm")}
          error={errors["planConfirm"]}
        />
      ) : null}
      <Button icon="clock">Plan it</Button>
    </form>
  );
}

function Guard(props: { flag: FlagOverview; guard: FlagGuard }) {
  const { flag, guard } = props;
  return (
    <>
      <p>{describeGuard(guard)}</p>
      <form method="post" action={adminFlagPath(flag.key)} class="flag-undo">
        <input type="hidden" name="intent" value="guard" />
        <input type="hidden" name="guard" value={guard.isArmed ? "off" : "on"} />
        <Button>{guard.isArmed ? "Stop watching" : "Watch it"}</Button>
      </form>
    </>
  );
}

function describeGuard({ isArmed, counts }: FlagGuard): string {
  if (!isArmed) return "Nobody watches it.";
  if (counts === null) return "It is watched. In the last minutes no request has asked for it.";
  return `It is watched. In the last minutes ${countOf(counts.onErrors, "request")} of ${counts.onSamples} failed with it on, ${counts.offErrors} of ${counts.offSamples} with it off.`;
}

function factsOf(flag: FlagOverview) {
  return [
    { name: "Default here", value: flag.default ? "on" : "off" },
    { name: "Critical", value: flag.critical ? "Yes" : "No" },
    { name: "Who decides", value: flag.owner },
    { name: "Clients may see it", value: flag.client ? "Yes" : "No" },
    { name: "Kept in KV as", value: <span class="mono">{flag.switch.raw ?? "nothing"}</span> },
  ];
}
