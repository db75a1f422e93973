/**
 * Roles and access, which only a HERO changes. Whether the actor still is one is decided in the write itself, and
 * that there is always one left is a trigger's promise: two demotions at once can't break either.
 */
import { type AuditAction, buildAudit } from "../db/audit.ts";
import type { Role } from "../db/schema.ts";
import { buildDeleteSessionsIfChanged } from "../db/sessions.ts";
import { buildAccountChange, type FromTo, isLastHeroError } from "../db/user-changes.ts";
import { findUser, type UserRow } from "../db/users.ts";
import { fail, type Result, succeed } from "../result.ts";
import { auditOrigin, type RequestFacts } from "./request-facts.ts";

export interface RoleAndAccess {
  role?: Role | undefined;
  disabled?: boolean | undefined;
  /** What whoever asks was looking at: nothing is changed that looks otherwise by now. */
  was?: { role: Role; disabled: boolean } | undefined;
  /** In words, for the audit log. */
  reason?: string | undefined;
}

export type AccountChangeRefusal =
  | "last_hero"
  | "actor_is_no_hero"
  /** Somebody else changed what was to be changed. */
  | "overtaken";

interface Difference {
  role: FromTo<Role> | null;
  disabled: FromTo<boolean> | null;
}

/** What is so already is left as it is, without a row in the audit log. */
export async function changeRoleAndAccess(
  db: D1Database,
  actor: { id: string },
  user: UserRow,
  change: RoleAndAccess,
  facts: RequestFacts,
): Promise<Result<null, AccountChangeRefusal>> {
  const difference = {
    role: compare(user.role, change.role),
    disabled: compare(user.disabledAt !== null, change.disabled),
  };
  if (difference.role === null && difference.disabled === null) return succeed(null);
  if (isOutdated(difference, change.was)) return fail("overtaken");
  try {
    const [updated] = await db.batch(buildChange(db, actor, user, difference, change.reason, facts));
    return (updated?.meta.changes ?? 0) > 0 ? succeed(null) : fail(await findCause(db, actor.id));
  } catch (error) {
    if (isLastHeroError(error)) return fail("last_hero");
    throw error;
  }
}

function compare<Value>(from: Value, to: Value | undefined): FromTo<Value> | null {
  return to === undefined || to === from ? null : { from, to };
}

function isOutdated({ role, disabled }: Difference, was: RoleAndAccess["was"]): boolean {
  if (was === undefined) return false;
  return (role !== null && role.from !== was.role) || (disabled !== null && disabled.from !== was.disabled);
}

/** The change first; everything behind it is written only when it was. */
function buildChange(
  db: D1Database,
  actor: { id: string },
  user: UserRow,
  { role, disabled }: Difference,
  reason: string | undefined,
  facts: RequestFacts,
): D1PreparedStatement[] {
  const why = reason === undefined ? {} : { reason };
  const entry = (action: AuditAction, details: Record<string, string>) => {
    const row = { action, actorId: actor.id, subjectId: user.id, origin: auditOrigin(facts), details };
    return buildAudit(db, row, facts.now, { onlyIfChanged: true });
  };
  return [
    buildAccountChange(db, { actorId: actor.id, userId: user.id, role, disabled }, facts.now),
    ...(role === null ? [] : [entry("role.change", { ...role, ...why })]),
    ...(disabled === null ? [] : [entry(disabled.to ? "account.disable" : "account.enable", why)]),
    buildDeleteSessionsIfChanged(db, user.id, { keepsLatest: disabled === null }),
  ];
}

/** Why the statement changed nothing. */
async function findCause(db: D1Database, actorId: string): Promise<AccountChangeRefusal> {
  const actor = await findUser(db, actorId);
  return actor?.role === "HERO" && actor.disabledAt === null ? "overtaken" : "actor_is_no_hero";
}
