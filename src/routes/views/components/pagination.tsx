/** Paging by cursor: forward to older things, or back to the start. There are no page numbers to be wrong about. */
import { withQuery } from "../addresses.ts";
import { LinkButton } from "./button.tsx";

export interface PaginationProps {
  path: string;
  /** The filters in force; they stay while paging. */
  query: Readonly<Record<string, string | null | undefined>>;
  nextCursor: string | null;
  /** False on the first page. */
  hasCursor: boolean;
}

export function Pagination(props: PaginationProps) {
  if (props.nextCursor === null && !props.hasCursor) return null;
  return (
    <nav class="pagination" aria-label="Pages">
      {props.hasCursor ? (
        <LinkButton icon="back" href={withQuery(props.path, props.query)}>
          First page
        </LinkButton>
      ) : null}
      {props.nextCursor === null ? null : (
        <LinkButton
          icon="arrow"
          iconAfter
          href={withQuery(props.path, { ...props.query, cursor: props.nextCursor })}
        >
          Older
        </LinkButton>
      )}
    </nav>
  );
}
