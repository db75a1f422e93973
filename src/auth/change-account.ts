/**
 * Roles and access, which only a HERO changes. Whether the actor still is one is decided in the write itself, and
 * that there is always one left is a trigger's promise: two demotions at once can't break either.
 */
import { type AuditAction, buildAudit } from "../db/audit.ts";
import type { Role } from "../db/schema.ts";
import { buildDeleteSessionsIfChanged } from "../db/sessions.ts";
import { buildAccountChange, isLastHeroError } from "../db/user-changes.ts";
import type { UserRow } from "../db/users.ts";
import { fail, type Result, succeed } from "../result.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";

export interface RoleAndAccess {
  role?: Role | undefined;
  disabled?: boolean | undefined;
  /** In words, for the audit log. */
  reason?: string | undefined;
}

export type AccountChangeRefusal = "last_hero" | "actor_is_no_hero";

/** What is so already is left as it is, without a row in the audit log. */
export async function changeRoleAndAccess(
  db: D1Database,
  actor: { id: string },
  user: UserRow,
  change: RoleAndAccess,
  facts: RequestFacts,
): Promise<Result<null, AccountChangeRefusal>> {
  const statements = buildChange(db, actor, user, change, facts);
  if (statements.length === 0) return succeed(null);
  try {
    const [updated] = await db.batch(statements);
    return (updated?.meta.changes ?? 0) > 0 ? succeed(null) : fail("actor_is_no_hero");
  } catch (error) {
    if (isLastHeroError(error)) return fail("last_hero");
    throw error;
  }
}

/** The change first; everything behind it is written only when it was. Empty when nothing changes. */
function buildChange(
  db: D1Database,
  actor: { id: string },
  user: UserRow,
  change: RoleAndAccess,
  facts: RequestFacts,
): D1PreparedStatement[] {
  const role = change.role ?? user.role;
  const disabled = change.disabled ?? user.disabledAt !== null;
  const changesRole = role !== user.role;
  const changesAccess = disabled !== (user.disabledAt !== null);
  if (!changesRole && !changesAccess) return [];
  const reason = change.reason === undefined ? {} : { reason: change.reason };
  const entry = (action: AuditAction, details: Record<string, string>) => {
    const row = { action, actorId: actor.id, subjectId: user.id, origin: auditOrigin(facts), details };
    return buildAudit(db, row, facts.now, { onlyIfChanged: true });
  };
  return [
    buildAccountChange(db, { actorId: actor.id, userId: user.id, role, disabled }, facts.now),
    ...(changesRole ? [entry("role.change", { from: user.role, to: role, ...reason })] : []),
    ...(changesAccess ? [entry(disabled ? "account.disable" : "account.enable", reason)] : []),
    buildDeleteSessionsIfChanged(db, user.id, { keepsLatest: !changesAccess }),
  ];
}
