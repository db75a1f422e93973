/** A person's own name, where an account begins. It may stay empty. */
import { TextField } from "./field.tsx";

export const NAME_MAX_CHARACTERS = 80;

export function NameField(props: { value: string; error: string | undefined }) {
  return (
    <TextField
      name="name"
      label="Your name"
      hint="If you like. Only you and the administrators see it."
      value={props.value}
      autocomplete="name"
      maxLength={NAME_MAX_CHARACTERS}
      error={props.error}
    />
  );
}
