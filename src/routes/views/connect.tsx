/** Before somebody connects an account elsewhere to their own: what it means, and proof that it is them. */
import { ACCOUNT, providerConnectPath } from "./addresses.ts";
import { Button } from "./components/button.tsx";
import { ErrorSummary } from "./components/error-summary.tsx";
import { OwnPasswordField } from "./components/own-password-field.tsx";
import type { ProviderChoice } from "./components/provider-buttons.tsx";
import type { FieldErrors, Frame } from "./model.ts";
import { WayIn } from "./way-in.tsx";

/** Posts the field `current`, where there is a password. */
export interface ConnectPageProps {
  frame: Frame;
  provider: ProviderChoice;
  hasPassword: boolean;
  errors?: FieldErrors;
  detail?: string | undefined;
}

export function ConnectPage(props: ConnectPageProps) {
  const { name } = props.provider;
  const errors = props.errors ?? {};
  return (
    <WayIn
      frame={props.frame}
      title={`Connect ${name}`}
      heading={`Connect ${name}`}
      lead={`You sign in at ${name} once, and from then on that opens your account here. We are told who you are there and your e-mail address, and nothing else.`}
      others={
        <p>
          <a href={`${ACCOUNT}#ways-in`}>Back to the account</a>
        </p>
      }
    >
      <ErrorSummary errors={errors} detail={props.detail} />
      <form method="post" action={providerConnectPath(props.provider.id)}>
        {props.hasPassword ? <OwnPasswordField name="current" error={errors["current"]} /> : null}
        <Button kind="primary" wide>
          {`Go on to ${name}`}
        </Button>
      </form>
    </WayIn>
  );
}
