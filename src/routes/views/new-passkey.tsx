/** Adding a passkey. The browser makes it, so this page is the one that needs a script; it says so where there is none. */
import { ACCOUNT } from "./addresses.ts";
import { Button } from "./components/button.tsx";
import { TextField } from "./components/field.tsx";
import { OwnPasswordField } from "./components/own-password-field.tsx";
import type { Frame } from "./model.ts";
import { WayIn } from "./way-in.tsx";

const PASSKEY_NAME_MAX_CHARACTERS = 60;

/** The script reads the fields `name` and, where there is a password, `current`. */
export function NewPasskeyPage(props: { frame: Frame; hasPassword: boolean }) {
  return (
    <WayIn
      frame={props.frame}
      title="Add a passkey"
      heading="Add a passkey"
      lead="Your device keeps it and opens it with a finger, a face or a PIN. It can't be guessed, and it works on this site only."
      script="passkeys"
      others={
        <p>
          <a href={`${ACCOUNT}#ways-in`}>Back to the account</a>
        </p>
      }
    >
      <p class="notice notice-warning" data-hook="passkey-unsupported">
        This browser can't make passkeys here, or scripts are switched off. Everything else on this site works
        without them.
      </p>
      <form method="post" data-hook="passkey-create" hidden>
        <p class="notice notice-error" role="alert" data-hook="passkey-problem" hidden />
        <TextField
          name="name"
          label="Name"
          hint="So that you recognise it later, for example “Phone”. Empty for the name of this device."
          maxLength={PASSKEY_NAME_MAX_CHARACTERS}
          autocomplete="off"
        />
        {props.hasPassword ? <OwnPasswordField name="current" /> : null}
        <Button kind="primary" wide>
          Add a passkey
        </Button>
      </form>
    </WayIn>
  );
}
