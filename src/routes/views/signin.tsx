/** Signing in with a password or by a mailed link. What went wrong is told without saying which of the two it was. */
import { FORGOT, REGISTER, SIGN_IN, SIGN_IN_LINK, withNext } from "./addresses.ts";
import { Button } from "./components/button.tsx";
import { ErrorSummary } from "./components/error-summary.tsx";
import { TextField } from "./components/field.tsx";
import { PasskeyButton } from "./components/passkey-button.tsx";
import { ProviderButtons, type ProviderChoice } from "./components/provider-buttons.tsx";
import type { FieldErrors, Frame } from "./model.ts";
import { EMAIL_MAX_CHARACTERS, WayIn } from "./way-in.tsx";

/** Posts the fields `email`, `password` and `next`; its second button posts the same to SIGN_IN_LINK. */
export interface SignInPageProps {
  frame: Frame;
  /** As typed before; the password is never given back. */
  email: string;
  /** Where to go afterwards; checked by the route to be a path of this site. */
  next: string;
  /** Other places to sign in at; none are shown where none are configured. */
  providers: readonly ProviderChoice[];
  /** One vague sentence for wrong credentials, or how long to wait. */
  detail?: string | undefined;
  errors?: FieldErrors;
}

export function SignInPage(props: SignInPageProps) {
  const errors = props.errors ?? {};
  return (
    <WayIn
      frame={props.frame}
      title="Sign in"
      heading="Good evening."
      lead="Sign in to create pictures and to see the ones that you have made."
      script="passkeys"
      others={
        <>
          <p>
            New here? <a href={withNext(REGISTER, props.next)}>Make an account</a>
          </p>
          <p>
            <a href={withNext(FORGOT, props.next)}>Forgot your password?</a>
          </p>
        </>
      }
    >
      <ErrorSummary errors={errors} detail={props.detail} />
      <PasswordForm {...props} errors={errors} />
      <PasskeyButton next={props.next} />
      <ProviderButtons providers={props.providers} next={props.next} />
    </WayIn>
  );
}

function PasswordForm({
  email,
  next,
  errors,
}: Pick<SignInPageProps, "email" | "next"> & { errors: FieldErrors }) {
  return (
    <form method="post" action={SIGN_IN}>
      <input type="hidden" name="next" value={next} />
      <TextField
        name="email"
        label="E-mail address"
        type="email"
        value={email}
        autocomplete="username"
        maxLength={EMAIL_MAX_CHARACTERS}
        required
        requiredUnmarked
        error={errors["email"]}
      />
      <TextField
        name="password"
        label="Password"
        type="password"
        autocomplete="current-password"
        required
        requiredUnmarked
        error={errors["password"]}
      />
      <Button kind="primary" wide>
        Sign in
      </Button>
      <Button wide action={SIGN_IN_LINK} skipValidation>
        Mail me a link instead
      </Button>
    </form>
  );
}
