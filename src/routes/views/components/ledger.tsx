/** Movements of credits, newest first, in words and with their signs. */
import type { Entry } from "../model.ts";
import { formatSigned, nameOfEntryKind } from "../words.ts";
import { Table } from "./table.tsx";
import { Time } from "./time.tsx";

export function Ledger(props: { caption: string; entries: readonly Entry[] }) {
  return (
    <Table
      caption={props.caption}
      rows={props.entries}
      columns={[
        { label: "What", cell: (entry) => nameOfEntryKind(entry.kind) },
        { label: "Why", cell: (entry) => entry.reason, breaks: true },
        { label: "When", cell: (entry) => <Time at={entry.createdAt} /> },
        { label: "To spend", cell: (entry) => formatSigned(entry.available), numeric: true },
        { label: "Set aside", cell: (entry) => formatSigned(entry.held), numeric: true },
      ]}
    />
  );
}
