/** What a list says while there is nothing in it, and the one thing to do about it. */
import type { Child } from "hono/jsx";
import { Logo } from "./logo.tsx";

export interface EmptyStateProps {
  title: string;
  /** What is to be seen above the words, instead of the logo. */
  figure?: Child;
  children: Child;
  action?: Child;
}

export function EmptyState(props: EmptyStateProps) {
  return (
    <div class="empty">
      {props.figure ?? <Logo />}
      <h2 class="empty-title">{props.title}</h2>
      <p>{props.children}</p>
      {props.action === undefined ? null : <p class="empty-action">{props.action}</p>}
    </div>
  );
}
