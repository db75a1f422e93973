/** Sign-in by e-mail and password. Every refusal looks the same to the caller and takes the same time. */
import { findCredentials, updatePasswordHash } from "../db/users.ts";
import { fail, type Result, succeed } from "../result.ts";
import { hashPassword, verifyPassword } from "./password.ts";

/** For the log only: the answer to the caller is one and the same. */
export type SignInRefusal = "unknown_address" | "no_password" | "wrong_password" | "disabled";

export async function verifyCredentials(
  db: D1Database,
  email: string,
  password: string,
  now: number,
): Promise<Result<{ userId: string }, SignInRefusal>> {
  const credentials = await findCredentials(db, normalizeEmail(email));
  const check = verifyPassword(password, credentials?.passwordHash ?? null);
  if (credentials === null) return fail("unknown_address");
  if (credentials.passwordHash === null) return fail("no_password");
  if (!check.isValid) return fail("wrong_password");
  if (credentials.disabledAt !== null) return fail("disabled");
  if (check.needsRehash) await updatePasswordHash(db, credentials.id, hashPassword(password), now);
  return succeed({ userId: credentials.id });
}

/** The one normal form of an address: trimmed and lower case. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}
