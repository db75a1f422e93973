/** The person's own account: who they are, what they have, where they are signed in, and where every credit went. */
import { OwnData } from "./account/data.tsx";
import { Devices } from "./account/devices.tsx";
import { Keys, type ScopeChoice } from "./account/keys.tsx";
import { Profile, type RefusedForm } from "./account/profile.tsx";
import { WaysIn } from "./account/ways-in.tsx";
import { ACCOUNT } from "./addresses.ts";
import { Avatar } from "./components/avatar.tsx";
import { Ledger } from "./components/ledger.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { Pagination } from "./components/pagination.tsx";
import { Ticket } from "./components/ticket.tsx";
import { Time } from "./components/time.tsx";
import { Page } from "./layout.tsx";
import type { ApiKey, Connection, Device, Entry, Frame, Passkey, Person } from "./model.ts";
import { countOf, formatNumber } from "./words.ts";

export interface AccountPageProps {
  frame: Frame;
  person: Pick<Person, "email" | "name" | "createdAt" | "credits">;
  /** The address of their own picture. */
  picture: string | null;
  hasPassword: boolean;
  passwordMinCharacters: number;
  /** The providers that this deployment offers. */
  connections: readonly Connection[];
  passkeys: readonly Passkey[];
  devices: readonly Device[];
  keys: readonly ApiKey[];
  /** What this person may let a key do. */
  scopes: readonly ScopeChoice[];
  pictures: number;
  /** Where the archives of all pictures are. */
  archives: readonly string[];
  entries: readonly Entry[];
  nextCursor: string | null;
  /** False on the first page of the history. */
  hasCursor: boolean;
  refused?: RefusedForm | null;
}

export function AccountPage(props: AccountPageProps) {
  const { person } = props;
  const refused = props.refused ?? null;
  return (
    <Page {...props.frame} title="Account" current="account" look="accounts">
      <PageHeader
        title={
          <span class="account-person">
            <Avatar name={person.name} email={person.email} picture={props.picture} />
            <span class="break">{person.name === "" ? "Your account" : person.name}</span>
          </span>
        }
        lead={
          <>
            Here since <Time at={person.createdAt} precision="day" />
          </>
        }
      />
      <div class="account">
        <div class="account-column">
          <Balance credits={person.credits} />
          <Profile {...props} refused={refused} />
          <WaysIn connections={props.connections} passkeys={props.passkeys} />
        </div>
        <div class="account-column">
          <Devices devices={props.devices} />
          <Keys keys={props.keys} scopes={props.scopes} refused={refused} />
          <OwnData pictures={props.pictures} archives={props.archives} />
        </div>
      </div>
      <History {...props} />
    </Page>
  );
}

function Balance(props: { credits: Person["credits"] }) {
  const { available, held } = props.credits;
  return (
    <section id="credits" aria-label="Credits">
      <Ticket
        stub={
          <>
            <p class="balance-held">{formatNumber(held)}</p>
            <p>set aside</p>
          </>
        }
      >
        <p class="balance">{formatNumber(available)}</p>
        <p>{available === 1 ? "credit" : "credits"} to spend</p>
      </Ticket>
      <p class="balance-note">
        {held === 0
          ? "While a picture is in the making, its price is set aside here. It is spent when the picture is yours, and comes back if it fails."
          : `${countOf(held, "credit")} set aside for pictures in the making: spent when a picture is yours, given back if it fails.`}
      </p>
    </section>
  );
}

function History(props: AccountPageProps) {
  return (
    <section class="history" aria-labelledby="history-title">
      <h2 id="history-title">Every credit, in and out</h2>
      {props.entries.length === 0 ? (
        <p class="lead">Nothing has moved yet.</p>
      ) : (
        <Ledger caption="Movements of your credits, newest first" entries={props.entries} />
      )}
      <Pagination path={ACCOUNT} query={{}} nextCursor={props.nextCursor} hasCursor={props.hasCursor} />
    </section>
  );
}
