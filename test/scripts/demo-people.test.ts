import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { DEMO_PEOPLE, seedDemoPeople } from "../../scripts/dev/demo-people.ts";
import { verifyPassword } from "../../src/auth/password.ts";
import { readBalance } from "../support/people.ts";

const PASSWORD = "plum-otter-lamp";

interface DemoRow {
  id: string;
  email: string;
  role: string;
  password_hash: string;
  email_verified_at: number;
}

async function listDemoRows(): Promise<DemoRow[]> {
  const { results } = await env.DB.prepare(
    "SELECT id, email, role, password_hash, email_verified_at FROM users WHERE email LIKE '%@example.test' ORDER BY email",
  ).all<DemoRow>();
  return results;
}

describe("seedDemoPeople", () => {
  beforeEach(async () => {
    await seedDemoPeople(env.DB, PASSWORD, 10);
  });

  it("creates one verified person of each role, who can sign in and has the starting credits", async () => {
    const rows = await listDemoRows();
    expect(rows.map(({ email, role }) => ({ email, role }))).toEqual([
      { email: "admin@example.test", role: "ADMIN" },
      { email: "hero@example.test", role: "HERO" },
      { email: "user@example.test", role: "USER" },
    ]);
    expect(rows).toHaveLength(DEMO_PEOPLE.length);
    for (const row of rows) {
      expect(verifyPassword(PASSWORD, row.password_hash).isValid).toBe(true);
      expect(row.email_verified_at).toBeGreaterThan(0);
      expect(await readBalance(row.id)).toEqual({ available: 10, held: 0 });
    }
  });

  it("changes nothing when it runs again", async () => {
    const before = await listDemoRows();
    await seedDemoPeople(env.DB, PASSWORD, 10);
    expect(await listDemoRows()).toEqual(before);
  });

  it("gives everybody the new password when it has changed, and no second grant", async () => {
    await seedDemoPeople(env.DB, "another-password", 999);
    for (const row of await listDemoRows()) {
      expect(verifyPassword("another-password", row.password_hash).isValid).toBe(true);
      expect(verifyPassword(PASSWORD, row.password_hash).isValid).toBe(false);
      expect(await readBalance(row.id)).toEqual({ available: 10, held: 0 });
    }
  });

  it("gives one person the common password back when only theirs was changed", async () => {
    await env.DB.prepare("UPDATE users SET password_hash = NULL WHERE email = 'user@example.test'").run();
    await seedDemoPeople(env.DB, PASSWORD, 10);
    for (const row of await listDemoRows()) {
      expect(verifyPassword(PASSWORD, row.password_hash).isValid).toBe(true);
    }
  });
});
