/** Who is calling. A request has a principal or null; nothing invents one. */

import type { KeyHolderRow } from "../db/api-keys.ts";
import type { Role } from "../db/schema.ts";
import type { SessionRow } from "../db/sessions.ts";
import type { Scope } from "./scopes.ts";

export type { Role } from "../db/schema.ts";

export interface Principal {
  id: string;
  email: string;
  name: string;
  role: Role;
  emailVerified: boolean;
  credits: { available: number; held: number };
  /** Null for a program that brought a key. */
  sessionId: string | null;
  /** The id of the key that a program brought; absent for a session. */
  keyId?: string;
  /** What the key may do; null for a session, which may do whatever its person may. */
  scopes: readonly Scope[] | null;
}

export function toPrincipal(row: SessionRow): Principal {
  return { ...describePerson(row), sessionId: row.sessionId, scopes: null };
}

export function toKeyPrincipal(row: KeyHolderRow, scopes: readonly Scope[]): Principal {
  return { ...describePerson(row), sessionId: null, keyId: row.keyId, scopes };
}

function describePerson(
  row: Pick<SessionRow, "userId" | "email" | "name" | "role" | "emailVerifiedAt" | "available" | "held">,
) {
  return {
    id: row.userId,
    email: row.email,
    name: row.name,
    role: row.role,
    emailVerified: row.emailVerifiedAt !== null,
    credits: { available: row.available, held: row.held },
  };
}

const RANK: Record<Role, number> = { USER: 0, ADMIN: 1, HERO: 2 };

/** HERO outranks ADMIN outranks USER; a role includes those below it. */
export function hasRole(role: Role, required: Role): boolean {
  return RANK[role] >= RANK[required];
}

/** Nobody acts on someone who outranks them. */
export function outranks(subject: Role, actor: Role): boolean {
  return RANK[subject] > RANK[actor];
}
