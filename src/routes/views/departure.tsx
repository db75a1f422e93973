/** Seen for a moment on the way to an identity provider, and for longer only where browsers don't move on by themselves. */
import { LinkButton } from "./components/button.tsx";
import type { Frame } from "./model.ts";
import { WayIn } from "./way-in.tsx";

export interface DeparturePageProps {
  frame: Frame;
  /** The provider's name. */
  provider: string;
  location: string;
}

export function DeparturePage(props: DeparturePageProps) {
  return (
    <WayIn
      frame={props.frame}
      title={`On to ${props.provider}`}
      heading="One moment."
      lead={`You sign in at ${props.provider} and then come back here.`}
    >
      <LinkButton kind="primary" wide href={props.location}>
        {`Go on to ${props.provider}`}
      </LinkButton>
    </WayIn>
  );
}
