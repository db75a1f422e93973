import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { EXPECTED_MIGRATION, EXPECTED_TRIGGERS } from "../src/db/schema-version.ts";

const TRIGGERS = [
  "audit_log_no_delete",
  "audit_log_no_replace",
  "audit_log_no_update",
  "briefs_frozen",
  "briefs_keep_rowid",
  "briefs_no_replace",
  "briefs_no_rowid_replace",
  "credit_accounts_guard",
  "credit_accounts_never_negative",
  "credit_accounts_no_delete",
  "credit_accounts_no_replace",
  "credit_accounts_open_zero",
  "credit_entries_apply",
  "credit_entries_follow_generation",
  "credit_entries_in_order",
  "credit_entries_no_delete",
  "credit_entries_no_duplicate",
  "credit_entries_no_update",
  "credit_entries_well_formed",
  "flag_changes_audit",
  "flag_changes_no_delete",
  "flag_changes_no_replace",
  "flag_changes_no_update",
  "generations_capture",
  "generations_frozen",
  "generations_hold",
  "generations_keep_checkpoint",
  "generations_keep_rowid",
  "generations_no_delete",
  "generations_no_replace",
  "generations_no_rowid_replace",
  "generations_of_own_brief",
  "generations_release",
  "generations_start_queued",
  "generations_success_needs_image",
  "generations_transitions",
  "granted_addresses_no_delete",
  "granted_addresses_no_update",
  "images_frozen",
  "images_keep_rowid",
  "images_need_running_generation",
  "images_no_replace",
  "images_no_rowid_replace",
  "sessions_note_mailbox",
  "users_keep_a_hero",
  "users_keep_a_hero_on_delete",
  "users_keep_email_unique",
  "users_keep_id",
  "users_no_replace",
  "users_open_account",
];

describe("migrations", () => {
  it("leaves every trigger in place when all of them are applied", async () => {
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    ).all<{ name: string }>();
    expect(results.map((row) => row.name)).toEqual(TRIGGERS);
  });

  it("ends with the migration and the triggers that health expects", () => {
    expect(env.MIGRATIONS.at(-1)?.name).toBe(EXPECTED_MIGRATION);
    expect(TRIGGERS.length).toBe(EXPECTED_TRIGGERS);
  });

  it("never rebuilds a table, because a rebuilt table loses its triggers", () => {
    for (const migration of env.MIGRATIONS) {
      const text = migration.queries.join("\n");
      expect(text, migration.name).not.toMatch(/drop\s+table|__new_|pragma\s+foreign_keys/i);
    }
  });
});
