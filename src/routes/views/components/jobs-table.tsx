/** Pictures in the making and made, as administrators see them: state, fault, and whether a person has to look. */
import { adminUserPath } from "../addresses.ts";
import type { Generation } from "../model.ts";
import { formatNumber } from "../words.ts";
import { StatusPill } from "./status-pill.tsx";
import { type Column, Table } from "./table.tsx";
import { Time } from "./time.tsx";

/** A generation with what only administrators see. */
export interface Job
  extends Pick<
    Generation,
    "id" | "status" | "cost" | "shape" | "eventType" | "createdAt" | "updatedAt" | "progress"
  > {
  userId: string;
  userEmail: string;
  errorCode: string | null;
  /** Why a person has to look at it, or null. */
  review: string | null;
}

const REVIEWS: Readonly<Record<string, string>> = {
  submit_unknown: "Sent, but the provider did not answer: perhaps bought",
  paid_not_delivered: "Paid at the provider, not delivered",
};

export interface JobsTableProps {
  caption: string;
  jobs: readonly Job[];
  /** False where all of them belong to the person that the page is about. */
  withPerson: boolean;
}

export function JobsTable(props: JobsTableProps) {
  const person: Column<Job> = {
    label: "Person",
    cell: (job) => <a href={adminUserPath(job.userId)}>{job.userEmail}</a>,
    breaks: true,
  };
  return (
    <Table
      caption={props.caption}
      rows={props.jobs}
      columns={[
        { label: "Job", cell: (job) => <span class="mono">{job.id}</span> },
        ...(props.withPerson ? [person] : []),
        { label: "State", cell: (job) => <StatusPill status={job.status} /> },
        { label: "What", cell: (job) => `${job.eventType}, ${job.shape}` },
        { label: "Fault", cell: (job) => <Fault job={job} /> },
        { label: "Last change", cell: (job) => <Time at={job.updatedAt} /> },
        { label: "Credits", cell: (job) => formatNumber(job.cost), numeric: true },
      ]}
    />
  );
}

function Fault(props: { job: Job }) {
  const { errorCode, review, progress, status } = props.job;
  return (
    <>
      {errorCode === null ? (
        <span>{status === "processing" ? `None; ${progress.step}` : "None"}</span>
      ) : (
        <span class="mono">{errorCode}</span>
      )}
      {review === null ? null : <strong class="review">{REVIEWS[review] ?? review}</strong>}
    </>
  );
}
