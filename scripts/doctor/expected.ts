/** What this tree would be when it runs: its commit and its newest migration. */
import { listMigrations } from "../dev/database.ts";
import { describeCommit } from "../dev/git.ts";
import { Refusal } from "../dev/refusal.ts";
import { ROOT } from "../dev/wrangler.ts";
import type { Expected } from "./examine.ts";

export function readExpected(): Expected {
  const migration = listMigrations().at(-1);
  if (migration === undefined) throw new Refusal("There is no migration in migrations/.");
  return { commit: describeCommit(ROOT), migration };
}
