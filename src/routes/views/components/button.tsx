/** Buttons and links that look like buttons. The kind says how much the action matters, never what it does. */
import type { Child } from "hono/jsx";
import { Icon, type IconName } from "./icon.tsx";

type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

interface Look {
  kind?: ButtonKind;
  icon?: IconName;
  iconFilled?: boolean;
  /** For an arrow that points onwards. */
  iconAfter?: boolean;
  small?: boolean;
  /** Takes the whole width of its container. */
  wide?: boolean;
  children: Child;
}

export interface ButtonProps extends Look {
  name?: string;
  value?: string;
  /** Sends the form to another address than the form's own. */
  action?: string;
  /** Sends the form although fields of it are still invalid. */
  skipValidation?: boolean;
  describedBy?: string;
  pressed?: boolean;
  /** Read by the page's script. */
  hook?: string;
}

export interface LinkButtonProps extends Look {
  href: string;
  /** The browser saves the target instead of showing it. */
  download?: boolean;
  /** Only where leaving the page would lose something that is on it. */
  newTab?: boolean;
}

export function Button(props: ButtonProps) {
  return (
    <button
      type="submit"
      class={classOf(props)}
      name={props.name}
      value={props.value}
      formaction={props.action}
      formnovalidate={props.skipValidation === true}
      aria-describedby={props.describedBy}
      aria-pressed={props.pressed}
      data-hook={props.hook}
    >
      <Content {...props} />
    </button>
  );
}

export function LinkButton(props: LinkButtonProps) {
  return (
    <a
      class={classOf(props)}
      href={props.href}
      download={props.download === true}
      target={props.newTab === true ? "_blank" : undefined}
    >
      <Content {...props} />
    </a>
  );
}

function Content(props: Look) {
  const icon =
    props.icon === undefined ? null : <Icon name={props.icon} filled={props.iconFilled === true} />;
  return (
    <>
      {props.iconAfter === true ? null : icon}
      <span>{props.children}</span>
      {props.iconAfter === true ? icon : null}
    </>
  );
}

function classOf(look: Look): string {
  const classes = ["button", `button-${look.kind ?? "secondary"}`];
  if (look.small === true) classes.push("button-small");
  if (look.wide === true) classes.push("button-wide");
  return classes.join(" ");
}
