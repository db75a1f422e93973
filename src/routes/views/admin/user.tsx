/**
 * One person's account as administrators see it. Credits are only ever added or taken by a signed number with a
 * reason; the total is never typed in, so an old page can't undo what was spent since.
 */
import { ADMIN_USERS, adminAuditPath, adminUserAccountPath, adminUserCreditsPath } from "../addresses.ts";
import { Avatar } from "../components/avatar.tsx";
import { Button, LinkButton } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { Facts } from "../components/facts.tsx";
import { NumberField, SelectField, TextField } from "../components/field.tsx";
import { type Job, JobsTable } from "../components/jobs-table.tsx";
import { Ledger } from "../components/ledger.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Time } from "../components/time.tsx";
import { typedValue } from "../form-values.ts";
import { Page } from "../layout.tsx";
import type { Entry, FieldErrors, FormValues, Frame, Person } from "../model.ts";
import { countOf, formatNumber } from "../words.ts";
import { statusOf } from "./users.tsx";

/** Its forms post `addCredits`, `reason` and `idempotencyKey`; and `role`, `disabled`, what they were, and `accountReason`. */
export interface AdminUserPageProps {
  frame: Frame;
  person: Person;
  /** The address of their own picture. */
  picture: string | null;
  entries: readonly Entry[];
  jobs: readonly Job[];
  /** False for someone who outranks the viewer, and for the viewer's own account unless they are HERO. */
  canAddCredits: boolean;
  /** True for HEROes: they assign roles and switch accounts off and on. */
  canChangeAccount: boolean;
  /** Why role or access could not be changed. */
  accountDetail?: string | undefined;
  /** The reason that was typed for that. */
  accountReason?: string | undefined;
  /** What was typed before, when it was refused. */
  values?: FormValues;
  errors?: FieldErrors;
  detail?: string | undefined;
  /** The same until the change is accepted, so that sending twice adds once. */
  idempotencyKey: string;
}

const REASON_MAX_CHARACTERS = 200;

/** The notice after a change: what was done, and the total that came of it. */
export function creditsAddedText(added: number, available: number): string {
  const change = added < 0 ? `${countOf(-added, "credit")} taken away` : `${countOf(added, "credit")} added`;
  return `${change}. New total: ${formatNumber(available)}.`;
}

export function AdminUserPage(props: AdminUserPageProps) {
  const { person } = props;
  return (
    <Page {...props.frame} title={person.email} current="admin-users" look="accounts">
      <PageHeader
        title={
          <span class="account-person">
            <Avatar name={person.name} email={person.email} picture={props.picture} />
            <span class="break">{person.name === "" ? person.email : person.name}</span>
          </span>
        }
        lead={person.name === "" ? undefined : person.email}
        actions={
          <LinkButton icon="back" href={ADMIN_USERS}>
            People
          </LinkButton>
        }
      />
      <div class="account">
        <Card
          id="credits"
          title="Credits"
          lead={`${countOf(person.credits.available, "credit")} to spend, ${formatNumber(person.credits.held)} set aside.`}
        >
          {props.canAddCredits ? <AddCredits {...props} /> : <p>Your role can't change this balance.</p>}
        </Card>
        <Card id="facts" title="Account">
          <Facts facts={factsOf(person)} />
          <p class="account-actions">
            <a href={adminAuditPath(person.id)}>What happened with this account</a>
          </p>
        </Card>
      </div>
      {props.canChangeAccount ? <RoleAndAccess {...props} /> : null}
      <LastMovements entries={props.entries} />
      <LastPictures jobs={props.jobs} />
    </Page>
  );
}

function AddCredits(props: AdminUserPageProps) {
  const { values } = props;
  const errors = props.errors ?? {};
  return (
    <>
      <ErrorSummary errors={errors} detail={props.detail} />
      <form method="post" action={adminUserCreditsPath(props.person.id)}>
        <input type="hidden" name="idempotencyKey" value={props.idempotencyKey} />
        <NumberField
          name="addCredits"
          label="Add credits"
          hint="Added to what is there now. A minus takes away: −5 takes five. It never goes below zero."
          required
          requiredUnmarked
          autocomplete="off"
          value={values === undefined ? "0" : typedValue(values, "addCredits")}
          error={errors["addCredits"]}
        />
        <TextField
          name="reason"
          label="Reason"
          hint="The person sees it in their history, and it stays in the audit log."
          required
          requiredUnmarked
          maxLength={REASON_MAX_CHARACTERS}
          value={values === undefined ? "" : typedValue(values, "reason")}
          error={errors["reason"]}
        />
        <Button kind="primary">Add credits</Button>
      </form>
    </>
  );
}

const ROLES = ["USER", "ADMIN", "HERO"].map((role) => ({ value: role, label: role }));
const ACCESS = [
  { value: "false", label: "Can sign in" },
  { value: "true", label: "Switched off" },
];

function RoleAndAccess(props: AdminUserPageProps) {
  const { person } = props;
  return (
    <section class="history" aria-labelledby="access-title">
      <h2 id="access-title">Role and access</h2>
      <p class="lead">
        A new role counts at once and ends all sessions but the latest. Switching off ends every session.
      </p>
      <ErrorSummary errors={{}} detail={props.accountDetail} />
      <form class="filters" method="post" action={adminUserAccountPath(person.id)}>
        <input type="hidden" name="roleWas" value={person.role} />
        <input type="hidden" name="disabledWas" value={String(person.disabled)} />
        <SelectField name="role" label="Role" value={person.role} options={ROLES} />
        <SelectField name="disabled" label="Access" value={String(person.disabled)} options={ACCESS} />
        <TextField
          name="accountReason"
          label="Reason, for the audit log"
          value={props.accountReason}
          maxLength={REASON_MAX_CHARACTERS}
        />
        <div class="filters-buttons">
          <Button>Save</Button>
        </div>
      </form>
    </section>
  );
}

function LastMovements(props: { entries: readonly Entry[] }) {
  return (
    <section class="history" aria-labelledby="ledger-title">
      <h2 id="ledger-title">Last movements</h2>
      {props.entries.length === 0 ? (
        <p class="lead">Nothing has moved yet.</p>
      ) : (
        <Ledger caption="Movements of this person's credits, newest first" entries={props.entries} />
      )}
    </section>
  );
}

function LastPictures(props: { jobs: readonly Job[] }) {
  return (
    <section class="history" aria-labelledby="jobs-title">
      <h2 id="jobs-title">Last pictures</h2>
      {props.jobs.length === 0 ? (
        <p class="lead">No picture was ordered yet.</p>
      ) : (
        <JobsTable caption="This person's last jobs, newest first" jobs={props.jobs} withPerson={false} />
      )}
    </section>
  );
}

function factsOf(person: Person) {
  return [
    { name: "Role", value: person.role },
    { name: "Status", value: statusOf(person) },
    { name: "E-mail address", value: person.emailVerified ? "Confirmed" : "Not confirmed" },
    { name: "Here since", value: <Time at={person.createdAt} precision="day" /> },
    { name: "Id", value: <span class="mono">{person.id}</span> },
  ];
}
