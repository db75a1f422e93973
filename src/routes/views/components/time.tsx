/** A moment. Written in UTC; the page's script shows it in the reader's own time zone. */
import { formatDay, formatMinute } from "../words.ts";

export function Time(props: { at: string; precision?: "day" | "minute" }) {
  const precision = props.precision ?? "minute";
  return (
    <time datetime={props.at} data-precision={precision}>
      {precision === "day" ? formatDay(props.at) : formatMinute(props.at)}
    </time>
  );
}
