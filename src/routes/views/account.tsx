/** The person's own account: who they are, what they have, and where every credit went. */
import { ACCOUNT, SIGN_OUT, SIGN_OUT_EVERYWHERE } from "./addresses.ts";
import { Button } from "./components/button.tsx";
import { Card } from "./components/card.tsx";
import { Facts } from "./components/facts.tsx";
import { Ledger } from "./components/ledger.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { Pagination } from "./components/pagination.tsx";
import { Ticket } from "./components/ticket.tsx";
import { Time } from "./components/time.tsx";
import { Page } from "./layout.tsx";
import type { Entry, Frame, Person } from "./model.ts";
import { countOf, formatNumber } from "./words.ts";

export interface AccountPageProps {
  frame: Frame;
  person: Pick<Person, "email" | "name" | "createdAt" | "credits">;
  entries: readonly Entry[];
  nextCursor: string | null;
  /** False on the first page of the history. */
  hasCursor: boolean;
}

export function AccountPage(props: AccountPageProps) {
  const { person } = props;
  return (
    <Page {...props.frame} title="Account" current="account" look="accounts">
      <PageHeader title={person.name === "" ? "Your account" : person.name} />
      <div class="account">
        <Balance credits={person.credits} />
        <Card id="profile" title="You">
          <Facts
            facts={[
              { name: "Name", value: person.name === "" ? "Not given" : person.name },
              { name: "E-mail address", value: person.email },
              { name: "Here since", value: <Time at={person.createdAt} precision="day" /> },
            ]}
          />
          <div class="actions account-actions">
            <form method="post" action={SIGN_OUT}>
              <Button>Sign out</Button>
            </form>
            <form method="post" action={SIGN_OUT_EVERYWHERE}>
              <Button kind="quiet">Sign out everywhere</Button>
            </form>
          </div>
        </Card>
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
