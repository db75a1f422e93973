/** The audit log: who did what to whom, when and from where, newest first. */
import { ADMIN_AUDIT, adminUserPath } from "../addresses.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { SelectField, TextField } from "../components/field.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { Page } from "../layout.tsx";
import type { AuditRecord, Frame } from "../model.ts";
import { ACTION_NAMES, nameOfAction } from "../words.ts";

export interface AdminAuditPageProps {
  frame: Frame;
  records: readonly AuditRecord[];
  filters: { actor: string; subject: string; action: string };
  nextCursor: string | null;
  hasCursor: boolean;
}

/** The longest address. */
const FILTER_MAX_CHARACTERS = 254;
const ACTIONS = [
  { value: "", label: "Everything" },
  ...Object.entries(ACTION_NAMES).map(([value, label]) => ({ value, label })),
];

export function AdminAuditPage(props: AdminAuditPageProps) {
  const { filters } = props;
  return (
    <Page {...props.frame} title="Audit log" current="admin-audit" look="accounts">
      <PageHeader
        title="Audit log"
        lead="Who did what to whom, when and from where. Rows are added and never changed."
      />
      <Filters filters={filters} />
      {props.records.length === 0 ? (
        <EmptyState
          title="Nothing is recorded"
          action={<LinkButton href={ADMIN_AUDIT}>Show everything</LinkButton>}
        >
          No row fits this.
        </EmptyState>
      ) : (
        <Records records={props.records} />
      )}
      <Pagination
        path={ADMIN_AUDIT}
        query={filters}
        nextCursor={props.nextCursor}
        hasCursor={props.hasCursor}
      />
    </Page>
  );
}

function Filters({ filters }: Pick<AdminAuditPageProps, "filters">) {
  return (
    <form class="filters" method="get" action={ADMIN_AUDIT} aria-label="Filter the list">
      <SelectField name="action" label="What" value={filters.action} options={ACTIONS} />
      <TextField
        name="actor"
        label="Who (address or id)"
        value={filters.actor}
        maxLength={FILTER_MAX_CHARACTERS}
      />
      <TextField
        name="subject"
        label="Whom (address or id)"
        value={filters.subject}
        maxLength={FILTER_MAX_CHARACTERS}
      />
      <div class="filters-buttons">
        <Button icon="search">Show</Button>
      </div>
    </form>
  );
}

function Records(props: { records: readonly AuditRecord[] }) {
  return (
    <Table
      caption="Recorded actions, newest first"
      rows={props.records}
      columns={[
        { label: "What", cell: (record) => nameOfAction(record.action) },
        { label: "When", cell: (record) => <Time at={record.at} /> },
        {
          label: "Who",
          cell: ({ actor }) => (actor === null ? "Nobody signed in" : <Party {...actor} />),
          breaks: true,
        },
        { label: "Whom", cell: subjectOf, breaks: true },
        { label: "From", cell: (record) => record.place },
        { label: "More", cell: (record) => describe(record.details), breaks: true },
      ]}
    />
  );
}

/** Somebody who is erased, and whoever is no person, has only a name or a number. */
function Party(props: { id: string; email: string | null }) {
  return props.email === null ? (
    <span class="mono">{props.id}</span>
  ) : (
    <a href={adminUserPath(props.id)}>{props.email}</a>
  );
}

function subjectOf({ actor, subject }: AuditRecord) {
  if (subject.id === null) return "An unknown address";
  if (subject.id === actor?.id) return "Themselves";
  return <Party id={subject.id} email={subject.email} />;
}

function describe(details: Record<string, unknown>): string | null {
  const parts = Object.entries(details).map(([name, value]) => `${name}: ${String(value)}`);
  return parts.length === 0 ? null : parts.join(", ");
}
