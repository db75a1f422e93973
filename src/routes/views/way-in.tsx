/** The frame of every page that leads in: the last light on one side, a heading and a form on the other. */
import type { Child } from "hono/jsx";
import { Logo } from "./components/logo.tsx";
import type { PageScript } from "./layout/head.tsx";
import { Page } from "./layout.tsx";
import type { Frame } from "./model.ts";

export const EMAIL_MAX_CHARACTERS = 254;

export interface WayInProps {
  frame: Frame;
  title: string;
  heading: string;
  lead: Child;
  /** Links to the other ways, under the form. */
  others?: Child;
  script?: PageScript;
  children?: Child;
}

export function WayIn(props: WayInProps) {
  return (
    <Page {...props.frame} title={props.title} current="signin" look="signin" script={props.script}>
      <div class="signin">
        <div class="signin-art" aria-hidden="true">
          <Logo />
        </div>
        <div class="signin-form">
          <h1>{props.heading}</h1>
          <p class="lead">{props.lead}</p>
          {props.children}
          {props.others === undefined ? null : <div class="signin-others">{props.others}</div>}
        </div>
      </div>
    </Page>
  );
}
