/** One thing that a person has to look at, in a list of them. */
import type { Child } from "hono/jsx";
import { Icon } from "./icon.tsx";

export function ConcernItem(props: { severity: "warning" | "error"; children: Child }) {
  return (
    <li class={`concern concern-${props.severity}`}>
      <Icon name="alert" />
      {props.children}
    </li>
  );
}
