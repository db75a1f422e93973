/** What opens the account besides a password and a mailed link: accounts elsewhere, and passkeys. */
import { NEW_PASSKEY, providerConnectPath, providerDisconnectPath, REMOVE_PASSKEY } from "../addresses.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { Time } from "../components/time.tsx";
import type { Connection, Passkey } from "../model.ts";

export interface WaysInProps {
  connections: readonly Connection[];
  passkeys: readonly Passkey[];
}

export function WaysIn(props: WaysInProps) {
  return (
    <Card id="ways-in" title="Other ways in" lead="We tell you by mail about every change of them.">
      <ul class="rows">
        {props.connections.map((connection) => (
          <ConnectionRow connection={connection} />
        ))}
        {props.passkeys.map((passkey) => (
          <PasskeyRow passkey={passkey} />
        ))}
      </ul>
      <div class="actions">
        <LinkButton href={NEW_PASSKEY}>Add a passkey</LinkButton>
      </div>
    </Card>
  );
}

function ConnectionRow(props: { connection: Connection }) {
  const { id, name, email } = props.connection;
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">{name}</p>
        <p class="hint break">{email === null ? "Not connected" : `Connected as ${email}`}</p>
      </div>
      {email === null ? (
        <LinkButton small href={providerConnectPath(id)}>
          Connect
          <span class="visually-hidden">{` ${name}`}</span>
        </LinkButton>
      ) : (
        <form method="post" action={providerDisconnectPath(id)}>
          <Button kind="danger" small>
            Disconnect
            <span class="visually-hidden">{` ${name}`}</span>
          </Button>
        </form>
      )}
    </li>
  );
}

function PasskeyRow(props: { passkey: Passkey }) {
  const { id, name, createdAt, lastUsedAt } = props.passkey;
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">
          {name} <span class="row-mark">passkey</span>
        </p>
        <p class="hint">
          Added <Time at={createdAt} precision="day" />,{" "}
          {lastUsedAt === null ? (
            "never used"
          ) : (
            <>
              last used <Time at={lastUsedAt} />
            </>
          )}
        </p>
      </div>
      <form method="post" action={REMOVE_PASSKEY}>
        <input type="hidden" name="id" value={id} />
        <Button kind="danger" small>
          Remove
          <span class="visually-hidden">{` ${name}`}</span>
        </Button>
      </form>
    </li>
  );
}
