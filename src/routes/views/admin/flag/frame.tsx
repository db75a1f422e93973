/** The frame of every page below the switches: its heading, and the way back to them. */
import type { Child } from "hono/jsx";
import { ADMIN_FLAGS } from "../../addresses.ts";
import { LinkButton } from "../../components/button.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import type { PageScript } from "../../layout/head.tsx";
import { Page } from "../../layout.tsx";
import type { Frame } from "../../model.ts";

export interface FlagFrameProps {
  frame: Frame;
  title: string;
  lead: Child;
  script?: PageScript;
  children: Child;
}

export function FlagFrame(props: FlagFrameProps) {
  return (
    <Page
      {...props.frame}
      title={`${props.title} · Switches`}
      current="admin-flags"
      look={["accounts", "flags"]}
      script={props.script}
    >
      <PageHeader
        title={props.title}
        lead={props.lead}
        actions={
          <LinkButton icon="back" href={ADMIN_FLAGS}>
            Switches
          </LinkButton>
        }
      />
      {props.children}
    </Page>
  );
}
