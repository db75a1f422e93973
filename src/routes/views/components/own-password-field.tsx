/** Asks for one's own password once more, before something that outlives the session. */
import { TextField } from "./field.tsx";

export function OwnPasswordField(props: { name: string; error?: string | undefined }) {
  return (
    <TextField
      name={props.name}
      label="Your password"
      type="password"
      autocomplete="current-password"
      required
      requiredUnmarked
      error={props.error}
    />
  );
}
