/** The state of a picture in one word. The word carries the meaning; colour only repeats it. */
import type { GenerationStatus } from "../model.ts";
import { nameOfStatus } from "../words.ts";

export function StatusPill(props: { status: GenerationStatus }) {
  return <span class={`pill pill-${props.status}`}>{nameOfStatus(props.status)}</span>;
}
