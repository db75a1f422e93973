/** Fields that several forms about flags have: why something changes, its confirmation, and a document of JSON. */
import { TextArea, TextField } from "../../components/field.tsx";

const NOTE_MAX_CHARACTERS = 300;
const DOCUMENT_MAX_CHARACTERS = 60_000;

interface TypedField {
  name: string;
  hint?: string;
  /** Not where the form has a button that needs nothing filled in. */
  required?: boolean;
  value: string;
  error: string | undefined;
}

export function NoteField(props: TypedField) {
  return <TextField {...props} label="Why" maxLength={NOTE_MAX_CHARACTERS} />;
}

/** Typing the name takes the second in which a wrong flag is noticed. */
export function ConfirmField(props: TypedField & { keys: string; purpose?: "confirm" | "undo" }) {
  const { keys, purpose = "confirm", ...field } = props;
  return <TextField {...field} label={`Type ${keys} to ${purpose}`} autocomplete="off" />;
}

/** scripts/flags.js says below it while typing whether the text is JSON. */
export function JsonField(props: TypedField & { label: string; rows: number }) {
  return (
    <>
      <TextArea {...props} maxLength={DOCUMENT_MAX_CHARACTERS} />
      <p class="hint" role="status" data-hook="json-state" />
    </>
  );
}
