/** A titled part of a page on its own sheet of paper. */
import type { Child } from "hono/jsx";

export interface CardProps {
  /** Also names the section for assistive technology. */
  title: string;
  id: string;
  lead?: Child | undefined;
  children: Child;
}

export function Card(props: CardProps) {
  const titleId = `${props.id}-title`;
  return (
    <section class="card" id={props.id} aria-labelledby={titleId}>
      <h2 class="card-title" id={titleId}>
        {props.title}
      </h2>
      {props.lead === undefined ? null : <p class="card-lead">{props.lead}</p>}
      {props.children}
    </section>
  );
}
