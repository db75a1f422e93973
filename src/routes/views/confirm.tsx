/** Where a mailed link leads: a page with a button, because programs that look into mail open links too. */
import { ACCOUNT, CONFIRM, CREATE, FORGOT, REGISTER, SIGN_IN, signOutPath, withQuery } from "./addresses.ts";
import { Button, LinkButton } from "./components/button.tsx";
import { ErrorSummary } from "./components/error-summary.tsx";
import { TextField } from "./components/field.tsx";
import { NameField } from "./components/name-field.tsx";
import { Notice } from "./components/notice.tsx";
import type { FieldErrors, Frame } from "./model.ts";
import { WayIn } from "./way-in.tsx";

/** Posts `email`, `token` and, where they are asked for, `name` and `password`. */
export interface ConfirmPageProps {
  frame: Frame;
  purpose: "register" | "sign_in" | "reset" | "change_email";
  email: string;
  token: string;
  /** Of a new account, as it was given so far. */
  name: string;
  /** Who is signed in as somebody else, and won't be after the button. */
  leavingEmail: string | null;
  passwordMinCharacters: number;
  errors?: FieldErrors;
}

interface Words {
  title: string;
  heading: string;
  lead: string;
  button: string;
}

function wordsOf(purpose: ConfirmPageProps["purpose"]): Words {
  switch (purpose) {
    case "register":
      return {
        title: "Confirm your address",
        heading: "Nearly there.",
        lead: "This mailbox is yours. Choose a password, and the account is too.",
        button: "Open my account",
      };
    case "sign_in":
      return {
        title: "Sign in",
        heading: "Good to see you.",
        lead: "One press, and you are signed in.",
        button: "Sign in",
      };
    case "reset":
      return {
        title: "Choose a new password",
        heading: "A new password.",
        lead: "Choose one that you use nowhere else. Every other device is signed out.",
        button: "Save and sign in",
      };
    case "change_email":
      return {
        title: "Confirm your new address",
        heading: "Is this your new address?",
        lead: "From now on our letters go there, and the old address no longer opens your account.",
        button: "Use this address",
      };
  }
}

export function ConfirmPage(props: ConfirmPageProps) {
  const errors = props.errors ?? {};
  const { title, heading, lead, button } = wordsOf(props.purpose);
  const asksForPassword = props.purpose === "register" || props.purpose === "reset";
  return (
    <WayIn frame={props.frame} title={title} heading={heading} lead={lead}>
      <ErrorSummary errors={errors} />
      {props.leavingEmail === null ? null : <SwitchNotice from={props.leavingEmail} to={props.email} />}
      <form method="post" action={CONFIRM}>
        <input type="hidden" name="token" value={props.token} />
        <div class="field">
          <span class="label">E-mail address</span>
          <p class="break">{props.email}</p>
          {/* Password managers read the account's name from a field. */}
          <input type="email" name="email" value={props.email} autocomplete="username" readonly hidden />
        </div>
        {props.purpose === "register" ? <NameField value={props.name} error={errors["name"]} /> : null}
        {asksForPassword ? (
          <TextField
            name="password"
            label={props.purpose === "reset" ? "New password" : "Password"}
            type="password"
            autocomplete="new-password"
            hint={passwordHint(props)}
            required={props.purpose === "reset"}
            requiredUnmarked
            error={errors["password"]}
          />
        ) : null}
        <Button kind="primary" wide>
          {button}
        </Button>
      </form>
    </WayIn>
  );
}

function SwitchNotice(props: { from: string; to: string }) {
  return (
    <Notice
      kind="info"
      text={
        <>
          You are signed in as <strong class="break">{props.from}</strong>. The button signs you out there and
          switches to the account of <strong class="break">{props.to}</strong>.
        </>
      }
    />
  );
}

function passwordHint(props: ConfirmPageProps): string {
  const length = `At least ${props.passwordMinCharacters} characters; a few unrelated words are easy to remember.`;
  return props.purpose === "reset"
    ? length
    : `${length} Leave it empty to do without: then we mail you a link each time you sign in.`;
}

/** A link to change the address of somebody else than who is signed in. Whose it is, it doesn't tell. */
export function OthersLinkPage(props: { frame: Frame; viewerEmail: string; email: string; token: string }) {
  const link = withQuery(CONFIRM, { email: props.email, token: props.token });
  return (
    <WayIn
      frame={props.frame}
      title="This link belongs to another account"
      heading="Somebody else's link."
      lead={
        <>
          You are signed in as <strong class="break">{props.viewerEmail}</strong>, and this link belongs to
          another account. Sign out, and sign in to the account whose address is to change: then the link goes
          on.
        </>
      }
    >
      <form method="post" action={signOutPath(link)}>
        <Button kind="primary" wide>
          Sign out and go on with the link
        </Button>
      </form>
    </WayIn>
  );
}

/** The link was used, is too old, was replaced by a newer one, or was never one. It looks the same for all. */
export function DeadLinkPage(props: { frame: Frame; detail: string }) {
  return (
    <WayIn
      frame={props.frame}
      title="This link doesn't work any more"
      heading="Too late."
      lead={props.detail}
    >
      <div class="actions">{props.frame.viewer === null ? <OtherWays /> : <WaysOn />}</div>
    </WayIn>
  );
}

function OtherWays() {
  return (
    <>
      <LinkButton kind="primary" href={SIGN_IN}>
        Get a new link
      </LinkButton>
      <LinkButton href={FORGOT}>Choose a new password</LinkButton>
      <LinkButton href={REGISTER}>Make an account</LinkButton>
    </>
  );
}

/** Pressed a second time, usually: the first press signed in. */
function WaysOn() {
  return (
    <>
      <LinkButton kind="primary" href={CREATE}>
        Create a picture
      </LinkButton>
      <LinkButton href={ACCOUNT}>Go to my account</LinkButton>
    </>
  );
}
