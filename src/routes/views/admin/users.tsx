/** Everyone who has an account, to be searched by name or address. */
import { ADMIN_USERS, adminUserPath } from "../addresses.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { SelectField, TextField } from "../components/field.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { Page } from "../layout.tsx";
import type { Frame, Person } from "../model.ts";
import { countOf, formatNumber } from "../words.ts";

export interface AdminUsersPageProps {
  frame: Frame;
  people: readonly Person[];
  total: number | null;
  filters: { q: string; role: string };
  nextCursor: string | null;
  hasCursor: boolean;
}

const SEARCH_MAX_CHARACTERS = 100;
const ROLES = [
  { value: "", label: "Any role" },
  { value: "USER", label: "USER" },
  { value: "ADMIN", label: "ADMIN" },
  { value: "HERO", label: "HERO" },
];

export function AdminUsersPage(props: AdminUsersPageProps) {
  const { filters } = props;
  return (
    <Page {...props.frame} title="People" current="admin-users" look="accounts">
      <PageHeader title="People" lead={props.total === null ? undefined : countOf(props.total, "account")} />
      <form class="filters" method="get" action={ADMIN_USERS} aria-label="Filter the list">
        <TextField
          name="q"
          label="Name or e-mail address"
          type="search"
          value={filters.q}
          maxLength={SEARCH_MAX_CHARACTERS}
        />
        <SelectField name="role" label="Role" value={filters.role} options={ROLES} />
        <div class="filters-buttons">
          <Button icon="search">Show</Button>
        </div>
      </form>
      {props.people.length === 0 ? (
        <EmptyState title="Nobody matches" action={<LinkButton href={ADMIN_USERS}>Show everyone</LinkButton>}>
          No account has this in its name or address, with this role.
        </EmptyState>
      ) : (
        <People people={props.people} />
      )}
      <Pagination
        path={ADMIN_USERS}
        query={filters}
        nextCursor={props.nextCursor}
        hasCursor={props.hasCursor}
      />
    </Page>
  );
}

function People(props: { people: readonly Person[] }) {
  return (
    <Table
      caption="Accounts, newest first"
      rows={props.people}
      columns={[
        {
          label: "E-mail address",
          cell: (person) => <a href={adminUserPath(person.id)}>{person.email}</a>,
          breaks: true,
        },
        { label: "Name", cell: (person) => person.name, breaks: true },
        { label: "Role", cell: (person) => person.role },
        { label: "Status", cell: statusOf },
        { label: "Since", cell: (person) => <Time at={person.createdAt} precision="day" /> },
        { label: "Credits", cell: (person) => formatNumber(person.credits.available), numeric: true },
        { label: "Set aside", cell: (person) => formatNumber(person.credits.held), numeric: true },
      ]}
    />
  );
}

export function statusOf(person: Person): string {
  if (person.disabled) return "Disabled";
  return person.emailVerified ? "Active" : "Address not confirmed";
}
