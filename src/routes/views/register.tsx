/** Making an account, and asking for a new password: both begin with an address and a letter to it. */
import { FORGOT, REGISTER, SIGN_IN, withNext } from "./addresses.ts";
import { Button } from "./components/button.tsx";
import { ErrorSummary } from "./components/error-summary.tsx";
import { TextField } from "./components/field.tsx";
import { FieldError } from "./components/field-error.tsx";
import { fieldId } from "./components/field-ids.ts";
import { NameField } from "./components/name-field.tsx";
import type { FieldErrors, Frame } from "./model.ts";
import { EMAIL_MAX_CHARACTERS, WayIn } from "./way-in.tsx";
import { countOf } from "./words.ts";

/** Posts `email`, `name` and `next`, and `cf-turnstile-response` where the bot check is configured. */
export interface RegisterPageProps {
  frame: Frame;
  email: string;
  name: string;
  /** Where to go on to behind the mailed link; checked by the route to be a path of this site. */
  next: string;
  startingCredits: number;
  /** The widget's public key; null where nobody has to show that they are a person. */
  turnstileSiteKey: string | null;
  detail?: string | undefined;
  errors?: FieldErrors;
}

const TURNSTILE_SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js";

export function RegisterPage(props: RegisterPageProps) {
  const errors = props.errors ?? {};
  return (
    <WayIn
      frame={props.frame}
      title="Make an account"
      heading="Come on in."
      lead={
        props.startingCredits === 0
          ? "We mail you a link. It shows that the address is yours, and you choose a password behind it."
          : `We mail you a link, you choose a password, and your first ${countOf(props.startingCredits, "credit")} ${props.startingCredits === 1 ? "is" : "are"} on us.`
      }
      others={
        <p>
          Been here before? <a href={withNext(SIGN_IN, props.next)}>Sign in</a>
        </p>
      }
    >
      <ErrorSummary errors={errors} detail={props.detail} />
      <form method="post" action={REGISTER}>
        <input type="hidden" name="next" value={props.next} />
        <AddressField value={props.email} error={errors["email"]} />
        <NameField value={props.name} error={errors["name"]} />
        {props.turnstileSiteKey === null ? null : (
          <BotCheckField siteKey={props.turnstileSiteKey} error={errors["turnstileToken"]} />
        )}
        <Button kind="primary" wide>
          Mail me the link
        </Button>
      </form>
    </WayIn>
  );
}

/**
 * Cloudflare's script draws the check into the box and puts its answer into the form. While the box is empty, whether
 * the script is still on its way, blocked or switched off, the style sheet shows the sentence in its place.
 */
function BotCheckField(props: { siteKey: string; error: string | undefined }) {
  return (
    <div class="field" id={fieldId("turnstileToken")} tabindex={-1}>
      <script src={TURNSTILE_SCRIPT} async defer></script>
      <div class="cf-turnstile" data-sitekey={props.siteKey} data-action="register" />
      <p class="hint bot-check-missing">
        A check that you are a person should be here. If it doesn't appear, allow scripts from
        challenges.cloudflare.com and load this page again.
      </p>
      <FieldError name="turnstileToken" message={props.error} />
    </div>
  );
}

/** Posts `email` and `next`. */
export interface ForgotPageProps {
  frame: Frame;
  email: string;
  next: string;
  errors?: FieldErrors;
  detail?: string | undefined;
}

export function ForgotPage(props: ForgotPageProps) {
  const errors = props.errors ?? {};
  return (
    <WayIn
      frame={props.frame}
      title="Forgot your password"
      heading="It happens."
      lead="Tell us your address. If it has an account, we mail you a link behind which you choose a new password."
      others={
        <p>
          It came back to you? <a href={withNext(SIGN_IN, props.next)}>Sign in</a>
        </p>
      }
    >
      <ErrorSummary errors={errors} detail={props.detail} />
      <form method="post" action={FORGOT}>
        <input type="hidden" name="next" value={props.next} />
        <AddressField value={props.email} error={errors["email"]} />
        <Button kind="primary" wide>
          Mail me a link
        </Button>
      </form>
    </WayIn>
  );
}

function AddressField(props: { value: string; error: string | undefined }) {
  return (
    <TextField
      name="email"
      label="E-mail address"
      type="email"
      value={props.value}
      autocomplete="email"
      maxLength={EMAIL_MAX_CHARACTERS}
      required
      requiredUnmarked
      error={props.error}
    />
  );
}

/** The same page whatever the address is, so that it tells nothing about it. */
export function CheckMailPage(props: {
  frame: Frame;
  email: string;
  minutes: number;
  lettersPerHour: number;
}) {
  return (
    <WayIn
      frame={props.frame}
      title="Look into your mailbox"
      heading="Look into your mailbox."
      lead={
        <>
          If <strong class="break">{props.email}</strong> can get mail from us, a letter with a link is on its
          way. The link works once, for {props.minutes} minutes.
        </>
      }
      others={
        <p>
          <a href={SIGN_IN}>Back to signing in</a>
        </p>
      }
    >
      <div class="signin-steps">
        <p>Nothing there after a minute? Look among the spam, and check the address above for a slip.</p>
        <p>
          You can ask again; only the newest link works. We send at most {props.lettersPerHour} letters an
          hour to one address.
        </p>
      </div>
    </WayIn>
  );
}
