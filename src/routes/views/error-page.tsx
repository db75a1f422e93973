/** What a person sees when a request was refused or broke: what happened, and what to do next. 404 included. */
import { CREATE, HEALTH, HOME, SIGN_IN } from "./addresses.ts";
import { Button, LinkButton } from "./components/button.tsx";
import { Facts } from "./components/facts.tsx";
import { Time } from "./components/time.tsx";
import { Page } from "./layout.tsx";
import type { Frame, UnsentForm } from "./model.ts";

/** The facts of the problem document that an API client would get. */
export interface ErrorPageProps {
  frame: Frame;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  timestamp: string;
  errors?: readonly { field: string; message: string }[];
  /** What was sent after the session had ended; kept here until it is sent again. */
  unsent?: UnsentForm | null;
}

const NOT_FOUND = 404;
const UNAUTHENTICATED = 401;
const SERVER_ERRORS_FROM = 500;

export function ErrorPage(props: ErrorPageProps) {
  return (
    <Page {...props.frame} title={props.title} current="none">
      <div class="error-page">
        <p class="error-status" aria-hidden="true">
          {props.status}
        </p>
        <h1>{props.title}</h1>
        <p class="lead">{props.detail}</p>
        {props.errors === undefined || props.errors.length === 0 ? null : (
          <ul class="error-fields">
            {props.errors.map((error) => (
              <li>
                <strong>{error.field}</strong>: {error.message}
              </li>
            ))}
          </ul>
        )}
        <WaysOn {...props} />
        <div class="error-facts">
          <p>If you write to us about this, send these along. They lead straight to the entry in our log.</p>
          <Facts
            facts={[
              { name: "Code", value: <span class="mono">{props.code}</span> },
              { name: "Request", value: <span class="mono">{props.requestId}</span> },
              { name: "When", value: <Time at={props.timestamp} /> },
            ]}
          />
        </div>
      </div>
    </Page>
  );
}

function WaysOn(props: ErrorPageProps) {
  if (props.unsent != null) return <SendAgain unsent={props.unsent} />;
  return (
    <div class="actions">
      {props.code === "misconfigured" ? (
        <LinkButton href={HEALTH}>Open the health report</LinkButton>
      ) : (
        <NextSteps status={props.status} isSignedIn={props.frame.viewer !== null} />
      )}
    </div>
  );
}

/** Going back would ask for the form anew, and what was typed would be gone: so this page holds it. */
function SendAgain(props: { unsent: UnsentForm }) {
  return (
    <form method="post" action={props.unsent.action}>
      {props.unsent.fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <p>
        Sign in in another tab, then come back to this page and send it again: what you typed is kept here.
      </p>
      <div class="actions">
        <LinkButton kind="primary" newTab href={SIGN_IN}>
          Sign in<span class="visually-hidden"> in another tab</span>
        </LinkButton>
        <Button>Send it again</Button>
      </div>
    </form>
  );
}

/** A page that isn't there has no reference worth quoting, only ways back. */
export function NotFoundPage(props: { frame: Frame }) {
  return (
    <Page {...props.frame} title="Nothing is here" current="none">
      <div class="error-page">
        <p class="error-status" aria-hidden="true">
          404
        </p>
        <h1>The party has moved on</h1>
        <p class="lead">
          There is nothing at this address, or it is not visible to you. Check the link, or start from a place
          that is certainly there.
        </p>
        <div class="actions">
          <NextSteps status={NOT_FOUND} isSignedIn={props.frame.viewer !== null} />
        </div>
      </div>
    </Page>
  );
}

function NextSteps(props: { status: number; isSignedIn: boolean }) {
  if (props.status === UNAUTHENTICATED || !props.isSignedIn) {
    return (
      <>
        <LinkButton kind="primary" href={props.status >= SERVER_ERRORS_FROM ? HOME : SIGN_IN}>
          {props.status >= SERVER_ERRORS_FROM ? "Go to the start page" : "Sign in"}
        </LinkButton>
        {props.status >= SERVER_ERRORS_FROM ? null : (
          <LinkButton href={HOME}>Go to the start page</LinkButton>
        )}
      </>
    );
  }
  return (
    <>
      <LinkButton kind="primary" href={HOME}>
        Go to the start page
      </LinkButton>
      <LinkButton href={CREATE}>Create a picture</LinkButton>
    </>
  );
}
