/** Signing in with e-mail address and password. What went wrong is told without saying which of the two it was. */
import { SIGN_IN } from "./addresses.ts";
import { Button } from "./components/button.tsx";
import { ErrorSummary } from "./components/error-summary.tsx";
import { TextField } from "./components/field.tsx";
import { Logo } from "./components/logo.tsx";
import { Page } from "./layout.tsx";
import type { FieldErrors, Frame } from "./model.ts";

/** Posts the fields `email`, `password` and `next`. */
export interface SignInPageProps {
  frame: Frame;
  /** As typed before; the password is never given back. */
  email: string;
  /** Where to go afterwards; checked by the route to be a path of this site. */
  next: string;
  /** One vague sentence for wrong credentials, or how long to wait. */
  error?: string | undefined;
  errors?: FieldErrors;
}

const EMAIL_MAX_CHARACTERS = 254;
const PASSWORD_MAX_CHARACTERS = 128;

export function SignInPage(props: SignInPageProps) {
  const errors = props.errors ?? {};
  return (
    <Page {...props.frame} title="Sign in" current="signin" look="signin">
      <div class="signin">
        <div class="signin-art" aria-hidden="true">
          <Logo />
        </div>
        <div class="signin-form">
          <h1>Good evening.</h1>
          <p class="lead">Sign in to create pictures and to see the ones that you have made.</p>
          <ErrorSummary errors={errors} detail={props.error} />
          <form method="post" action={SIGN_IN}>
            <input type="hidden" name="next" value={props.next} />
            <TextField
              name="email"
              label="E-mail address"
              type="email"
              value={props.email}
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
              maxLength={PASSWORD_MAX_CHARACTERS}
              required
              requiredUnmarked
              error={errors["password"]}
            />
            <Button kind="primary" wide>
              Sign in
            </Button>
          </form>
        </div>
      </div>
    </Page>
  );
}
