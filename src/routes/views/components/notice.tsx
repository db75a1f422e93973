/** One message about what just happened. Errors interrupt a screen reader, everything else waits its turn. */
import type { Child } from "hono/jsx";
import type { Notice as PlainNotice } from "../model.ts";
import { Icon, type IconName } from "./icon.tsx";

export interface NoticeProps extends Pick<PlainNotice, "kind"> {
  text: Child;
}

const ICONS: Readonly<Record<NoticeProps["kind"], IconName>> = {
  success: "check",
  info: "info",
  warning: "alert",
  error: "alert",
};

export function Notice(props: NoticeProps) {
  return (
    <div class={`notice notice-${props.kind}`} role={props.kind === "error" ? "alert" : "status"}>
      <Icon name={ICONS[props.kind]} />
      <p>{props.text}</p>
    </div>
  );
}
