/** Who the person is here: name, picture, address and password, each with its own small form. */
import {
  ACCOUNT_EMAIL,
  ACCOUNT_NAME,
  ACCOUNT_PASSWORD,
  ACCOUNT_PASSWORD_LINK,
  ACCOUNT_PICTURE,
  REMOVE_ACCOUNT_PICTURE,
} from "../addresses.ts";
import { Button } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { FileField, TextField } from "../components/field.tsx";
import { NAME_MAX_CHARACTERS } from "../components/name-field.tsx";
import { OwnPasswordField } from "../components/own-password-field.tsx";
import type { FieldErrors, Person } from "../model.ts";
import { EMAIL_MAX_CHARACTERS } from "../way-in.tsx";

/** What became of a form that was refused. */
export interface RefusedForm {
  form: "picture" | "name" | "email" | "password" | "key";
  errors: FieldErrors;
  detail?: string | undefined;
  /** As typed; passwords are never given back. */
  values: Readonly<Record<string, string>>;
  /** What was ticked for a key. */
  scopes?: readonly string[];
}

export interface ProfileProps {
  person: Pick<Person, "email" | "name">;
  /** The address of their own picture. */
  picture: string | null;
  hasPassword: boolean;
  passwordMinCharacters: number;
  refused: RefusedForm | null;
}

export function Profile(props: ProfileProps) {
  return (
    <Card id="profile" title="You">
      <NameForm {...props} />
      <PictureForm {...props} />
      <EmailForm {...props} />
      {props.hasPassword ? <PasswordForm {...props} /> : <NoPassword />}
    </Card>
  );
}

function NameForm(props: ProfileProps) {
  const refused = refusedOf(props, "name");
  return (
    <form class="account-form" method="post" action={ACCOUNT_NAME}>
      <Refused refused={refused} />
      <TextField
        name="name"
        label="Name"
        value={refused?.values["name"] ?? props.person.name}
        autocomplete="name"
        maxLength={NAME_MAX_CHARACTERS}
        error={refused?.errors["name"]}
      />
      <Button>Save the name</Button>
    </form>
  );
}

function PictureForm(props: ProfileProps) {
  const refused = refusedOf(props, "picture");
  return (
    <details class="account-more" open={refused !== null}>
      <summary>
        <span class="label">Picture</span>
        <span>{props.picture === null ? "None" : "Set"}</span>
        <span class="account-change">Change</span>
      </summary>
      <form class="account-form" method="post" action={ACCOUNT_PICTURE} enctype="multipart/form-data">
        <Refused refused={refused} />
        <FileField
          name="picture"
          label="New picture"
          hint="PNG, JPEG or WebP, at most 10 MB. We keep the middle of it, small and square; you and the administrators see it."
          accept="image/png,image/jpeg,image/webp"
          required
          requiredUnmarked
          error={refused?.errors["picture"]}
        />
        <Button>Save the picture</Button>
      </form>
      {props.picture === null ? null : (
        <form class="account-form" method="post" action={REMOVE_ACCOUNT_PICTURE}>
          <Button kind="danger">Remove the picture</Button>
        </form>
      )}
    </details>
  );
}

function EmailForm(props: ProfileProps) {
  const refused = refusedOf(props, "email");
  return (
    <details class="account-more" open={refused !== null}>
      <summary>
        <span class="label">E-mail address</span>
        <span class="break">{props.person.email}</span>
        <span class="account-change">Change</span>
      </summary>
      <form class="account-form" method="post" action={ACCOUNT_EMAIL}>
        <Refused refused={refused} />
        <TextField
          name="email"
          label="New e-mail address"
          hint="We mail a link to it. Nothing changes before you press its button; then your old address is told."
          type="email"
          value={refused?.values["email"] ?? ""}
          autocomplete="email"
          maxLength={EMAIL_MAX_CHARACTERS}
          required
          requiredUnmarked
          error={refused?.errors["email"]}
        />
        {props.hasPassword ? (
          <OwnPasswordField name="emailCurrent" error={refused?.errors["emailCurrent"]} />
        ) : null}
        <Button>Mail the link</Button>
      </form>
    </details>
  );
}

function PasswordForm(props: ProfileProps) {
  const refused = refusedOf(props, "password");
  return (
    <details class="account-more" open={refused !== null}>
      <summary>
        <span class="label">Password</span>
        <span>Set</span>
        <span class="account-change">Change</span>
      </summary>
      <form class="account-form" method="post" action={ACCOUNT_PASSWORD}>
        <Refused refused={refused} />
        <TextField
          name="current"
          label="Present password"
          type="password"
          autocomplete="current-password"
          required
          requiredUnmarked
          error={refused?.errors["current"]}
        />
        <TextField
          name="password"
          label="New password"
          hint={`At least ${props.passwordMinCharacters} characters. Every other device is signed out.`}
          type="password"
          autocomplete="new-password"
          required
          requiredUnmarked
          error={refused?.errors["password"]}
        />
        <Button>Change the password</Button>
      </form>
    </details>
  );
}

function NoPassword() {
  return (
    <div class="account-more">
      <p class="label">Password</p>
      <p>You have none: we mail you a link each time you sign in. You can choose one behind such a link.</p>
      <form class="account-form" method="post" action={ACCOUNT_PASSWORD_LINK}>
        <Button>Mail me a link to choose one</Button>
      </form>
    </div>
  );
}

function refusedOf(props: ProfileProps, form: RefusedForm["form"]): RefusedForm | null {
  return props.refused?.form === form ? props.refused : null;
}

function Refused(props: { refused: RefusedForm | null }) {
  if (props.refused === null) return null;
  return <ErrorSummary errors={props.refused.errors} detail={props.refused.detail} />;
}
