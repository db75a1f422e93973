/** Keys for programs: what there is, how to revoke one, and how to make another. */
import { ACCOUNT, ACCOUNT_KEYS, revokeKeyPath } from "../addresses.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { Checkbox } from "../components/checkbox.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { TextField } from "../components/field.tsx";
import { FieldError } from "../components/field-error.tsx";
import { fieldId } from "../components/field-ids.ts";
import { PageHeader } from "../components/page-header.tsx";
import { Time } from "../components/time.tsx";
import { Page } from "../layout.tsx";
import type { ApiKey, Frame } from "../model.ts";
import type { RefusedForm } from "./profile.tsx";

export interface ScopeChoice {
  scope: string;
  words: string;
}

export interface KeysProps {
  keys: readonly ApiKey[];
  /** What this person may let a key do. */
  scopes: readonly ScopeChoice[];
  refused: RefusedForm | null;
}

const KEY_NAME_MAX_CHARACTERS = 60;

export function Keys(props: KeysProps) {
  const refused = props.refused?.form === "key" ? props.refused : null;
  return (
    <Card
      id="keys"
      title="Keys for programs"
      lead="A key lets a program of yours act for you, within what you tick, until you revoke it."
    >
      {props.keys.length === 0 ? null : (
        <ul class="rows">
          {props.keys.map((key) => (
            <KeyRow apiKey={key} />
          ))}
        </ul>
      )}
      <NewKeyForm scopes={props.scopes} refused={refused} />
    </Card>
  );
}

function NewKeyForm({ scopes, refused }: Pick<KeysProps, "scopes" | "refused">) {
  return (
    <details class="account-more" open={refused !== null}>
      <summary>
        <span class="account-change">Make a key</span>
      </summary>
      <form class="account-form" method="post" action={ACCOUNT_KEYS}>
        {refused === null ? null : <ErrorSummary errors={refused.errors} detail={refused.detail} />}
        <TextField
          name="keyName"
          label="What is it for?"
          value={refused?.values["keyName"] ?? ""}
          maxLength={KEY_NAME_MAX_CHARACTERS}
          required
          requiredUnmarked
          error={refused?.errors["keyName"]}
        />
        <fieldset class="field" id={fieldId("scopes")} tabindex={-1}>
          <legend class="label">What may it do?</legend>
          {scopes.map((choice) => (
            <Checkbox
              name="scopes"
              value={choice.scope}
              label={choice.scope}
              hint={choice.words}
              checked={refused?.scopes?.includes(choice.scope) === true}
            />
          ))}
          <FieldError name="scopes" message={refused?.errors["scopes"]} />
        </fieldset>
        <Button>Make the key</Button>
      </form>
    </details>
  );
}

function KeyRow(props: { apiKey: ApiKey }) {
  const { apiKey } = props;
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">
          {apiKey.name} <span class="mono row-mark">{apiKey.prefix}…</span>
        </p>
        <p class="hint">
          May {apiKey.scopes.join(", ")}. Made <Time at={apiKey.createdAt} precision="day" />,{" "}
          {apiKey.lastUsedAt === null ? (
            "never used"
          ) : (
            <>
              last used <Time at={apiKey.lastUsedAt} />
            </>
          )}
        </p>
      </div>
      <form method="post" action={revokeKeyPath(apiKey.id)}>
        <Button kind="danger" small>
          Revoke
        </Button>
      </form>
    </li>
  );
}

/** The one page that ever shows a key. It is made by a POST and kept by nothing. */
export function NewKeyPage(props: { frame: Frame; name: string; secret: string }) {
  return (
    <Page {...props.frame} title="Your new key" current="account" look="accounts">
      <PageHeader
        title="Your new key"
        lead={`This is the only time that it is shown. Put it where the program for “${props.name}” finds it.`}
      />
      <p class="secret mono break">{props.secret}</p>
      <p class="lead">
        Programs send it as <span class="mono break">Authorization: Bearer {props.secret.slice(0, 8)}…</span>{" "}
        Whoever has it can do what you ticked, so treat it like a password.
      </p>
      <div class="actions account-actions">
        <LinkButton kind="primary" href={`${ACCOUNT}#keys`}>
          I have it
        </LinkButton>
      </div>
    </Page>
  );
}
