/** Table users as the flags see it: who somebody is to the rules, found by id or by address. */
import type { Query } from "./query.ts";

export interface FlagPersonRow {
  id: string;
  email: string;
  role: string;
}

/** `idOrEmail` is an id, or an address in its normal form. */
export function buildFlagPersonQuery(db: D1Database, idOrEmail: string): Query<FlagPersonRow | null> {
  return {
    statement: db
      .prepare("SELECT id, email, role FROM users WHERE id = ?1 OR email = ?1 LIMIT 1")
      .bind(idOrEmail),
    parse: ([row]: FlagPersonRow[]) => row ?? null,
  };
}
