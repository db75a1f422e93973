/**
 * A table of facts. On a narrow screen each row becomes a small sheet and every cell carries its own label,
 * so nothing scrolls sideways. The first column names the row.
 */
import type { Child } from "hono/jsx";

export interface Column<Row> {
  label: string;
  cell: (row: Row) => Child;
  /** Right-aligned, with figures of equal width. */
  numeric?: boolean;
  /** Holds what somebody wrote: a word without end may be broken anywhere, which makes the column narrower. */
  breaks?: boolean;
}

export interface TableProps<Row> {
  /** Says what the table holds; read out before it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
}

export function Table<Row>(props: TableProps<Row>) {
  return (
    <table class="table">
      <caption class="visually-hidden">{props.caption}</caption>
      <thead>
        <tr>
          {props.columns.map((column) => (
            <th scope="col" class={column.numeric === true ? "numeric" : undefined}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr>{props.columns.map((column, index) => Cell(column, row, index === 0))}</tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>(column: Column<Row>, row: Row, isFirst: boolean) {
  if (isFirst) {
    return (
      <th scope="row" class={cellClass(column)}>
        {column.cell(row)}
      </th>
    );
  }
  return (
    <td class={cellClass(column)} data-label={column.label}>
      {column.cell(row)}
    </td>
  );
}

function cellClass<Row>(column: Column<Row>): string | undefined {
  if (column.numeric === true) return "numeric";
  return column.breaks === true ? "break" : undefined;
}
