/** A simulator's memory as texts that each fit a row of a Durable Object's storage, and back. */

import { createState, type SimulatorState, stateSchema } from "./state.ts";

/** A row may hold 2 MB; the text is ASCII, so that a character is a byte and may be the last of a piece. */
export const PIECE_MAX_CHARACTERS = 1_000_000;

export function splitState(state: SimulatorState): string[] {
  const text = JSON.stringify(state).replace(/[^ -~]/g, escapeUnit);
  const count = Math.ceil(text.length / PIECE_MAX_CHARACTERS);
  return Array.from({ length: count }, (_, i) =>
    text.slice(i * PIECE_MAX_CHARACTERS, (i + 1) * PIECE_MAX_CHARACTERS),
  );
}

/** An empty memory when there are no pieces, or when another version of this code wrote them. */
export function joinState(pieces: readonly string[]): SimulatorState {
  if (pieces.length === 0) return createState();
  const parsed = stateSchema.safeParse(JSON.parse(pieces.join("")));
  return parsed.success ? parsed.data : createState();
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
