/**
 * One answer out of several: pills for a few choices, a list for many. A choice that allows it also takes
 * an answer in the person's own words, in a second field named `<name>.other`.
 */

import { SelectField, TextField } from "./field.tsx";
import { FieldError } from "./field-error.tsx";
import { describedBy, fieldId } from "./field-ids.ts";

/** The catalogue's name for "something else"; the words are in the field `otherName(name)`, which may be empty. */
export const OTHER = "Other";
/** More choices than this are a list instead of pills. */
const PILLS_MAX = 12;

export function otherName(name: string): string {
  return `${name}.other`;
}

export interface ChoiceProps {
  name: string;
  label: string;
  choices: readonly string[];
  /** Also takes free text, up to this many characters; 0 means that it doesn't. */
  otherCharacters: number;
  required: boolean;
  hint?: string | undefined;
  value: string;
  otherValue: string;
  error?: string | undefined;
}

export function Choice(props: ChoiceProps) {
  const choices = props.choices.filter((choice) => choice !== OTHER);
  const isOwnWords = props.otherCharacters > 0 && props.value !== "" && !choices.includes(props.value);
  const state: ChoiceState = {
    ...props,
    choices,
    isOwnWords,
    otherText: props.value === OTHER ? props.otherValue : isOwnWords ? props.value : props.otherValue,
  };
  return choices.length > PILLS_MAX ? ChoiceList(state) : ChoicePills(state);
}

interface ChoiceState extends ChoiceProps {
  isOwnWords: boolean;
  otherText: string;
}

function ChoicePills(state: ChoiceState) {
  const id = fieldId(state.name);
  return (
    <fieldset
      class="field choice"
      id={id}
      tabindex={-1}
      aria-describedby={describedBy(state.name, { hint: state.hint, error: state.error })}
    >
      <legend class="label">
        {state.label}
        {state.required ? <span class="label-mark"> needed</span> : null}
      </legend>
      {state.hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {state.hint}
        </p>
      )}
      <div class="pills">
        {state.required ? null : Pill(state, "", "No preference", state.value === "")}
        {state.choices.map((choice) => Pill(state, choice, choice, state.value === choice))}
        {state.otherCharacters === 0 ? null : Pill(state, OTHER, "Something else", state.isOwnWords)}
      </div>
      <OwnWords {...state} />
      <FieldError name={state.name} message={state.error} />
    </fieldset>
  );
}

function Pill(state: ChoiceState, value: string, label: string, checked: boolean) {
  return (
    <label class={value === OTHER ? "choice-pill choice-pill-other" : "choice-pill"}>
      <input
        class="choice-input"
        type="radio"
        name={state.name}
        value={value}
        checked={checked}
        required={state.required}
        aria-invalid={state.error === undefined ? undefined : "true"}
      />
      <span>{label}</span>
    </label>
  );
}

function ChoiceList(state: ChoiceState) {
  const options = [
    { value: "", label: state.required ? "Choose one" : "No preference" },
    ...state.choices.map((choice) => ({ value: choice, label: choice })),
    ...(state.otherCharacters === 0 ? [] : [{ value: OTHER, label: "Something else" }]),
  ];
  return (
    <div class="choice choice-list">
      <SelectField
        name={state.name}
        label={state.label}
        required={state.required}
        value={state.isOwnWords ? OTHER : state.value}
        options={options}
        hint={state.hint}
        error={state.error}
      />
      <OwnWords {...state} />
    </div>
  );
}

function OwnWords(state: ChoiceState) {
  if (state.otherCharacters === 0) return null;
  return (
    <div class="choice-other">
      <TextField
        name={otherName(state.name)}
        label="In your own words"
        value={state.otherText}
        maxLength={state.otherCharacters}
      />
    </div>
  );
}
