/**
 * What the operator's command runs to make a HERO, as plain SQL for `wrangler d1 execute`, which takes no parameters.
 * No route leads here: the first HERO comes from whoever owns the database.
 */
import { DATABASE_NOW_MS as NOW } from "./client.ts";

/**
 * In order; the first one answers with the role so far, and the last one with the person: both with nothing when nobody
 * has proven this address or they are switched off.
 */
export function buildMakeHeroSql(email: string): string[] {
  const quoted = `'${email.replaceAll("'", "''")}'`;
  const person = `email = ${quoted} AND email_verified_at IS NOT NULL AND disabled_at IS NULL`;
  const becomesHero = `${person} AND role <> 'HERO'`;
  return [
    `SELECT role FROM users WHERE ${person}`,
    `INSERT INTO audit_log (at, actor_id, action, subject_type, subject_id, details)
     SELECT ${NOW}, 'operator', 'role.change', 'user', id, json_object('from', role, 'to', 'HERO')
     FROM users WHERE ${becomesHero}`,
    `DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE ${becomesHero})
       AND id NOT IN (SELECT max(id) FROM sessions GROUP BY user_id)`,
    `UPDATE users SET role = 'HERO', updated_at = ${NOW} WHERE ${becomesHero}`,
    `SELECT id, name, role FROM users WHERE ${person}`,
  ];
}
