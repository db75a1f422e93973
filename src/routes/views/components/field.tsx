/**
 * One labelled field: label, hint, control and error, tied together for assistive technology.
 * A field shows what was typed; it doesn't decide whether that is right.
 */
import type { Child } from "hono/jsx";
import { FieldError } from "./field-error.tsx";
import { describedBy, fieldId } from "./field-ids.ts";

interface FieldProps {
  name: string;
  label: string;
  hint?: Child | undefined;
  error?: string | undefined;
  /** Shown after the label, and enforced by the browser and the server alike. */
  required?: boolean;
  /** Leaves out the word "needed" where it goes without saying, as in a sign-in form. */
  requiredUnmarked?: boolean;
}

export interface TextFieldProps extends FieldProps {
  type?: "text" | "email" | "password" | "search" | "datetime-local";
  value?: string | undefined;
  maxLength?: number | undefined;
  autocomplete?: string;
  placeholder?: string;
}

export function TextField(props: TextFieldProps) {
  return (
    <FieldFrame {...props}>
      <input
        {...controlAttributes(props)}
        class="input"
        type={props.type ?? "text"}
        value={props.value}
        maxlength={props.maxLength}
        autocomplete={props.autocomplete}
        placeholder={props.placeholder}
        spellcheck={props.type !== "email" && props.type !== "password"}
      />
    </FieldFrame>
  );
}

export interface NumberFieldProps extends FieldProps {
  value?: string | undefined;
  min?: number | undefined;
  max?: number | undefined;
  step?: number;
  /** "off" keeps a browser that goes back from filling in what was sent already. */
  autocomplete?: "off" | undefined;
}

/** Whole numbers, as nearly everywhere in this product, unless a step says otherwise. */
export function NumberField(props: NumberFieldProps) {
  return (
    <FieldFrame {...props}>
      <input
        {...controlAttributes(props)}
        class="input input-number"
        type="number"
        inputmode={inputModeOf(props)}
        autocomplete={props.autocomplete}
        step={props.step ?? 1}
        value={props.value}
        min={props.min}
        max={props.max}
      />
    </FieldFrame>
  );
}

/** Keyboards of phones for whole numbers may have no minus and no point. */
function inputModeOf({ min, step = 1 }: NumberFieldProps): "numeric" | "decimal" | undefined {
  if (min === undefined || min < 0) return undefined;
  return Number.isInteger(step) ? "numeric" : "decimal";
}

export interface FileFieldProps extends FieldProps {
  /** Media types, comma-separated; the server decides by the bytes. */
  accept: string;
}

export function FileField(props: FileFieldProps) {
  return (
    <FieldFrame {...props}>
      <input {...controlAttributes(props)} class="input input-file" type="file" accept={props.accept} />
    </FieldFrame>
  );
}

export interface TextAreaProps extends FieldProps {
  value?: string | undefined;
  rows?: number;
  maxLength?: number;
}

export function TextArea(props: TextAreaProps) {
  const counter = props.maxLength === undefined ? null : `Up to ${props.maxLength} characters`;
  return (
    <FieldFrame {...props} counter={counter}>
      <textarea
        {...controlAttributes(props, counter)}
        class="input"
        rows={props.rows ?? 4}
        maxlength={props.maxLength}
      >
        {keepFirstNewline(props.value ?? "")}
      </textarea>
    </FieldFrame>
  );
}

export interface SelectFieldProps extends FieldProps {
  value?: string | undefined;
  options: readonly { value: string; label: string }[];
}

export function SelectField(props: SelectFieldProps) {
  return (
    <FieldFrame {...props}>
      <span class="select">
        <select {...controlAttributes(props)} class="input">
          {props.options.map((option) => (
            <option value={option.value} selected={option.value === (props.value ?? "")}>
              {option.label}
            </option>
          ))}
        </select>
      </span>
    </FieldFrame>
  );
}

function FieldFrame(props: FieldProps & { counter?: string | null; children: Child }) {
  const id = fieldId(props.name);
  return (
    <div class="field">
      <label class="label" for={id}>
        {props.label}
        {props.required === true && props.requiredUnmarked !== true ? (
          <span class="label-mark"> needed</span>
        ) : null}
      </label>
      {props.hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
      {props.children}
      <div class="field-foot">
        <FieldError name={props.name} message={props.error} />
        {props.counter === undefined || props.counter === null ? null : (
          <p class="counter" id={`${id}-counter`} data-counter-for={id}>
            {props.counter}
          </p>
        )}
      </div>
    </div>
  );
}

function controlAttributes(props: FieldProps, counter?: string | null) {
  return {
    id: fieldId(props.name),
    name: props.name,
    required: props.required === true,
    "aria-invalid": props.error === undefined ? undefined : "true",
    "aria-describedby": describedBy(props.name, { hint: props.hint, counter, error: props.error }),
  };
}

/** The HTML parser drops a line break right after <textarea>; one more keeps the person's own. */
function keepFirstNewline(value: string): string {
  return value.startsWith("\n") || value.startsWith("\r") ? `\n${value}` : value;
}
