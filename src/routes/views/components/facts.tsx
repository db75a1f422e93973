/** A short list of named facts. */
import type { Child } from "hono/jsx";

export interface Fact {
  name: string;
  value: Child;
}

export function Facts(props: { facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {props.facts.map((fact) => (
        <div>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
