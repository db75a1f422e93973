/** The sentence under a field that needs another look. Its id is what the field's aria-describedby names. */
import { fieldId } from "./field-ids.ts";
import { Icon } from "./icon.tsx";

export function FieldError(props: { name: string; message?: string | undefined }) {
  if (props.message === undefined) return null;
  return (
    <p class="field-error" id={`${fieldId(props.name)}-error`}>
      <Icon name="alert" />
      <span>{props.message}</span>
    </p>
  );
}

/** The same without words, for a script to copy. */
export function FieldErrorTemplate() {
  return (
    <template data-hook="field-error">
      <p class="field-error">
        <Icon name="alert" />
        <span />
      </p>
    </template>
  );
}
