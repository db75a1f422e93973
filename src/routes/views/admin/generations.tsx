/** All jobs, newest first, whoever they belong to. Prompts are not shown: they are the person's own. */
import { ADMIN_GENERATIONS } from "../addresses.ts";
import { Button } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { SelectField } from "../components/field.tsx";
import { type Job, JobsTable } from "../components/jobs-table.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Page } from "../layout.tsx";
import type { Frame, GenerationStatus } from "../model.ts";
import { nameOfStatus } from "../words.ts";

export interface AdminGenerationsPageProps {
  frame: Frame;
  jobs: readonly Job[];
  /** Empty means any. */
  filters: { status: string };
  nextCursor: string | null;
  hasCursor: boolean;
}

const STATUSES: readonly GenerationStatus[] = ["queued", "processing", "succeeded", "failed", "canceled"];

export function AdminGenerationsPage(props: AdminGenerationsPageProps) {
  return (
    <Page {...props.frame} title="Pictures in the making" current="admin-generations" look="accounts">
      <PageHeader
        title="Pictures in the making"
        lead="Every job with its real state. A job that failed has already given its credits back."
      />
      <form class="filters" method="get" action={ADMIN_GENERATIONS} aria-label="Filter the list">
        <SelectField
          name="status"
          label="State"
          value={props.filters.status}
          options={[
            { value: "", label: "Any state" },
            ...STATUSES.map((status) => ({ value: status, label: nameOfStatus(status) })),
          ]}
        />
        <div class="filters-buttons">
          <Button icon="search">Show</Button>
        </div>
      </form>
      {props.jobs.length === 0 ? (
        <EmptyState title="No jobs">There is no job in this state.</EmptyState>
      ) : (
        <JobsTable caption="Jobs, newest first" jobs={props.jobs} withPerson />
      )}
      <Pagination
        path={ADMIN_GENERATIONS}
        query={props.filters}
        nextCursor={props.nextCursor}
        hasCursor={props.hasCursor}
      />
    </Page>
  );
}
