/** The first step: which kind of event? Plain links, so each kind of event has an address of its own. */
import { createPath } from "../addresses.ts";
import { Icon } from "../components/icon.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Page } from "../layout.tsx";
import type { EventType, Frame } from "../model.ts";

export interface ChooseTypePageProps {
  frame: Frame;
  eventTypes: readonly Pick<EventType, "key" | "name">[];
}

export function ChooseTypePage(props: ChooseTypePageProps) {
  return (
    <Page {...props.frame} title="What are you planning?" current="create" look="create">
      <PageHeader
        title="What are you planning?"
        lead="Choose the closest. The questions on the next page fit the occasion."
      />
      <ul class="occasions">
        {props.eventTypes.map((eventType) => (
          <li>
            <a href={createPath(eventType.key)}>
              <span>{eventType.name}</span>
              <Icon name="arrow" />
            </a>
          </li>
        ))}
      </ul>
    </Page>
  );
}
