/** What a form has to bring before a critical flag changes: why, and the keys of all that change, typed. */
import type { FieldError } from "../../errors.ts";
import { NOTE_MAX_CHARACTERS, NOTE_MIN_CHARACTERS } from "../flags-change.ts";
import { typedValue } from "../views/form-values.ts";
import type { FormValues } from "../views/model.ts";

/** The fields `note` and `confirm`. */
export interface Assurance {
  note: string;
  confirm: string;
}

export function readAssurance(values: FormValues): Assurance {
  return {
    note: typedValue(values, "note").trim().slice(0, NOTE_MAX_CHARACTERS),
    confirm: typedValue(values, "confirm").trim(),
  };
}

/** `keys` stand side by side; none when nothing critical changes, and then nothing is asked for. */
export function listMissingAssurances(keys: string, { note, confirm }: Assurance): FieldError[] {
  if (keys === "") return [];
  const errors: FieldError[] = [];
  if (note.length < NOTE_MIN_CHARACTERS) {
    errors.push({ field: "note", message: "A critical flag changes: say why." });
  }
  if (confirm !== keys) {
    errors.push({ field: "confirm", message: `Type ${keys}, so that it is certainly meant.` });
  }
  return errors;
}
