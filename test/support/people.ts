/** People for tests: each test makes its own, with the credits it needs and a live session. */
import { env } from "cloudflare:workers";
import type { Role } from "../../src/auth/principal.ts";
import { buildNewSession } from "../../src/auth/session.ts";
import { applyCredits } from "../../src/credits/apply.ts";
import { newId } from "../../src/ids.ts";

export interface TestPerson {
  id: string;
  email: string;
  /** Value of the Cookie header. */
  cookie: string;
}

export async function createPerson(
  options: { role?: Role; credits?: number; passwordHash?: string } = {},
): Promise<TestPerson> {
  const id = newId();
  const email = `${id}@example.test`;
  const now = Date.now();
  await env.DB.prepare(
    `INSERT INTO users (id, email, name, role, password_hash, email_verified_at, created_at, updated_at)
     VALUES (?1, ?2, 'Test Person', ?3, ?4, ?5, ?5, ?5)`,
  )
    .bind(id, email, options.role ?? "USER", options.passwordHash ?? null, now)
    .run();
  if (options.credits !== undefined && options.credits > 0) await giveCredits(id, options.credits);
  return { id, email, cookie: await openTestSession(id, now) };
}

/** One more signed-in device of a person, as the value of its Cookie header. */
export async function openTestSession(userId: string, now = Date.now()): Promise<string> {
  const facts = { userId, passwordHash: null, method: "test", userAgent: "vitest", place: null, now };
  const { token, statement } = await buildNewSession(env.DB, facts);
  await statement.run();
  return `session=${token}`;
}

export async function giveCredits(userId: string, amount: number): Promise<void> {
  const outcome = await applyCredits(env.DB, {
    userId,
    actor: { id: "test", mayActOn: ["USER", "ADMIN", "HERO"] },
    amount,
    reason: "credits for a test",
    opKey: `test:${newId()}`,
    requestHash: "test",
    audit: { requestId: "test", place: null },
  });
  if (outcome.kind !== "applied") throw new Error(`giveCredits: ${outcome.kind}`);
}

export async function readBalance(userId: string): Promise<{ available: number; held: number }> {
  const row = await env.DB.prepare("SELECT available, held FROM credit_accounts WHERE user_id = ?1")
    .bind(userId)
    .first<{ available: number; held: number }>();
  if (row === null) throw new Error("readBalance: no account");
  return row;
}
