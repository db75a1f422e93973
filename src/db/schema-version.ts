/** Which schema this code needs, and which one the database has. */

/** The newest migration; a test compares it with the folder. */
export const EXPECTED_MIGRATION = "0010_flag_changes_of_programs.sql";

/** Triggers are not in Drizzle's schema and a rebuilt table loses them silently, so health counts them. */
export const EXPECTED_TRIGGERS = 50;

export interface AppliedSchema {
  migration: string | null;
  triggers: number;
}

/** Null migration when the database has no tables at all. */
export async function findAppliedSchema(db: D1Database): Promise<AppliedSchema> {
  const tables = await db
    .prepare(
      `SELECT sum(type = 'trigger') AS triggers, sum(type = 'table' AND name = 'd1_migrations') AS migrated FROM sqlite_master`,
    )
    .first<{ triggers: number | null; migrated: number | null }>();
  if ((tables?.migrated ?? 0) === 0) return { migration: null, triggers: tables?.triggers ?? 0 };
  const migration = await db
    .prepare("SELECT name FROM d1_migrations ORDER BY id DESC LIMIT 1")
    .first<string>("name");
  return { migration, triggers: tables?.triggers ?? 0 };
}
