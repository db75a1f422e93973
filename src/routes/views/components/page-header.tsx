/** The top of a page's content: its one h1, a sentence under it, and what can be done from here. */
import type { Child } from "hono/jsx";

export interface PageHeaderProps {
  title: Child;
  lead?: Child | undefined;
  actions?: Child;
}

export function PageHeader(props: PageHeaderProps) {
  return (
    <header class="page-header">
      <div>
        <h1>{props.title}</h1>
        {props.lead === undefined ? null : <p class="lead">{props.lead}</p>}
      </div>
      {props.actions === undefined ? null : <div class="page-actions">{props.actions}</div>}
    </header>
  );
}
