/** A ticket with a tear-off stub: used wherever credits change hands. */
import type { Child } from "hono/jsx";

export function Ticket(props: { stub: Child; children: Child }) {
  return (
    <div class="ticket">
      <div class="ticket-body">{props.children}</div>
      <div class="ticket-stub">{props.stub}</div>
    </div>
  );
}
