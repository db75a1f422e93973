/** Three people to try the product with, one of each role. They exist in local databases only. */
import { hashPassword, verifyPassword } from "../../src/auth/password.ts";
import { buildStartingGrant } from "../../src/credits/starting-grant.ts";
import { newId } from "../../src/ids.ts";

export const DEMO_PEOPLE = [
  { role: "HERO", email: "hero@example.test", name: "Hedda Hero" },
  { role: "ADMIN", email: "admin@example.test", name: "Ada Admin" },
  { role: "USER", email: "user@example.test", name: "Uma User" },
] as const;

/** Creates whoever is missing, gives each of them `password`, and the starting credits once. */
export async function seedDemoPeople(
  db: D1Database,
  password: string,
  startingCredits: number,
): Promise<void> {
  const emails = DEMO_PEOPLE.map((person) => person.email);
  const passwordHash = findSharedHash(await listPeople(db, emails), password) ?? hashPassword(password);
  const now = Date.now();
  await db.batch(
    DEMO_PEOPLE.flatMap(({ role, email, name }) => [
      db
        .prepare(
          `UPDATE users SET password_hash = ?2, updated_at = ?3 WHERE email = ?1 AND password_hash IS NOT ?2`,
        )
        .bind(email, passwordHash, now),
      db
        .prepare(
          `INSERT INTO users (id, email, name, role, password_hash, email_verified_at, created_at, updated_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6) ON CONFLICT (email) DO NOTHING`,
        )
        .bind(newId(now), email, name, role, passwordHash, now),
      // By no fingerprint: one of them who was erased to try that out begins anew with the next start.
      ...buildStartingGrant(db, { email, provenAt: now }, startingCredits, []),
    ]),
  );
}

interface Person {
  passwordHash: string | null;
}

async function listPeople(db: D1Database, emails: readonly string[]): Promise<Person[]> {
  const { results } = await db
    .prepare(
      "SELECT password_hash AS passwordHash FROM users WHERE email IN (SELECT value FROM json_each(?1))",
    )
    .bind(JSON.stringify(emails))
    .all<Person>();
  return results;
}

/** One slow hash for the three of them, and the next start verifies it instead of making another one. */
function findSharedHash(people: readonly Person[], password: string): string | null {
  const hash = people[0]?.passwordHash ?? null;
  return verifyPassword(password, hash).isValid ? hash : null;
}
