/** What is kept about the person: to be taken along, or to be erased. */
import { ACCOUNT, ACCOUNT_ERASE, ACCOUNT_EXPORT } from "../addresses.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { TextField } from "../components/field.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Page } from "../layout.tsx";
import type { Credits, FieldErrors, Frame } from "../model.ts";
import { countOf } from "../words.ts";

export interface OwnDataProps {
  pictures: number;
  /** Where the archives of all pictures are. */
  archives: readonly string[];
}

export function OwnData(props: OwnDataProps) {
  return (
    <Card id="data" title="Your data" lead="Everything that we keep about you is yours to take along.">
      <div class="actions">
        <LinkButton icon="download" download href={ACCOUNT_EXPORT}>
          Everything as JSON
        </LinkButton>
        {props.pictures === 0
          ? null
          : props.archives.map((path, index) => (
              <LinkButton icon="download" download href={path}>
                {props.archives.length === 1 ? "Pictures as ZIP" : `Pictures as ZIP, part ${index + 1}`}
              </LinkButton>
            ))}
      </div>
      <p class="account-leave">
        <a href={ACCOUNT_ERASE}>Erase my account</a>
      </p>
    </Card>
  );
}

/** Posts the field `confirmation`: the person's own address, typed. */
export interface ErasePageProps {
  frame: Frame;
  email: string;
  pictures: number;
  waiting: number;
  running: number;
  credits: Credits;
  errors?: FieldErrors;
  detail?: string | undefined;
}

const EMAIL_MAX_CHARACTERS = 254;

export function ErasePage(props: ErasePageProps) {
  const errors = props.errors ?? {};
  return (
    <Page {...props.frame} title="Erase my account" current="account" look="accounts">
      <PageHeader
        title="Erase your account"
        lead="This can't be undone, by you or by us. Take your pictures along first, if you want to keep them."
        actions={
          <LinkButton icon="back" href={ACCOUNT}>
            Back to the account
          </LinkButton>
        }
      />
      <div class="account">
        <Card id="what" title="What happens">
          <ul class="plain-list">
            <li>{sayPictures(props.pictures)}</li>
            <li>Your name, picture, address and password, your devices, keys and links: deleted.</li>
            {props.waiting === 0 ? null : <li>{sayWaiting(props.waiting)}</li>}
            {props.credits.available === 0 ? null : (
              <li>Your {countOf(props.credits.available, "credit")}: gone, without money back.</li>
            )}
            <li>
              What stays: the movements of credits and the record of who did what, under a number that no
              longer leads to you. Books must add up.
            </li>
            <li>
              And if you had starting credits, a fingerprint of your address, made with a secret key: it tells
              us that an address has had them when somebody comes back with it, and nothing else.
            </li>
          </ul>
        </Card>
        <Card id="erase" title="Are you sure?">
          {props.running === 0 ? (
            <EraseForm {...props} errors={errors} />
          ) : (
            <p>{sayRunning(props.running)}</p>
          )}
        </Card>
      </div>
    </Page>
  );
}

function EraseForm(props: ErasePageProps & { errors: FieldErrors }) {
  return (
    <form method="post" action={ACCOUNT_ERASE}>
      <ErrorSummary errors={props.errors} detail={props.detail} />
      <TextField
        name="confirmation"
        label="Type your e-mail address to confirm"
        hint={props.email}
        autocomplete="off"
        maxLength={EMAIL_MAX_CHARACTERS}
        required
        requiredUnmarked
        error={props.errors["confirmation"]}
      />
      <Button kind="danger" icon="trash">
        Erase everything
      </Button>
    </form>
  );
}

function sayPictures(pictures: number): string {
  if (pictures === 0) return "You have no pictures; every brief that you wrote is deleted.";
  return `Your ${countOf(pictures, "picture")}, shown publicly or not, and every brief that you wrote: deleted.`;
}

function sayWaiting(waiting: number): string {
  return waiting === 1
    ? "One picture that hasn't been begun: cancelled."
    : `${waiting} pictures that haven't been begun: cancelled.`;
}

function sayRunning(running: number): string {
  const pictures = running === 1 ? "One picture of yours is" : `${running} pictures of yours are`;
  return `${pictures} in the making right now. Wait until that is over, a few minutes at most, and open this page again.`;
}
