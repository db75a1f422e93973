/** People as the ledger knows them: a row, an account and credits, without a session. */
import { env } from "cloudflare:workers";
import type { Role } from "../../src/db/schema.ts";
import { newId } from "../../src/ids.ts";
import { giveCredits } from "./people.ts";

export async function createAccount(
  options: { credits?: number; role?: Role } = {},
): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = `${id}@example.test`;
  await env.DB.prepare(
    "INSERT INTO users (id, email, role, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)",
  )
    .bind(id, email, options.role ?? "USER", Date.now())
    .run();
  if (options.credits !== undefined) await giveCredits(id, options.credits);
  return { id, email };
}
