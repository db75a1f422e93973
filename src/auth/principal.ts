/** Who is calling. A request has a principal or null; nothing invents one. */

import type { Role } from "../db/schema.ts";
import type { SessionRow } from "../db/sessions.ts";

export type { Role } from "../db/schema.ts";

export interface Principal {
  id: string;
  email: string;
  name: string;
  role: Role;
  emailVerified: boolean;
  credits: { available: number; held: number };
  sessionId: string;
}

export function toPrincipal(row: SessionRow): Principal {
  return {
    id: row.userId,
    email: row.email,
    name: row.name,
    role: row.role,
    emailVerified: row.emailVerifiedAt !== null,
    credits: { available: row.available, held: row.held },
    sessionId: row.sessionId,
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
