/** Keeps a simulator's memory in a Durable Object's storage, in pieces that fit a row. */

import { createState, type SimulatorState, stateSchema } from "./state.ts";

/** A row may hold 2 MB; characters may take up to three bytes. */
const PIECE_MAX_CHARACTERS = 500_000;

export function saveState(sql: SqlStorage, state: SimulatorState): void {
  const text = JSON.stringify(state);
  sql.exec("CREATE TABLE IF NOT EXISTS snapshot (piece INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  sql.exec("DELETE FROM snapshot");
  for (let piece = 0; piece * PIECE_MAX_CHARACTERS < text.length; piece++) {
    const body = text.slice(piece * PIECE_MAX_CHARACTERS, (piece + 1) * PIECE_MAX_CHARACTERS);
    sql.exec("INSERT INTO snapshot (piece, body) VALUES (?, ?)", piece, body);
  }
}

/** The saved memory; an empty one when there is none, or when it was saved by another version of this code. */
export function loadState(sql: SqlStorage): SimulatorState {
  sql.exec("CREATE TABLE IF NOT EXISTS snapshot (piece INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  const rows = sql.exec<{ body: string }>("SELECT body FROM snapshot ORDER BY piece").toArray();
  const text = rows.map(({ body }) => body).join("");
  if (text === "") return createState();
  const parsed = stateSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : createState();
}
